package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"path/filepath"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

func moment(info fs.Info) time.Time { return time.Unix(0, info.MTime) }

// fileMode is the mode of files that Get makes: they may be appended to.
const fileMode iofs.FileMode = 0o644

// Get appends what the object holds from offset on to file.
func (p *Place) Get(ctx context.Context, name, file string, offset, size int64, progress func(int64)) error {
	info, err := p.look(name)
	if err != nil {
		return err
	}
	if info.Size != size || offset > size {
		return fmt.Errorf("%w: %s has %d bytes, not %d", remote.ErrSize, p.path(name), info.Size, size)
	}
	if offset == 0 && size > bufSize {
		if _, err := p.fs.Lstat(file); errors.Is(err, iofs.ErrNotExist) {
			return blame(p.cloneAside(ctx, p.path(name), file, size, progress), file)
		}
	}
	return blame(p.copyPart(ctx, p.path(name), file, offset, size-offset, progress), file)
}

// GetRange appends n bytes of an object from offset on to file.
func (p *Place) GetRange(ctx context.Context, name, file string, offset, n int64) error {
	if _, err := p.look(name); err != nil {
		return err
	}
	return blame(p.copyPart(ctx, p.path(name), file, offset, n, nil), file)
}

// Read reads a small object.
func (p *Place) Read(ctx context.Context, name string, buf []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := p.look(name)
	if err != nil {
		return err
	}
	if info.Size != int64(len(buf)) {
		return fmt.Errorf("%w: %s has %d bytes, not %d", remote.ErrSize, p.path(name), info.Size, len(buf))
	}
	n, err := fs.ReadUpTo(p.fs, p.path(name), buf)
	if err == nil && n < len(buf) {
		err = fmt.Errorf("%w: it ends %d bytes early", remote.ErrSize, len(buf)-n)
	}
	return explain(err)
}

// cloneAside makes file a copy: under another name first, so that one that is
// given up does not grow behind the back of who goes on with file.
func (p *Place) cloneAside(ctx context.Context, from, file string, size int64, progress func(int64)) error {
	aside := fs.TempName(filepath.Dir(file))
	if err := p.clone(ctx, from, aside, fileMode, size, progress); err != nil {
		return err
	}
	info, err := p.fs.Lstat(aside)
	if err == nil && info.Size != size {
		err = fmt.Errorf("%w: %s has %d bytes, not %d", remote.ErrSize, from, info.Size, size)
	}
	if err == nil {
		err = p.fs.Rename(aside, file)
	}
	if err != nil {
		p.fs.Remove(aside)
	}
	return err
}

// watchAbove is how large a file must be for its copy to be watched.
const watchAbove = 16 << 20

// clone makes to a copy of the file from. Of a large one it says how far it is,
// by looking at it, and does not wait for its end when ctx ends first.
func (p *Place) clone(ctx context.Context, from, to string, perm iofs.FileMode, size int64, progress func(int64)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if size <= watchAbove {
		err := p.fs.Clone(from, to, perm)
		if err == nil {
			report(progress, size)
		}
		return err
	}
	done := make(chan error, 1)
	go func() { done <- p.fs.Clone(from, to, perm) }()
	return p.watch(ctx, done, to, size, progress)
}

func (p *Place) watch(ctx context.Context, done chan error, to string, size int64, progress func(int64)) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	var seen int64
	grown := func(n int64) {
		if n = min(n, size); n > seen {
			report(progress, n-seen)
			seen = n
		}
	}
	for {
		select {
		case err := <-done:
			if err == nil {
				grown(size)
			}
			return err
		case <-tick.C:
			if info, err := p.fs.Lstat(to); err == nil {
				grown(info.Size)
			}
		case <-ctx.Done():
			p.fs.Remove(to) // now: the process may end before the copy does
			go func() {     // which cannot be stopped, and may only begin
				<-done
				p.fs.Remove(to)
			}()
			return ctx.Err()
		}
	}
}

// copyPart appends n bytes of the file from, from offset on.
func (p *Place) copyPart(ctx context.Context, from, to string, offset, n int64, progress func(int64)) (err error) {
	src, err := p.fs.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	if info, err := src.Stat(); err != nil || !info.IsRegular() {
		return errors.Join(err, fmt.Errorf("%s: %w as a file any more", from, remote.ErrAbsent))
	}
	dst, err := p.fs.Append(to, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	return p.copyBytes(ctx, dst, io.NewSectionReader(src, offset, n), n, progress)
}

func (p *Place) copyBytes(ctx context.Context, dst io.Writer, src io.Reader, n int64, progress func(int64)) error {
	buf := p.bufs.Get().(*[]byte)
	defer p.bufs.Put(buf)
	for left := n; left > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		m, err := io.ReadFull(src, (*buf)[:min(left, bufSize)])
		if m > 0 {
			if _, err := dst.Write((*buf)[:m]); err != nil {
				return err
			}
			report(progress, int64(m))
			left -= int64(m)
		}
		if left > 0 && (err == io.EOF || err == io.ErrUnexpectedEOF) {
			return fmt.Errorf("%w: it ends %d bytes early", remote.ErrSize, left)
		}
		if err != nil && left > 0 {
			return err
		}
	}
	return nil
}

func report(progress func(int64), n int64) {
	if progress != nil {
		progress(n)
	}
}
