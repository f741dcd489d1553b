package store

import (
	"fmt"
	iofs "io/fs"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// What comes from elsewhere is written to a file of the store first, and becomes
// a blob only once its bytes have been read and are those of its name.
//
// A large file lies in incoming/<hash>, where a later transfer finds what came before
// an interruption; incoming/<hash>.lock is locked for as long as somebody writes to
// it. It is another file, because what is locked cannot be renamed everywhere.

// FS returns the filesystem that the store is on.
func (s *Store) FS() fs.FS { return s.fs }

// TempFile returns a name for a new file, which does not exist yet: its owner removes
// it or has it adopted. What is left of a process that dies is swept.
func (s *Store) TempFile() (string, error) {
	name := s.temp()
	if err := s.makeDir(s.dir + "/tmp"); err != nil {
		return "", err
	}
	return name, nil
}

// KeepFile writes a small file below the store, by rename: something that can be
// made or fetched anew.
func (s *Store) KeepFile(name string, b []byte) error {
	return s.replace(s.dir+"/"+name, b, plainMode)
}

// Incoming returns the name of the file in which the blob d arrives, which may hold
// its first bytes, locked until unlock is called. If somebody else has it locked,
// the error answers errors.Is with fs.ErrLocked.
func (s *Store) Incoming(d digest.Digest) (name string, unlock func(), err error) {
	name = s.dir + "/incoming/" + d.Hex()
	var free func() error
	err = s.inDir(name, func() error { free, err = s.fs.Lock(name+".lock", true, false); return err })
	if err != nil {
		return "", nil, fmt.Errorf("lock incoming blob: %w", err)
	}
	return name, func() { s.fs.Remove(name + ".lock"); free() }, nil
}

// Adopt makes a file of this filesystem the blob d, by rename, if it holds that. It
// returns the digest of what it holds; if that is another one the file stays.
// Nobody may write to the file any more.
func (s *Store) Adopt(name string, d digest.Digest) (got digest.Digest, err error) {
	got, err = s.hashFile(name)
	if err != nil || got != d {
		return got, err
	}
	if err := s.fs.Chmod(name, plainMode); err != nil {
		return got, err
	}
	if err := s.place(name, d); err != nil {
		return got, fmt.Errorf("store blob %s: %w", d.Short(), err)
	}
	return got, nil
}

// SetAside moves a file that came from elsewhere, and is not what was asked for,
// into quarantine/. It tells nobody: nothing of the store was damaged.
func (s *Store) SetAside(name string, want digest.Digest) (kept string, err error) {
	kept = s.dir + "/quarantine/" + want.Hex() + "-" + s.unique()
	return kept, s.rename(name, kept)
}

// SweepIncoming removes what nobody has gone on with since before.
func (s *Store) SweepIncoming(before time.Time) {
	entries, err := s.fs.ReadDir(s.dir + "/incoming")
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name, ".tmp-") { // of fs.TempName: a copy that was killed; one that goes on is young
			name := s.dir + "/incoming/" + e.Name
			if info, err := s.fs.Lstat(name); err == nil && info.IsRegular() && time.Unix(0, info.MTime).Before(before) {
				s.fs.Remove(name)
			}
			continue
		}
		d, err := digest.FromHex(e.Name, 0)
		if err != nil || e.Type&iofs.ModeType != 0 {
			continue
		}
		name, unlock, err := s.Incoming(d)
		if err != nil {
			continue
		}
		if info, err := s.fs.Lstat(name); err == nil && time.Unix(0, info.MTime).Before(before) {
			s.fs.Remove(name)
		}
		unlock()
	}
}
