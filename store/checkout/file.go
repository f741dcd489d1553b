package checkout

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// A file that was just written could be written again within one tick of the
// filesystem's clock without a change of its times, so that the index could
// not trust them. We give what we write a time that has passed: any
// later write changes it, and the entry can be trusted at once.

// stamp returns the modification time for files written about now.
func stamp(now time.Time) time.Time { return now.Add(-time.Second) }

// settled is the moment that says so to the index: long after the times of info.
func settled(info fs.Info) fs.Moment {
	return fs.Moment{At: max(info.MTime, info.CTime) + int64(time.Hour), Dev: info.Dev, Grain: 1}
}

// tries bounds how often we begin again because somebody else changed the very path.
const tries = 5

// file makes the path at, whose parent is a real directory, hold a file.
func (w *writer) file(at string, want, known digest.Content, private bool) error {
	for range tries {
		done, err := w.tryFile(at, want, known, private)
		if err != nil {
			return fmt.Errorf("check out %s: %w", at, err)
		}
		if done {
			return nil
		}
	}
	return fmt.Errorf("check out %s: it changes all the time", at)
}

// tryFile is file; it is not done if the path changed while it was looked at.
func (w *writer) tryFile(at string, want, known digest.Content, private bool) (done bool, err error) {
	info, err := w.deps.FS.Lstat(w.native(at))
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return false, err
	}
	there := err == nil
	var was seen
	if there && info.IsRegular() {
		was = w.look(at, info, want.Digest.Size)
		if was.ok && was.digest == want.Digest && w.fits(info, want, private) {
			return true, w.unchanged(at, info, want)
		}
	}
	if there && info.IsSymlink() {
		if c, _ := w.linked(w.native(at)); c == want && w.fits(info, want, private) {
			w.count(&w.report.Unchanged)
			return true, nil
		}
	}
	tmp, err := w.temp(at, func(tmp string) error { return w.clone(tmp, want, private) })
	if err != nil {
		if tmp != "" {
			w.deps.FS.Remove(tmp) // it may be half made
		}
		return false, err
	}
	if !there {
		done, err = w.put(tmp, at)
	} else {
		done, err = w.swap(tmp, at, was, known)
	}
	if !done { // only then is tmp still ours: after a swap it names what a person may have written
		w.deps.FS.Remove(tmp)
	}
	if !done || err != nil {
		return false, err
	}
	w.count(&w.report.Written)
	return true, w.record(at, want.Digest)
}

// seen is what was known of a file before it was touched.
type seen struct {
	info    fs.Info
	digest  digest.Digest
	ok      bool // digest is known
	indexed bool // from the index: true of any file with this info, whenever
}

// indexed asks the index about a file.
func (w *writer) indexed(at string, info fs.Info) seen {
	s := seen{info: info}
	if info.IsRegular() {
		s.digest, s.ok = w.deps.Index.Lookup(at, info)
		s.indexed = s.ok
	}
	return s
}

// look finds out what a file holds. One whose size is not the one wanted is not
// read: it will be, once it is out of the way.
func (w *writer) look(at string, info fs.Info, size int64) seen {
	s := w.indexed(at, info)
	if s.ok || info.Size != size {
		return s
	}
	before, merr := w.now()
	d, err := w.hash(w.native(at))
	if err != nil {
		return s
	}
	s.digest, s.ok = d, true
	if after, err := w.deps.FS.Lstat(w.native(at)); err == nil && after == info && merr == nil {
		w.deps.Index.Record(at, info, d, before)
	}
	return s
}

func (w *writer) now() (fs.Moment, error) {
	if x, ok := w.deps.Index.(*fs.Index); ok && x == nil {
		return fs.Moment{}, nil
	}
	return w.deps.Index.Now()
}

// unchanged leaves a file that has the bytes it should have, and gives it the
// executable bit it should have.
func (w *writer) unchanged(at string, info fs.Info, want digest.Content) error {
	w.count(&w.report.Unchanged)
	if info.Exec() == want.Exec {
		return nil
	}
	perm := info.Mode.Perm() &^ 0o111
	if want.Exec {
		perm |= perm >> 2 & 0o111 // who may read it may execute it
	}
	return w.deps.FS.Chmod(w.native(at), perm)
}

// put moves a temporary file to a path where nothing is. It is not done if
// something is there after all.
func (w *writer) put(tmp, at string) (done bool, err error) {
	err = w.deps.FS.Link(tmp, w.native(at))
	switch {
	case err == nil:
		return true, w.deps.FS.Remove(tmp)
	case errors.Is(err, iofs.ErrExist) || errors.Is(err, iofs.ErrNotExist):
		return false, nil
	}
	if _, err := w.deps.FS.Lstat(w.native(at)); err == nil { // no links here: the best we can do
		return false, nil
	}
	return true, w.deps.FS.Rename(tmp, w.native(at))
}

// swap exchanges a temporary file and what is at a path, and takes care of what came out.
func (w *writer) swap(tmp, at string, was seen, known digest.Content) (done bool, err error) {
	err = w.deps.FS.Exchange(tmp, w.native(at))
	switch {
	case err == nil:
		return true, w.dispose(tmp, at, was, known, false)
	case errors.Is(err, iofs.ErrNotExist):
		return false, nil
	case !errors.Is(err, fs.ErrUnsupported):
		return false, err
	}
	out := tmp + "-out"
	if err := w.deps.FS.Rename(w.native(at), out); err != nil {
		return false, err
	}
	done, err = w.put(tmp, at)
	return done, errors.Join(err, w.dispose(out, at, was, known, false))
}

// record tells the index of a file just written.
func (w *writer) record(at string, d digest.Digest) error {
	info, err := w.deps.FS.Lstat(w.native(at))
	if err != nil {
		return nil // it is gone again, which is not our business
	}
	if info.MTime == w.stamp.UnixNano() || info.IsRegular() && w.deps.Store.IsBlob(d, info) { // else it has been written to already, or the filesystem is coarse
		w.deps.Index.Record(at, info, d, settled(info))
	}
	return nil
}

// temp has make make something under a temporary name from which it can be renamed to at: in
// the directory for that, or beside at if that is on another device.
func (w *writer) temp(at string, make func(name string) error) (string, error) {
	name := fs.TempName(w.plan.Temp)
	dir := w.native(path.Dir(at))
	here, err := w.deps.FS.Stat(dir)
	if err != nil {
		return "", err
	}
	if here.Dev != w.device {
		name = fs.TempName(dir)
	}
	return name, make(name)
}

func (w *writer) hash(name string) (digest.Digest, error) {
	f, err := w.deps.FS.Open(name)
	if err != nil {
		return digest.Digest{}, err
	}
	defer f.Close()
	return digest.Read(f, make([]byte, 256<<10))
}
