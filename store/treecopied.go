package store

import (
	"crypto/rand"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// A write to a file of a tree shows in its modification time. In a copy of the whole store that was made
// without times (cp -r, rsync -r, an archive that was unpacked without them) every file looks written to. So
// the store has a file that says which time it has. While that is so, somebody wrote to what has another time
// than it was made with. If it is not, or the file is not there, the trees that lost their times go, to be made
// anew when they are needed; blobs that lost theirs are read (look). The time is by chance: a program that
// copies only what is new takes a file of the same size and time for the same, and this one must be copied.

// timesFile is that file.
func (s *Store) timesFile() string { return s.dir + "/times" }

// timesHold reports whether the store has the times that it was written with.
func (s *Store) timesHold() bool {
	b, err := s.slurp(s.timesFile(), 64)
	if err != nil {
		return false
	}
	info, err := s.fs.Lstat(s.timesFile())
	return err == nil && string(b) == timesText(time.Unix(0, info.MTime))
}

// timesText is what the file holds if it has a time.
func timesText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) + "\n" }

// dropCopied removes the trees that lost their times in a copy of the store. It is done once, before the first
// tree is used: later, what looks like that is a tree that was changed while it was in use. What cannot be
// removed stays, and is found changed by who uses it.
func (s *Store) dropCopied() {
	s.copiedOnce.Do(func() {
		if s.timesHold() {
			return
		}
		var open func() error
		err := s.inDir(s.gate(), func() (err error) { open, err = s.fs.Lock(s.gate(), true, true); return err })
		if err != nil {
			return
		}
		defer open()
		if s.timesHold() {
			return // another process was faster: what is there now is not copied
		}
		if s.dropTimeless() == nil {
			s.keepTimes()
		}
	})
}

// dropTimeless removes every tree whose own directory has another time than it was made with.
func (s *Store) dropTimeless() error {
	for _, area := range []string{treeArea, rootArea} {
		entries, err := s.fs.ReadDir(s.dir + "/" + area)
		if err != nil && !isMissing(err) {
			return err
		}
		for _, e := range entries {
			if !isHash(e.Name) {
				continue
			}
			d := digest.Digest{Hash: hashOf(e.Name)}
			info, err := s.fs.Lstat(s.tree(area, d))
			if err == nil && info.MTime != epoch*1e9 {
				err = s.discard(area, d)
			}
			if err != nil && !isMissing(err) {
				return err
			}
		}
	}
	return nil
}

// keepTimes writes the file. If that fails, the next process looks again.
func (s *Store) keepTimes() {
	var chance [3]byte
	rand.Read(chance[:]) // never fails
	at := time.Unix(epoch+int64(chance[0])<<16+int64(chance[1])<<8+int64(chance[2]), 0)
	tmp := s.temp()
	if s.inDir(tmp, func() error { return fs.WriteNew(s.fs, tmp, []byte(timesText(at)), plainMode, at) }) != nil {
		return
	}
	if s.share(tmp, plainMode) != nil || s.fs.Rename(tmp, s.timesFile()) != nil {
		s.fs.Remove(tmp)
	}
}
