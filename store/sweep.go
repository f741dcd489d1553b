package store

import (
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/fs"
)

// A process that is killed leaves its temporary files behind, and the
// directories of its executions, which may be large. Their names begin with the
// id of their Store, and tmp/<id>.live is locked for as long as that lives: so
// whoever comes later can tell, and removes what is nobody's.

// abandoned is how old something temporary is that nobody works with any more, where its name does not say
// whose it is.
const abandoned = time.Hour

// live says that this Store has temporary files, or uses what it found: a
// collector leaves what was used since (present.go). Where files cannot be
// locked nobody sweeps either.
func (s *Store) live() {
	s.liveOnce.Do(func() {
		name := s.liveFile(s.id)
		for range 10 {
			err := s.inDir(name, func() (err error) {
				s.unlive, err = s.fs.Lock(name, true, true)
				return err
			})
			if err != nil || s.lives(s.id) {
				break
			}
			s.unlive() // a sweeper was between our making the file and our locking it
		}
		if s.passGate() {
			s.sayCame()
		}
	})
}

// sayCame says to the collector that is at work that somebody came.
func (s *Store) sayCame() {
	if f, err := s.fs.Append(s.cameFile(), 0o644); err == nil {
		f.Close()
	}
}

// lives reports whether somebody holds the lock on the live file of id.
func (s *Store) lives(id string) bool {
	unlock, err := s.fs.Lock(s.liveFile(id), true, false)
	if err != nil {
		return true
	}
	unlock()
	return false
}

func (s *Store) liveFile(id string) string { return s.dir + "/tmp/" + id + ".live" }

// unlock gives the live file back. What is temporary must be gone.
func (s *Store) unlock() error {
	s.liveOnce.Do(func() {}) // it may never have been made, and is not to be any more
	if s.unlive == nil {
		return nil
	}
	if !s.leaves() { // else the next one sweeps
		s.fs.Remove(s.liveFile(s.id))
	}
	return s.unlive()
}

// leaves reports whether something temporary could not be removed.
func (s *Store) leaves() bool {
	entries, err := s.fs.ReadDir(s.dir + "/tmp")
	return err != nil || slices.ContainsFunc(entries, func(e fs.Entry) bool { return strings.HasPrefix(e.Name, s.id+"-") })
}

// sweep removes what dead processes left. Failing to is no failure: it is only
// there for longer.
func (s *Store) sweep() { s.present(s.sweepOf) }

// present returns the other Stores that are in use, and calls dead for each
// that was and is not any more.
func (s *Store) present(dead func(id string)) (living []string) {
	entries, err := s.fs.ReadDir(s.dir + "/tmp")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name, ".live")
		if !ok || id == s.id {
			continue
		}
		unlock, err := s.fs.Lock(s.liveFile(id), true, false)
		if err != nil {
			living = append(living, id)
			continue
		}
		dead(id)
		s.fs.Remove(s.liveFile(id))
		unlock()
	}
	return living
}

// sweepOf removes what the dead Store id left.
func (s *Store) sweepOf(id string) {
	for _, place := range []struct{ dir, prefix string }{
		{s.dir + "/tmp/", id + "-"}, {s.dir + "/trees/", "." + id + "-"}, {s.dir + "/roots/", "." + id + "-"}, {s.dir + "/trash/", id + "-"},
	} {
		entries, err := s.fs.ReadDir(place.dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name, place.prefix) {
				s.fs.RemoveAll(place.dir + e.Name)
			}
		}
	}
}

// trash returns a new name in trash/.
func (s *Store) trash() string {
	s.live()
	return s.dir + "/trash/" + s.unique()
}

// sweepTrash removes what is on its way out and has no owner any more.
func (s *Store) sweepTrash() {
	for _, dir := range []string{s.dir, s.dir + "/tmp"} {
		fs.SweepTemp(s.fs, dir, "", s.opt.Now().Add(-abandoned))
	}
	living := append(s.present(s.sweepOf), s.id)
	entries, err := s.fs.ReadDir(s.dir + "/trash")
	if err != nil {
		return
	}
	for _, e := range entries {
		id, _, _ := strings.Cut(e.Name, "-")
		if !slices.Contains(living, id) {
			s.fs.RemoveAll(s.dir + "/trash/" + e.Name)
		}
	}
}
