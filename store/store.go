// Package store keeps bytes by their digest and results by their action key:
// a content-addressed store (CAS), an action cache (AC) and directories that
// are materialized once, to be shown to actions read-only. Its layout is that
// of Bazel's disk cache with a few directories beside; see spec/formats.md.
//
// Blobs are immutable files. Every write is made under a temporary name and
// renamed, so that any number of processes may use one store without a lock,
// and a crash leaves garbage in tmp/ at worst. Nothing is synced to the disk:
// size and modification time are checked whenever a blob is used, and what
// does not check is set aside in quarantine/ and treated as missing.
//
// Every blob has the same modification time, 2000-01-01. Actions see blobs and
// the files of trees as they are, so nothing about when they were made may
// show; and a write to a blob, by whatever way, changes it, so that one lstat finds
// damage. The last use is the change time, which setting the modification
// time anew refreshes.
//
// It knows nothing of stages, of the lock and of the workspace (store/checkout
// does); run, exp and the root package import it.
package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// layout is the content of the version file.
const layout = "dewar store 1\n"

// epoch is the modification time of every blob and of everything in a tree:
// 2000-01-01 UTC in seconds since 1970. Zero would do but for zip, which cannot
// say anything before 1980.
const epoch = 946684800

// touchAfter is how old a last use must be to be refreshed.
const touchAfter = time.Hour

// Options are the optional parts of Open; the zero value is fine.
type Options struct {
	Now     func() time.Time // nil: time.Now
	Corrupt func(Corruption) // told once of every file set aside, from any goroutine; nil: nobody is
}

// Corruption is a file of the store that was not what its name says. It has
// been moved away and counts as missing.
type Corruption struct {
	Path   string        // where it was
	Kept   string        // where it is now; "" if it could not be moved
	Want   digest.Digest // what its name promises; of an action cache entry, the action key
	Got    digest.Digest // what it holds
	Detail string        // what is wrong, in words
}

// Store is a store on one filesystem. Its methods may be called concurrently,
// also by several processes on one directory.
type Store struct {
	fs     fs.FS
	dir    string
	opt    Options
	id     string // unique among processes and Stores, part of temporary names
	serial atomic.Int64
	bufs   sync.Pool // *[]byte of bufSize
	dirs   dirCache
	trees  singleflight.Group // building trees
	leases leases

	dirMode iofs.FileMode // of directories, where a group shares the store; 0 where none does

	liveOnce, sweepOnce, copiedOnce sync.Once
	unlive                          func() error // unlocks tmp/<id>.live; nil before there is anything temporary
}

// Open opens the store in dir, which it creates if need be. It is an error if
// a newer dewar with another layout has written it.
func Open(fsys fs.FS, dir string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Corrupt == nil {
		o.Corrupt = func(Corruption) {}
	}
	var id [6]byte
	rand.Read(id[:]) // never fails
	s := &Store{fs: fsys, dir: strings.TrimSuffix(dir, "/"), opt: o, id: hex.EncodeToString(id[:])}
	s.bufs.New = func() any { b := make([]byte, bufSize); return &b }
	if err := s.lookAtGroup(); err != nil {
		return nil, fmt.Errorf("open store %s: %w", dir, err)
	}
	if err := s.checkVersion(); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open store %s: %w", dir, err)
	}
	return s, nil
}

// checkVersion reads the version file, or writes it in a new store.
func (s *Store) checkVersion() error {
	name := s.dir + "/version"
	b, err := s.slurp(name, 1<<10)
	if errors.Is(err, iofs.ErrNotExist) {
		if err := s.fs.MkdirAll(s.dir+"/tmp", 0o755); err != nil {
			return err
		}
		return s.replace(name, []byte(layout), 0o644)
	}
	if err != nil {
		return err
	}
	if string(b) != layout {
		return fmt.Errorf("its layout is %q, this program knows %q: update dewar, or move the directory away (it is a cache)",
			strings.TrimSpace(string(b)), strings.TrimSpace(layout))
	}
	return nil
}

// Root returns where the store is.
func (s *Store) Root() string { return s.dir }

// blob returns the path of a blob, shard that of a sharded file.
func (s *Store) blob(d digest.Digest, exec bool) string {
	if exec {
		return s.shard("exec", d)
	}
	return s.shard("cas", d)
}

func (s *Store) shard(area string, d digest.Digest) string {
	h := d.Hex()
	return s.dir + "/" + area + "/" + h[:2] + "/" + h
}

// temp returns a new name in tmp/, on the filesystem of everything else here.
func (s *Store) temp() string {
	s.live()
	return s.dir + "/tmp/" + s.unique()
}

func (s *Store) unique() string { return s.id + "-" + strconv.FormatInt(s.serial.Add(1), 10) }

// inDir calls f, which makes the file name; if its directory is missing it
// makes that and calls f again: shards are made when they are first needed.
func (s *Store) inDir(name string, f func() error) error {
	err := f()
	if !errors.Is(err, iofs.ErrNotExist) {
		return err
	}
	if err := s.makeDir(path.Dir(name)); err != nil {
		return err
	}
	return f()
}

// replace writes a file by rename.
func (s *Store) replace(name string, b []byte, perm iofs.FileMode) error {
	tmp, err := s.writeTemp(b, perm)
	if err != nil {
		return err
	}
	return s.rename(tmp, name)
}

// rename moves a temporary file to its place, making the directory it needs. Where it
// cannot, the temporary file is gone.
func (s *Store) rename(tmp, name string) error {
	err := s.inDir(name, func() error { return s.fs.Rename(tmp, name) })
	if err != nil {
		s.fs.Remove(tmp)
	}
	return err
}

// writeTemp writes a temporary file.
func (s *Store) writeTemp(b []byte, perm iofs.FileMode) (string, error) {
	tmp, f, err := s.createTemp(perm)
	if err != nil {
		return "", err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Close()); err != nil {
		s.fs.Remove(tmp)
		return "", err
	}
	return tmp, nil
}

func (s *Store) createTemp(perm iofs.FileMode) (name string, f fs.File, err error) {
	name = s.temp()
	err = s.inDir(name, func() error { f, err = s.fs.Create(name, perm); return err })
	if err == nil {
		if err = s.share(name, perm); err != nil {
			f.Close()
			s.fs.Remove(name)
		}
	}
	return name, f, err
}

// TempDir makes an empty directory on the store's filesystem, as the place of
// an execution. remove deletes it with all that is in it; if we are killed
// before that, the TempDir of a later process does.
func (s *Store) TempDir() (dir string, remove func() error, err error) {
	s.sweepOnce.Do(s.sweep)
	dir = s.temp()
	err = s.inDir(dir, func() error { return s.fs.Mkdir(dir, 0o755) })
	return dir, func() error { return s.fs.RemoveAll(dir) }, err
}
