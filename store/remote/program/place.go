package program

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/wire"
)

var (
	_ remote.Place  = (*Place)(nil)
	_ remote.Ranger = (*Place)(nil)
)

// Traits says how the place likes to be used.
func (p *Place) Traits() remote.Traits { return p.traits }

// Stat returns the size of each object, or Absent.
func (p *Place) Stat(ctx context.Context, names []string) ([]int64, error) {
	if err := proper(names...); err != nil {
		return nil, err
	}
	sizes := make([]int64, 0, len(names))
	for len(names) > 0 {
		some := names[:min(len(names), wire.MaxNames)]
		names = names[len(some):]
		a, err := p.conn.call(ctx, wire.Request{Op: wire.OpStat, Names: some}, nil)
		if err != nil {
			return nil, err
		}
		if len(a.Sizes) != len(some) {
			return nil, p.conn.kill(violation("it has %d sizes of %d objects", len(a.Sizes), len(some)))
		}
		for _, size := range a.Sizes {
			sizes = append(sizes, max(size, remote.Absent))
		}
	}
	return sizes, nil
}

// proper says that some are not the names of objects, before the program is asked.
func proper(all ...string) error {
	for _, name := range all {
		if err := remote.CheckName(name); err != nil {
			return fmt.Errorf("%w: %w", remote.ErrConfig, err)
		}
	}
	return nil
}

// Put makes an object of the bytes of a file.
func (p *Place) Put(ctx context.Context, name, file string, size int64, progress func(int64)) error {
	if err := proper(name); err != nil {
		return err
	}
	m := moved{of: size, progress: progress}
	_, err := p.conn.call(ctx, wire.Request{Op: wire.OpPut, Name: name, File: file, Size: size}, m.hear)
	return m.end(err)
}

// Get appends to a file what an object holds from offset on.
func (p *Place) Get(ctx context.Context, name, file string, offset, size int64, progress func(int64)) error {
	if err := proper(name); err != nil {
		return err
	}
	m := moved{of: size - offset, progress: progress}
	_, err := p.conn.call(ctx, wire.Request{Op: wire.OpGet, Name: name, File: file, Offset: offset, Size: size}, m.hear)
	return m.end(err)
}

// GetRange appends to a file n bytes of an object.
func (p *Place) GetRange(ctx context.Context, name, file string, offset, n int64) error {
	if err := proper(name); err != nil {
		return err
	}
	_, err := p.conn.call(ctx, wire.Request{Op: wire.OpPart, Name: name, File: file, Offset: offset, Size: n}, nil)
	return err
}

// moved is how far a transfer is. Never more is told than there is to move,
// whatever the program says; and all of it when it is done.
type moved struct {
	of, told int64
	progress func(int64)
}

func (m *moved) hear(a wire.Answer) error {
	m.tell(a.Moved)
	return nil
}

func (m *moved) tell(n int64) {
	if n = min(n, m.of-m.told); n <= 0 || m.progress == nil {
		return
	}
	m.told += n
	m.progress(n)
}

func (m *moved) end(err error) error {
	if err == nil {
		m.tell(m.of)
	}
	return err
}

// List calls each for every object whose name is below dir.
func (p *Place) List(ctx context.Context, dir string, each func(remote.Object) error) error {
	_, err := p.conn.call(ctx, wire.Request{Op: wire.OpList, Dir: dir}, func(a wire.Answer) error {
		if len(a.Objects) > wire.MaxObjects {
			return p.conn.kill(violation("it lists %d objects at once", len(a.Objects)))
		}
		for _, o := range a.Objects {
			if err := each(remote.Object{Name: o.Name, Size: o.Size, Changed: o.Changed}); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// Remove removes objects.
func (p *Place) Remove(ctx context.Context, names []string) error {
	if err := proper(names...); err != nil {
		return err
	}
	for len(names) > 0 {
		some := names[:min(len(names), wire.MaxNames)]
		names = names[len(some):]
		if _, err := p.conn.call(ctx, wire.Request{Op: wire.OpRemove, Names: some}, nil); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the program and waits for it. What is under way fails.
func (p *Place) Close() error {
	p.conn.close()
	return nil
}

// String names the place in tests and traces.
func (p *Place) String() string { return fmt.Sprintf("place of %s", p.conn.command.Path) }
