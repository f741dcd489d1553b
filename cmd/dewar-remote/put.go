package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/object"

	"github.com/dewar-build/dewar/store/remote"
)

// Put makes an object of the bytes of a file. Where others would see it grow,
// or see what is left of it when it fails, it is made under a temporary name and renamed.
func (p *place) Put(ctx context.Context, name, file string, size int64, progress func(int64)) error {
	if p.traits.ReadOnly {
		return remote.ErrReadOnly
	}
	if err := p.may(ctx, name); err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return here(err)
	}
	defer f.Close()
	switch info, err := f.Stat(); {
	case err != nil:
		return here(err)
	case info.Size() != size:
		return here(fmt.Errorf("%s has %d bytes, not %d", file, info.Size(), size))
	}
	p.merge(ctx)
	in := &counted{from: f, progress: progress}
	if !p.renaming {
		_, err := p.upload(ctx, in, p.remote(name), size)
		return in.blame(err)
	}
	p.sweep(ctx)
	return in.blame(p.rename(ctx, in, name, size))
}

func (p *place) upload(ctx context.Context, in io.Reader, at string, size int64) (fs.Object, error) {
	// rclone hashes nothing that it is given no hash of.
	info := object.NewStaticObjectInfo(at, time.Now(), size, true, nil, nil)
	o, err := p.fs.Put(ctx, in, info)
	if err == nil && o.Size() >= 0 && o.Size() != size {
		err = failure{remote.ErrSize, fmt.Sprintf("%d bytes were sent, and %d are there", size, o.Size())}
	}
	return o, err
}

func (p *place) rename(ctx context.Context, in io.Reader, name string, size int64) error {
	temporary := p.remote(temporaryDir + rand.Text())
	o, err := p.upload(ctx, in, temporary, size)
	if err == nil {
		err = p.move(ctx, o, name, size)
	}
	if err != nil {
		p.discard(ctx, temporary)
	}
	return err
}

// move gives a whole object its name. A server may take away what has the name
// before it does that, so two of us never move to the same one; and if another
// process did, what counts is that the object is there.
func (p *place) move(ctx context.Context, o fs.Object, name string, size int64) error {
	unlock := p.moving.lock(name)
	defer unlock()
	_, err := p.fs.Features().Move(ctx, o, p.remote(name))
	if err == nil || ctx.Err() != nil {
		return err
	}
	there, gone := p.fs.NewObject(ctx, p.remote(name))
	if gone != nil || there.Size() != size {
		return err
	}
	p.discard(ctx, o.Remote())
	return nil
}

// discard removes what a failure left, also when it failed because it was cancelled.
func (p *place) discard(ctx context.Context, at string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if o, err := p.fs.NewObject(ctx, at); err == nil {
		_ = o.Remove(ctx)
	}
}

// temporaryDir is where objects are until they are whole.
const temporaryDir = "tmp/"

func isTemporary(name string) bool { return strings.HasPrefix(name, temporaryDir) }

// abandoned is the age at which nobody writes to a temporary object any more.
const abandoned = 7 * 24 * time.Hour

// sweep removes what was left under temporary names by those who were killed,
// before a session leaves the first of its own.
func (p *place) sweep(ctx context.Context) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.swept {
		return
	}
	p.swept = true
	entries, err := p.fs.List(ctx, p.remote(strings.TrimSuffix(temporaryDir, "/")))
	if err != nil {
		return // there is none
	}
	for _, entry := range entries {
		if o, ok := entry.(fs.Object); ok && time.Since(o.ModTime(ctx)) > abandoned {
			_ = o.Remove(ctx)
		}
	}
}

// here is a failure of this machine.
func here(err error) error { return fmt.Errorf("%w: %w", remote.ErrHere, err) }

// counted tells how much of a file was read, and remembers whether the reading failed.
type counted struct {
	from     io.Reader
	progress func(int64)
	failed   error
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	if n > 0 && c.progress != nil {
		c.progress(int64(n))
	}
	if err != nil && err != io.EOF {
		c.failed = here(err)
	}
	return n, err
}

func (c *counted) blame(err error) error {
	if err != nil && c.failed != nil {
		return c.failed
	}
	return explain(err)
}
