package store

import (
	"errors"
	"strings"
	"time"

	"github.com/dewar-build/dewar/fs"
)

// How a process that uses the store and one that collects garbage in it keep out
// of each other's way, without a lock around every use:
//
// Whoever looks at a blob and finds it there may rely on it from then on. Two
// things see to that. First, a Store that has looked at anything is present: it
// holds a lock on tmp/<id>.live. A collector leaves everything whose last use is
// later than an hour before the longest-present Store began; and a look at
// what was not used for an hour refreshes its last use, so whatever a present
// Store has found is on that side of the line.
//
// Who was present and is gone again may have written down, in a lock, that it relies
// on something after the collector read that lock. So whoever was present when a
// collection began counts as present until it ends, and who comes while it is
// under way leaves leases/came, which stands for a Store that began with the collection.
//
// Second, a collector decides in batches, alone behind leases/gate: who is present,
// what is leased, what was used meanwhile; then it renames into trash/. Only a refresh
// that falls between its look and its rename could be missed. So a collector
// says that it is at work by the file leases/collecting, and who has refreshed something and
// finds that file waits for the end of the batch and looks once more. A file that a
// killed collector left costs a little time, no more.

func (s *Store) collectingFile() string { return s.dir + "/leases/collecting" }

func (s *Store) cameFile() string { return s.dir + "/leases/came" }

// collectorFile is locked by the one collector. It stays: who removes a file that is locked
// lets another in who had opened it before.
func (s *Store) collectorFile() string { return s.dir + "/leases/collector" }

// use refreshes the last use of something, if that was a while ago. The error
// says that it is not there any more.
func (s *Store) use(name string, info fs.Info) error {
	if info.CTime == 0 || s.opt.Now().Sub(time.Unix(0, info.CTime)) <= touchAfter {
		return nil
	}
	if err := s.refresh(name); isMissing(err) {
		return err
	}
	return nil // at worst it is collected early
}

// refresh sets the modification time of a blob, and with it the last use.
func (s *Store) refresh(name string) error {
	if err := s.fs.Chtimes(name, time.Unix(epoch, 0)); err != nil || !s.passGate() {
		return err
	}
	_, err := s.fs.Lstat(name)
	return err
}

// passGate waits for the end of a collector's batch, if a collector is at work.
func (s *Store) passGate() (waited bool) {
	if _, err := s.fs.Lstat(s.collectingFile()); err != nil {
		return false
	}
	open, err := s.fs.Lock(s.gate(), false, true)
	if err == nil {
		open()
	}
	return err == nil
}

// presentSince returns the time, in nanoseconds since 1970, from which on other
// Stores that are present may rely on what was used; never if there are none. One that
// is gone by the time its file is looked at relies on nothing.
func (s *Store) presentSince() int64 {
	since := never
	for _, id := range s.present(s.sweepOf) {
		if info, err := s.fs.Lstat(s.liveFile(id)); err == nil {
			since = min(since, reliesSince(info.MTime))
		}
	}
	return since
}

// reliesSince is from when on a Store that is present since a time relies on what was used.
func reliesSince(present int64) int64 { return present - int64(touchAfter+time.Minute) }

// inUse returns the time from which on other Stores may rely on what was used: those
// that are present, and those that were during the collection.
func (c *Collection) inUse() int64 {
	c.since = min(c.since, c.store.presentSince())
	if _, err := c.store.fs.Lstat(c.store.cameFile()); err == nil {
		c.since = min(c.since, reliesSince(c.began))
	}
	return c.since
}

// ErrCollecting says that another collector is at work.
var ErrCollecting = errors.New("another collection is at work in this store")

// beginCollecting says that a collector is at work, until end is called.
func (s *Store) beginCollecting() (end func(), err error) {
	name := s.collectorFile()
	var unlock func() error
	err = s.inDir(name, func() error { unlock, err = s.fs.Lock(name, true, false); return err })
	if errors.Is(err, fs.ErrLocked) {
		return nil, ErrCollecting
	}
	if err != nil {
		return nil, err
	}
	if err := s.replace(s.collectingFile(), nil, 0o644); err != nil {
		unlock()
		return nil, err
	}
	s.fs.Remove(s.cameFile()) // of another collection: what it stood for can be read by now
	return func() { s.fs.Remove(s.collectingFile()); unlock() }, nil
}

// isHash reports whether a name is that of a blob, an entry or a tree.
func isHash(name string) bool {
	return len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}
