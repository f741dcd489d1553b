package lock

import (
	"bytes"
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"

	"github.com/dewar-build/dewar/fs"
)

// Update changes the lock at path while it holds lockFile (inside .dewar): it
// reads what is there now, which another process may have written since the
// caller last looked, has change edit it, and writes it by rename unless the
// bytes are equal; the temporary file is in tmp beside lockFile. Problems of what was there are returned; writing heals them.
func Update(fsys fs.FS, path, lockFile string, change func(*Lock)) (problems []Problem, err error) {
	unlock, err := fsys.Lock(lockFile, true, true)
	if err != nil {
		return nil, fmt.Errorf("update %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	old, err := fs.ReadFile(fsys, path)
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return nil, fmt.Errorf("update %s: %w", path, err)
	}
	l, problems, err := Read(old)
	if err != nil {
		return nil, fmt.Errorf("update %s: %w", path, err)
	}
	change(l)
	b := l.Bytes()
	if bytes.Equal(b, old) || old == nil && len(l.Entries)+len(l.Data)+len(l.Overrides) == 0 {
		return problems, nil
	}
	if err := fs.WriteFileVia(fsys, filepath.Join(filepath.Dir(lockFile), "tmp"), path, b); err != nil {
		return problems, fmt.Errorf("update %s: %w", path, err)
	}
	return problems, nil
}
