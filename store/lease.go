package store

import (
	"bufio"
	"errors"
	"fmt"
	iofs "io/fs"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// A Store that uses anything has one lease file, leases/<id>, which it keeps
// locked: when the process dies, however it dies, the lock goes and the leases with
// it. It holds lines "+<hash>" and "-<hash>", appended as leases come and go: one
// file a process, not one a lease. A collector that holds leases/gate
// exclusively sees all leases, and no new one can come; taking a lease holds it
// shared for as long as it takes to write the line.

// leases are what this Store has leased.
type leases struct {
	mu     sync.Mutex
	count  map[string]int // by hash
	file   fs.File        // nil before the first lease
	unlock func() error
}

// Lease covers blobs and trees against collection by other processes until release.
// They must be looked at after that, not before.
func (s *Store) Lease(ds ...digest.Digest) (release func(), err error) {
	s.leases.mu.Lock()
	defer s.leases.mu.Unlock()
	if err := s.lease(ds); err != nil {
		return nil, fmt.Errorf("lease: %w", err)
	}
	return sync.OnceFunc(func() { s.unlease(ds) }), nil
}

// lease writes the lines of what is not leased yet; s.leases.mu is held.
func (s *Store) lease(ds []digest.Digest) error {
	l := &s.leases
	var lines strings.Builder
	for _, d := range ds {
		if l.count[d.Hex()] == 0 {
			fmt.Fprintf(&lines, "+%s\n", d.Hex())
		}
	}
	if lines.Len() > 0 {
		if err := s.writeLeases(lines.String()); err != nil {
			return err
		}
	}
	for _, d := range ds {
		l.count[d.Hex()]++
	}
	return nil
}

// writeLeases adds lines to the lease file while no collector looks.
func (s *Store) writeLeases(lines string) (err error) {
	gate := s.dir + "/leases/gate"
	var open func() error
	if err := s.inDir(gate, func() error { open, err = s.fs.Lock(gate, false, true); return err }); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, open()) }()
	if err := s.openLeases(); err != nil {
		return err
	}
	_, err = s.leases.file.Write([]byte(lines))
	return err
}

func (s *Store) unlease(ds []digest.Digest) {
	s.leases.mu.Lock()
	defer s.leases.mu.Unlock()
	var lines strings.Builder
	for _, d := range ds {
		if s.leases.count[d.Hex()]--; s.leases.count[d.Hex()] == 0 {
			delete(s.leases.count, d.Hex())
			fmt.Fprintf(&lines, "-%s\n", d.Hex())
		}
	}
	if lines.Len() > 0 && s.leases.file != nil {
		s.leases.file.Write([]byte(lines.String())) // at worst something is kept too long
	}
}

// openLeases makes and locks the lease file of this Store.
func (s *Store) openLeases() error {
	if s.leases.file != nil {
		return nil
	}
	name := s.dir + "/leases/" + s.id
	f, err := s.fs.Create(name, 0o644)
	if err != nil {
		return err
	}
	unlock, err := s.fs.Lock(name, true, true)
	if err != nil {
		f.Close()
		return err
	}
	s.leases.count, s.leases.file, s.leases.unlock = make(map[string]int), f, unlock
	return nil
}

// Close gives the leases back. Nothing may be leased or written afterwards.
func (s *Store) Close() error {
	s.leases.mu.Lock()
	defer s.leases.mu.Unlock()
	if s.leases.file == nil {
		return s.unlock()
	}
	err := errors.Join(s.unlock(), s.leases.file.Close(), s.leases.unlock(), s.fs.Remove(s.dir+"/leases/"+s.id))
	s.leases.file = nil
	return err
}

// Collecting calls f while no lease can be taken. leased says what may not be
// removed; what f wants to remove it renames into trash/, and unlinks
// afterwards. It is the foundation of gc.
func (s *Store) Collecting(f func(leased func(digest.Digest) bool) error) error {
	gate := s.dir + "/leases/gate"
	if err := s.fs.MkdirAll(s.dir+"/leases", 0o755); err != nil {
		return err
	}
	open, err := s.fs.Lock(gate, true, true)
	if err != nil {
		return err
	}
	defer open()
	held, err := s.allLeases()
	if err != nil {
		return fmt.Errorf("read leases: %w", err)
	}
	return f(func(d digest.Digest) bool { return held[d.Hex()] })
}

// allLeases reads the leases of every live process and removes the files of
// dead ones.
func (s *Store) allLeases() (map[string]bool, error) {
	entries, err := s.fs.ReadDir(s.dir + "/leases")
	if err != nil {
		return nil, err
	}
	held := make(map[string]bool)
	for _, e := range entries {
		name := s.dir + "/leases/" + e.Name
		if e.Name == "gate" {
			continue
		}
		if unlock, err := s.fs.Lock(name, true, false); err == nil {
			s.fs.Remove(name)
			unlock()
			continue
		}
		if err := s.readLeases(name, held); err != nil && !errors.Is(err, iofs.ErrNotExist) {
			return nil, err
		}
	}
	return held, nil
}

func (s *Store) readLeases(name string, held map[string]bool) error {
	f, err := s.fs.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	own := make(map[string]bool)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if hash, ok := strings.CutPrefix(lines.Text(), "+"); ok {
			own[hash] = true
		} else if hash, ok := strings.CutPrefix(lines.Text(), "-"); ok {
			delete(own, hash)
		}
	}
	for hash := range own {
		held[hash] = true
	}
	return lines.Err()
}
