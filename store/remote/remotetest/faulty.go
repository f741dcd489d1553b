package remotetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// Fault is what goes wrong with one call.
type Fault int

// What can go wrong.
const (
	Fine     Fault = iota
	Drop           // it fails before anything happened, and may succeed later
	Lost           // it happens, but the answer is lost
	Truncate       // get: the half of it comes, then the connection drops
	Short          // get: the half of it comes, and that is called all
	Wrong          // get: a byte is another
	Absent         // stat: nothing is there; get: likewise
	Present        // stat: everything is there
	Silent         // no answer until the context ends
	Dead           // this call and all after it fail, and nothing helps: as if we were killed
)

// ErrKilled is what calls of a Dead place give.
var ErrKilled = errors.Join(remote.ErrConfig, errors.New("killed"))

var errDropped = errors.New("503 try again")

// Call is one call of a method of a place.
type Call struct {
	N      int    // from 0
	Method string // "stat", "put", "get", "list", "remove"
	Name   string // the first
}

// Faulty returns a place with faults: choose says which, of one call at a time.
func Faulty(p remote.Place, fsys fs.FS, choose func(Call) Fault) *FaultyPlace {
	return &FaultyPlace{Place: p, fs: fsys, choose: choose}
}

// Seeded chooses faults at random: each of them in one of n calls.
func Seeded(seed uint64, n int, faults ...Fault) func(Call) Fault {
	r := rand.New(rand.NewPCG(seed, 1))
	return func(Call) Fault {
		if i := r.IntN(n * len(faults)); i < len(faults) {
			return faults[i]
		}
		return Fine
	}
}

// DeadAt dies at the nth call, having done it or not.
func DeadAt(n int, done bool) func(Call) Fault {
	return func(c Call) Fault {
		switch {
		case c.N < n:
			return Fine
		case c.N == n && done:
			return Lost
		}
		return Dead
	}
}

// FaultyPlace is a place with faults.
type FaultyPlace struct {
	remote.Place
	fs     fs.FS
	choose func(Call) Fault

	mu   sync.Mutex
	n    int
	dead bool
}

// Calls returns how many calls there were.
func (f *FaultyPlace) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n
}

func (f *FaultyPlace) fault(method, name string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := Call{f.n, method, name}
	f.n++
	if f.dead {
		return Dead
	}
	fault := f.choose(c)
	f.dead = fault == Dead
	return fault
}

// around does what the faults that all methods share do to a call.
func (f *FaultyPlace) around(ctx context.Context, fault Fault, act func() error) error {
	switch fault {
	case Drop:
		return errDropped
	case Dead:
		return ErrKilled
	case Silent:
		<-ctx.Done()
		return ctx.Err()
	}
	err := act()
	if fault == Lost && err == nil {
		return errDropped
	}
	return err
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

func (f *FaultyPlace) Stat(ctx context.Context, names []string) (sizes []int64, err error) {
	fault := f.fault("stat", first(names))
	err = f.around(ctx, fault, func() (err error) {
		sizes, err = f.Place.Stat(ctx, names)
		return err
	})
	for i := range sizes {
		switch {
		case fault == Absent:
			sizes[i] = remote.Absent
		case fault == Present && sizes[i] == remote.Absent:
			sizes[i] = 1
		}
	}
	return sizes, err
}

func (f *FaultyPlace) Put(ctx context.Context, name, file string, size int64, progress func(int64)) error {
	return f.around(ctx, f.fault("put", name), func() error { return f.Place.Put(ctx, name, file, size, progress) })
}

func (f *FaultyPlace) Get(ctx context.Context, name, file string, offset, size int64, progress func(int64)) error {
	fault := f.fault("get", name)
	if fault == Absent {
		return remote.ErrAbsent
	}
	return f.around(ctx, fault, func() error {
		if fault != Truncate && fault != Short && fault != Wrong {
			return f.Place.Get(ctx, name, file, offset, size, progress)
		}
		return f.spoil(ctx, fault, name, file, offset, size, progress)
	})
}

// spoil gets an object, and not as it is.
func (f *FaultyPlace) spoil(ctx context.Context, fault Fault, name, file string, offset, size int64, progress func(int64)) error {
	aside := file + ".aside"
	defer f.fs.Remove(aside)
	if err := f.Place.Get(ctx, name, aside, 0, size, nil); err != nil {
		return err
	}
	data, err := fs.ReadFile(f.fs, aside)
	if err != nil {
		return err
	}
	data = data[offset:]
	if fault == Wrong && len(data) > 0 {
		data[len(data)/2] ^= 1
	} else {
		data = data[:len(data)/2]
	}
	if err := appendTo(f.fs, file, data); err != nil {
		return err
	}
	if progress != nil {
		progress(int64(len(data)))
	}
	if fault == Truncate {
		return errDropped
	}
	return nil
}

func (f *FaultyPlace) List(ctx context.Context, dir string, each func(remote.Object) error) error {
	return f.around(ctx, f.fault("list", dir), func() error { return f.Place.List(ctx, dir, each) })
}

func (f *FaultyPlace) Remove(ctx context.Context, names []string) error {
	return f.around(ctx, f.fault("remove", first(names)), func() error { return f.Place.Remove(ctx, names) })
}
