package store

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
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
	count  map[[32]byte]int32 // by hash
	file   fs.File            // nil before the first lease
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
	var fresh []digest.Digest
	for _, d := range ds {
		if l.count[d.Hash] == 0 {
			fresh = append(fresh, d)
		}
	}
	if len(fresh) > 0 {
		if err := s.writeLeases(fresh); err != nil {
			return err
		}
	}
	for _, d := range ds {
		l.count[d.Hash]++
	}
	return nil
}

// writeLeases adds leases to the lease file while no collector looks.
func (s *Store) writeLeases(ds []digest.Digest) (err error) {
	gate := s.gate()
	var open func() error
	if err := s.inDir(gate, func() error { open, err = s.fs.Lock(gate, false, true); return err }); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, open()) }()
	if err := s.openLeases(); err != nil {
		return err
	}
	return s.leases.write('+', ds)
}

// write appends lines, some at a time: a transfer may lease a million blobs.
func (l *leases) write(sign byte, ds []digest.Digest) error {
	for some := range slices.Chunk(ds, 1000) {
		lines := make([]byte, 0, len(some)*(1+64+1))
		for _, d := range some {
			lines = append(hex.AppendEncode(append(lines, sign), d.Hash[:]), '\n')
		}
		if _, err := l.file.Write(lines); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) unlease(ds []digest.Digest) {
	l := &s.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	var gone []digest.Digest
	for _, d := range ds {
		if l.count[d.Hash]--; l.count[d.Hash] == 0 {
			delete(l.count, d.Hash)
			gone = append(gone, d)
		}
	}
	if l.file != nil {
		_ = l.write('-', gone) // at worst something is kept too long
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
		s.fs.Remove(name)
		return err
	}
	s.leases.count, s.leases.file, s.leases.unlock = make(map[[32]byte]int32), f, unlock
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
// afterwards.
func (s *Store) Collecting(f func(leased func(digest.Digest) bool) error) error {
	return s.gated(make(leaseFiles), func(held leaseFiles) error {
		return f(func(d digest.Digest) bool { return held.has(d.Hash) })
	})
}

// gated calls f while nobody can take a lease or begin to use the store.
func (s *Store) gated(known leaseFiles, f func(held leaseFiles) error) error {
	gate := s.gate()
	if err := s.fs.MkdirAll(s.dir+"/leases", 0o755); err != nil {
		return err
	}
	open, err := s.fs.Lock(gate, true, true)
	if err != nil {
		return err
	}
	defer open()
	if err := s.readAllLeases(known); err != nil {
		return fmt.Errorf("read leases: %w", err)
	}
	return f(known)
}

func (s *Store) gate() string { return s.dir + "/leases/gate" }

// leaseFiles are the lease files of live processes by name. They only grow, so
// one of the size that it had need not be read again.
type leaseFiles map[string]leaseFile

type leaseFile struct {
	size int64
	held map[[32]byte]bool
}

func (l leaseFiles) has(hash [32]byte) bool {
	for _, f := range l {
		if f.held[hash] {
			return true
		}
	}
	return false
}

// readAllLeases brings known up to date and removes the files of dead processes.
func (s *Store) readAllLeases(known leaseFiles) error {
	entries, err := s.fs.ReadDir(s.dir + "/leases")
	if err != nil {
		return err
	}
	there := make(map[string]bool)
	for _, e := range entries {
		name := s.dir + "/leases/" + e.Name
		if name == s.gate() || name == s.collectorFile() || name == s.collectingFile() || name == s.cameFile() {
			continue
		}
		if unlock, err := s.fs.Lock(name, true, false); err == nil {
			s.fs.Remove(name)
			unlock()
			continue
		}
		there[e.Name] = true
		if err := s.readLeases(name, e.Name, known); err != nil && !isMissing(err) {
			return err
		}
	}
	for name := range known {
		if !there[name] {
			delete(known, name)
		}
	}
	return nil
}

func (s *Store) readLeases(name, base string, known leaseFiles) error {
	info, err := s.fs.Lstat(name)
	if err != nil || known[base].held != nil && known[base].size == info.Size {
		return err
	}
	f, err := s.fs.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	own := make(map[[32]byte]bool)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		text := lines.Text()
		d, err := digest.FromHex(strings.TrimLeft(text, "+-"), 0)
		switch {
		case err != nil: // half a line, of a process that died
		case text[0] == '+':
			own[d.Hash] = true
		default:
			delete(own, d.Hash)
		}
	}
	known[base] = leaseFile{info.Size, own}
	return lines.Err()
}
