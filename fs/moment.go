package fs

import (
	"errors"
	iofs "io/fs"
	"time"
)

// Moment is the time of a filesystem, taken from a file just made on it: a
// server's clock may differ from ours, and a kernel's file times lag behind.
type Moment struct {
	At    int64  // nanoseconds since 1970
	Dev   uint64 // the device whose time it is
	Grain int64  // nanoseconds within which two changes may carry the same time
}

const (
	fineGrain   = int64(10 * time.Millisecond) // kernels stamp files at their tick, at most 10 ms
	coarseGrain = int64(2 * time.Second)       // FAT, and devices whose clock was not asked
	momentLasts = 5 * time.Millisecond         // an old moment is as sound as a new one, it only knows fewer files clean
)

// clean reports whether a file with this info cannot change after m without
// its times changing as well.
func (m Moment) clean(info Info) bool {
	grain := m.Grain
	if info.Dev != m.Dev {
		grain = max(grain, coarseGrain)
	}
	return info.MTime < m.At-grain && info.CTime < m.At-grain
}

// momentIn asks the filesystem of dir for its time.
func momentIn(fsys FS, dir string) (Moment, error) {
	name := TempName(dir)
	f, err := fsys.Create(name, 0o600)
	if err != nil {
		return Moment{}, err
	}
	info, err := f.Stat()
	f.Close()
	fsys.Remove(name)
	if err != nil {
		return Moment{}, err
	}
	m := Moment{At: info.MTime, Dev: info.Dev, Grain: fineGrain}
	if m.At%int64(time.Second) == 0 {
		m.Grain = coarseGrain
	}
	return m, nil
}

// errNoIndex is what a nil Index says of the time.
var errNoIndex = errors.New("no index")

// Now returns the filesystem's time, at most a few milliseconds old.
func (x *Index) Now() (Moment, error) {
	if x == nil {
		return Moment{}, errNoIndex
	}
	c := &x.clock
	c.Lock()
	defer c.Unlock()
	if !c.taken.IsZero() && time.Since(c.taken) < momentLasts {
		return c.last, nil
	}
	m, err := momentIn(x.fsys, x.dir)
	if errors.Is(err, iofs.ErrNotExist) {
		if err = x.fsys.MkdirAll(x.dir, 0o755); err == nil {
			m, err = momentIn(x.fsys, x.dir)
		}
	}
	if err != nil {
		return Moment{}, err
	}
	c.last, c.taken = m, time.Now()
	return m, nil
}
