package remote

import (
	"context"
	"errors"
	"fmt"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// errShort is a place that says it has sent everything, and has not.
var errShort = errors.New("it ended early")

// get makes file hold the object, going on from what is in it. counted may be nil.
func (l *link) get(ctx context.Context, fsys fs.FS, name, file string, size int64, counted *counted) error {
	return l.call(ctx, "get", name, func(ctx context.Context, beat func()) error {
		have, err := length(fsys, file)
		if err != nil {
			return err
		}
		if counted != nil {
			counted.become(have)
		}
		if have < size || size == 0 {
			err = l.Place.Get(ctx, name, file, have, size, func(n int64) {
				beat()
				if counted != nil {
					counted.add(n)
				}
			})
		}
		if err != nil {
			return err
		}
		return checkLength(fsys, file, size)
	})
}

// length returns how long a file is, 0 if it is not there.
func length(fsys fs.FS, file string) (int64, error) {
	info, err := fsys.Lstat(file)
	if isMissing(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrHere, err)
	}
	return info.Size, nil
}

// checkLength faults a file that is too short, which another try may mend, or too long.
func checkLength(fsys fs.FS, file string, size int64) error {
	n, err := length(fsys, file)
	switch {
	case err != nil:
		return err
	case n < size:
		return fmt.Errorf("%w: after %d of %d bytes", errShort, n, size)
	case n > size:
		return fmt.Errorf("%w: more than %d bytes", ErrSize, size)
	}
	return nil
}

// getBytes returns an object of at most limit bytes.
func (l *link) getBytes(ctx context.Context, s *store.Store, name string, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, &PlaceError{Place: l.Name, Op: "get", Object: name,
			Err: fmt.Errorf("%w: %d bytes, more than %d", ErrSize, size, limit)}
	}
	tmp, err := s.TempFile()
	if err != nil {
		return nil, err
	}
	defer s.FS().Remove(tmp)
	if err := l.get(ctx, s.FS(), name, tmp, size, nil); err != nil {
		return nil, err
	}
	b, err := fs.ReadFile(s.FS(), tmp)
	if isMissing(err) && size == 0 {
		return nil, nil
	}
	return b, err
}
