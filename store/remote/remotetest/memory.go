package remotetest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// Memory is a place in memory.
type Memory struct {
	FS   fs.FS // of the files that it is given
	Like remote.Traits
	Now  func() time.Time // nil: the age of objects is unknown

	mu      sync.Mutex
	objects map[string]object
	Calls   map[string]int // how often each method was called; read it when nothing is under way
}

type object struct {
	data    []byte
	changed time.Time
}

// NewMemory returns an empty place.
func NewMemory(fsys fs.FS, like remote.Traits) *Memory {
	return &Memory{FS: fsys, Like: like, objects: map[string]object{}, Calls: map[string]int{}}
}

func (m *Memory) Traits() remote.Traits { return m.Like }
func (m *Memory) Close() error          { return nil }

// enter begins a method; leave ends it.
func (m *Memory) enter(ctx context.Context, method string, names ...string) (leave func(), err error) {
	for _, name := range names {
		if err := remote.CheckName(name); err != nil {
			return nil, fmt.Errorf("%w: %w", remote.ErrConfig, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.Calls[method]++
	return m.mu.Unlock, nil
}

func (m *Memory) Stat(ctx context.Context, names []string) ([]int64, error) {
	leave, err := m.enter(ctx, "stat", names...)
	if err != nil {
		return nil, err
	}
	defer leave()
	m.Calls["names"] += len(names)
	sizes := make([]int64, len(names))
	for i, name := range names {
		sizes[i] = remote.Absent
		if o, ok := m.objects[name]; ok {
			sizes[i] = int64(len(o.data))
		}
	}
	return sizes, nil
}

func (m *Memory) Put(ctx context.Context, name, file string, size int64, progress func(int64)) error {
	data, err := fs.ReadFile(m.FS, file)
	if err != nil {
		return fmt.Errorf("%w: %w", remote.ErrHere, err)
	}
	if int64(len(data)) != size {
		return fmt.Errorf("%w: %s has %d bytes, not %d", remote.ErrHere, file, len(data), size)
	}
	leave, err := m.enter(ctx, "put", name)
	if err != nil {
		return err
	}
	defer leave()
	if m.Like.ReadOnly {
		return remote.ErrReadOnly
	}
	o := object{data: data}
	if m.Now != nil {
		o.changed = m.Now()
	}
	m.objects[name] = o
	if progress != nil {
		progress(size)
	}
	return nil
}

func (m *Memory) Get(ctx context.Context, name, file string, offset, size int64, progress func(int64)) error {
	data, err := m.bytes(ctx, name)
	if err != nil {
		return err
	}
	if int64(len(data)) != size || offset > size {
		return fmt.Errorf("%w: %d bytes, not %d", remote.ErrSize, len(data), size)
	}
	if err := appendTo(m.FS, file, data[offset:]); err != nil {
		return err
	}
	if progress != nil {
		progress(size - offset)
	}
	return nil
}

// GetRange appends a part of an object to a file.
func (m *Memory) GetRange(ctx context.Context, name, file string, offset, n int64) error {
	data, err := m.bytes(ctx, name)
	if err != nil {
		return err
	}
	if offset+n > int64(len(data)) {
		return remote.ErrSize
	}
	return appendTo(m.FS, file, data[offset:offset+n])
}

func (m *Memory) bytes(ctx context.Context, name string) ([]byte, error) {
	leave, err := m.enter(ctx, "get", name)
	if err != nil {
		return nil, err
	}
	defer leave()
	o, ok := m.objects[name]
	if !ok {
		return nil, remote.ErrAbsent
	}
	return o.data, nil
}

func appendTo(fsys fs.FS, file string, data []byte) error {
	f, err := fsys.Append(file, 0o644)
	if err != nil {
		return fmt.Errorf("%w: %w", remote.ErrHere, err)
	}
	defer f.Close()
	if len(data) == 0 {
		return nil
	}
	n, err := f.Write(data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	return err
}

func (m *Memory) List(ctx context.Context, dir string, each func(remote.Object) error) error {
	leave, err := m.enter(ctx, "list")
	if err != nil {
		return err
	}
	var found []remote.Object
	for name, o := range m.objects {
		if strings.HasPrefix(name, dir+"/") {
			found = append(found, remote.Object{Name: name, Size: int64(len(o.data)), Changed: o.changed})
		}
	}
	leave()
	for _, o := range found {
		if err := each(o); err != nil {
			return err
		}
	}
	return nil
}

func (m *Memory) Remove(ctx context.Context, names []string) error {
	leave, err := m.enter(ctx, "remove", names...)
	if err != nil {
		return err
	}
	defer leave()
	for _, name := range names {
		delete(m.objects, name)
	}
	return nil
}

// Objects returns what there is: names and bytes.
func (m *Memory) Objects() map[string][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make(map[string][]byte, len(m.objects))
	for name, o := range m.objects {
		all[name] = o.data
	}
	return all
}

// Set makes an object of bytes, or none of nil, behind everybody's back.
func (m *Memory) Set(name string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if data == nil {
		delete(m.objects, name)
		return
	}
	m.objects[name] = object{data: data, changed: m.objects[name].changed}
}
