package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rclone/rclone/fs"

	"github.com/dewar-build/dewar/store/remote"
)

// wideFrom is the size from which an object is fetched in several parts at once.
const wideFrom = 64 << 20

// Get appends to a file what an object holds from offset on, and looks whether
// it ends there.
func (p *place) Get(ctx context.Context, name, file string, offset, size int64, progress func(int64)) error {
	if offset > size {
		return failure{remote.ErrSize, fmt.Sprintf("%d bytes of it are here, and it has %d", offset, size)}
	}
	if err := p.may(ctx, name); err != nil {
		return err
	}
	to, err := appendTo(file, progress)
	if err != nil {
		return err
	}
	defer to.file.Close()
	if p.kind.wide && size-offset > wideFrom {
		err = p.wide(ctx, name, to, offset, size)
	} else {
		err = p.narrow(ctx, name, to, extent{offset, size, size})
	}
	return to.end(err)
}

// GetRange appends to a file n bytes of an object.
func (p *place) GetRange(ctx context.Context, name, file string, offset, n int64) error {
	if err := p.may(ctx, name); err != nil {
		return err
	}
	to, err := appendTo(file, nil)
	if err != nil {
		return err
	}
	defer to.file.Close()
	return to.end(p.narrow(ctx, name, to, extent{offset, offset + n, -1}))
}

// extent is which bytes of an object are wanted.
type extent struct {
	from, to int64
	of       int64 // the size that the object has; -1: it has more
}

func (e extent) all() bool { return e.from == 0 && e.of >= 0 }

// narrow fetches an extent in one go.
func (p *place) narrow(ctx context.Context, name string, to io.Writer, e extent) error {
	if e.from == e.to && e.from > 0 {
		return nil
	}
	body, err := p.open(ctx, name, e)
	if err != nil {
		return explain(err)
	}
	defer body.Close()
	return copyExtent(to, body, e)
}

func copyExtent(to io.Writer, body io.Reader, e extent) error {
	n, err := io.Copy(to, io.LimitReader(body, e.to-e.from))
	if err != nil {
		return err
	}
	if n < e.to-e.from {
		return failure{remote.ErrSize, fmt.Sprintf("it ends after %d bytes", e.from+n)}
	}
	if e.of >= 0 {
		if n, _ := body.Read(make([]byte, 1)); n > 0 {
			return failure{remote.ErrSize, fmt.Sprintf("it goes on after its %d bytes", e.of)}
		}
	}
	return nil
}

// open opens an object at an extent's beginning; what follows its end may come
// too.
func (p *place) open(ctx context.Context, name string, e extent) (io.ReadCloser, error) {
	p.merge(ctx)
	o, err := p.getter.NewObject(ctx, p.remote(name))
	if err != nil {
		return nil, err
	}
	if p.getter == p.fs && e.of >= 0 && o.Size() >= 0 && o.Size() != e.of {
		return nil, failure{remote.ErrSize, fmt.Sprintf("it has %d bytes, not %d", o.Size(), e.of)}
	}
	if e.all() {
		return o.Open(ctx)
	}
	if yes, err := p.givesParts(ctx, o); err != nil || !yes {
		return skipped(ctx, o, e.from, err)
	}
	return o.Open(ctx, p.part(e))
}

// part is how an extent is asked for: to the end of the object, if it is to be
// seen whether it ends where it should. rclone drops ranges of objects whose size it does
// not know, but not headers.
func (p *place) part(e extent) fs.OpenOption {
	r := &fs.RangeOption{Start: e.from, End: e.to - 1}
	if e.of >= 0 {
		r.End = -1
	}
	if p.getter != p.fs {
		name, value := r.Header()
		return &fs.HTTPOption{Key: name, Value: value}
	}
	return r
}

// skipped opens the object at its beginning and goes on to an offset.
func skipped(ctx context.Context, o fs.Object, offset int64, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, err
	}
	body, err := o.Open(ctx)
	if err != nil {
		return nil, err
	}
	if n, err := io.CopyN(io.Discard, body, offset); err != nil {
		_ = body.Close()
		if errors.Is(err, io.EOF) {
			err = failure{remote.ErrSize, fmt.Sprintf("it ends after %d bytes", n)}
		}
		return nil, err
	}
	return body, nil
}

// givesParts reports whether a part of an object can be had. Web servers may
// give the whole of it whatever they are asked for, and rclone does not say
// which; so one is asked for a single byte, once.
func (p *place) givesParts(ctx context.Context, o fs.Object) (bool, error) {
	if p.kind.rclone != "http" {
		return true, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.parts != nil {
		return *p.parts, nil
	}
	body, err := o.Open(ctx, &fs.HTTPOption{Key: "Range", Value: "bytes=0-0"})
	if err != nil {
		return false, err
	}
	defer body.Close()
	n, err := io.ReadFull(body, make([]byte, 2))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, err
	}
	yes := n == 1
	p.parts = &yes
	return yes, nil
}

// appender is the end of a file of this machine.
type appender struct {
	file     *os.File
	progress func(int64)
	failed   error
}

func appendTo(file string, progress func(int64)) (*appender, error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, here(err)
	}
	return &appender{file: f, progress: progress}, nil
}

func (a *appender) Write(b []byte) (int, error) {
	n, err := a.file.Write(b)
	if n > 0 && a.progress != nil {
		a.progress(int64(n))
	}
	if err != nil {
		a.failed = here(err)
	}
	return n, err
}

// end closes the file and says whose failure it was.
func (a *appender) end(err error) error {
	closed := a.file.Close()
	switch {
	case a.failed != nil:
		return a.failed
	case err != nil:
		return explain(err)
	case closed != nil:
		return here(closed)
	}
	return nil
}
