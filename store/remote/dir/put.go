package dir

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// objectMode is the mode of objects: nothing writes to them.
const objectMode iofs.FileMode = 0o444

// Put copies a file to a temporary name beside the object's, by reflink where there
// is such a thing, and renames that.
func (p *Place) Put(ctx context.Context, name, file string, size int64, progress func(int64)) error {
	if err := p.makeParents(name); err != nil {
		return err
	}
	tmp := fs.TempName(filepath.Dir(p.path(name)))
	if err := p.write(ctx, tmp, file, size, progress); err != nil {
		p.fs.Remove(tmp)
		return blame(err, file)
	}
	if err := fs.RenameFile(p.fs, tmp, p.path(name)); err != nil {
		p.fs.Remove(tmp)
		return explain(err)
	}
	return nil
}

// smallObject is how large a file may be to be read and written: cheaper than to have the
// system copy it.
const smallObject = 64 << 10

// write makes tmp a copy of file.
func (p *Place) write(ctx context.Context, tmp, file string, size int64, progress func(int64)) error {
	if size <= smallObject {
		return p.writeSmall(ctx, tmp, file, size, progress)
	}
	if err := p.clone(ctx, file, tmp, objectMode, size, progress); err != nil {
		return err
	}
	info, err := p.fs.Lstat(tmp)
	if err == nil && info.Size != size {
		err = fmt.Errorf("%w: %s has %d bytes, not %d", remote.ErrHere, file, info.Size, size)
	}
	return err
}

func (p *Place) writeSmall(ctx context.Context, tmp, file string, size int64, progress func(int64)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	buf := p.bufs.Get().(*[]byte)
	defer p.bufs.Put(buf)
	n, err := fs.ReadUpTo(p.fs, file, (*buf)[:size+1])
	if err == nil && int64(n) != size {
		err = fmt.Errorf("%w: %s has %d bytes or more, not %d", remote.ErrHere, file, n, size)
	}
	if err == nil {
		err = fs.WriteNew(p.fs, tmp, (*buf)[:n], objectMode, time.Time{})
	}
	if err == nil {
		report(progress, size)
	}
	return err
}

// makeParents makes the directories that lead to an object.
func (p *Place) makeParents(name string) error {
	err := p.parents(name)
	if err != nil && !errors.Is(err, remote.ErrAbsent) || err == nil && strings.Contains(name, "/") {
		return err
	}
	if err := p.mkdir(p.root); err != nil {
		return err
	}
	for i := range len(name) {
		if name[i] == '/' {
			if err := p.mkdir(p.path(name[:i])); err != nil {
				return err
			}
		}
	}
	return p.parents(name)
}

func (p *Place) mkdir(name string) error {
	if err := p.fs.Mkdir(name, 0o777); err != nil && !errors.Is(err, iofs.ErrExist) {
		return p.orNoPlace(err)
	}
	return nil
}

// List walks what is below dir.
func (p *Place) List(ctx context.Context, dir string, each func(remote.Object) error) error {
	if err := p.parents(dir + "/x"); errors.Is(err, remote.ErrAbsent) {
		return nil
	} else if err != nil {
		return err
	}
	return p.walk(ctx, dir, func(name string, info fs.Info) error {
		if remote.CheckName(name) != nil {
			return nil
		}
		return each(remote.Object{Name: name, Size: info.Size, Changed: moment(info)})
	})
}

// Tidy removes what writers that died have left, if it is older than before.
func (p *Place) Tidy(ctx context.Context, before int64) error {
	return p.walk(ctx, "", func(name string, info fs.Info) error {
		if isTemp(filepath.Base(name)) && info.MTime < before {
			p.fs.Remove(p.path(name)) // another tidies as well, or it is not ours
		}
		return nil
	})
}

// walk calls f for every regular file below dir, hidden ones too.
func (p *Place) walk(ctx context.Context, dir string, f func(name string, info fs.Info) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := p.fs.ReadDir(p.path(dir))
	if errors.Is(err, iofs.ErrNotExist) {
		if err := p.orNoPlace(err); !errors.Is(err, remote.ErrAbsent) {
			return err
		}
		return nil
	}
	if err != nil {
		return explain(err)
	}
	for _, e := range entries {
		name := strings.TrimPrefix(dir+"/"+e.Name, "/")
		if err := p.visit(ctx, name, e, f); err != nil {
			return err
		}
	}
	return nil
}

// visit is walk for one entry.
func (p *Place) visit(ctx context.Context, name string, e fs.Entry, f func(string, fs.Info) error) error {
	switch {
	case e.Type.IsDir() && remote.CheckName(name) == nil:
		return p.walk(ctx, name, f)
	case e.Type != 0:
		return nil
	}
	info, err := p.fs.Lstat(p.path(name))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil // removed meanwhile
	}
	if err != nil {
		return explain(err)
	}
	if !info.IsRegular() {
		return nil
	}
	return f(name, info)
}
