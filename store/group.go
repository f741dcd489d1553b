package store

import (
	"errors"
	iofs "io/fs"
	"path"

	"github.com/dewar-build/dewar/fs"
)

// A store that several users share is a directory that their group may write to.
// Then every directory that is made in it is as it is, whatever the umask of who makes it;
// and files can be read by all who can reach them. Nobody needs to own what another has made:
// files are only ever replaced and removed, never written to.

// areas are the directories of a store.
var areas = []string{"ac", "ac-local", "cas", "exec", "incoming", "leases", "projects", "quarantine", "tmp", "trash", "trees", "unchanged"}

// lookAtGroup finds out whether the store is shared with a group. Its directories are then
// made at once: who needs one first may not be who makes it right.
func (s *Store) lookAtGroup() error {
	info, err := s.fs.Stat(s.dir)
	if errors.Is(err, iofs.ErrNotExist) {
		return nil
	}
	if err != nil || info.Mode.Perm()&0o020 == 0 {
		return err
	}
	s.dirMode = info.Mode.Perm() | info.Mode&iofs.ModeSetgid
	for _, area := range areas {
		if _, err := s.fs.Lstat(s.dir + "/" + area); errors.Is(err, iofs.ErrNotExist) {
			if err := s.makeDir(s.dir + "/" + area); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeDir makes a directory of the store and those that lead to it.
func (s *Store) makeDir(dir string) error {
	if s.dirMode == 0 {
		return s.fs.MkdirAll(dir, 0o755)
	}
	if parent := path.Dir(dir); parent != s.dir {
		if _, err := s.fs.Lstat(parent); errors.Is(err, iofs.ErrNotExist) {
			if err := s.makeDir(parent); err != nil {
				return err
			}
		}
	}
	return s.makeShared(dir)
}

// makeShared makes a directory that nobody sees before it has its mode.
func (s *Store) makeShared(dir string) error {
	tmp := fs.TempName(s.dir)
	if err := s.fs.Mkdir(tmp, 0o755); err != nil {
		return err
	}
	err := s.fs.Chmod(tmp, s.dirMode)
	if err == nil {
		err = s.fs.Rename(tmp, dir)
	}
	if err == nil {
		return nil
	}
	s.fs.Remove(tmp)
	if info, lerr := s.fs.Lstat(dir); lerr == nil && info.IsDir() {
		return nil // somebody else was faster
	}
	return err
}

// share has all of a group read a file that we made, whatever our umask.
func (s *Store) share(name string, perm iofs.FileMode) error {
	if s.dirMode == 0 {
		return nil
	}
	return s.fs.Chmod(name, perm)
}
