// Package remote shares a store: it brings blobs, results and records to a
// place that others can reach, and fetches them from there.
//
// A Place is dumb: it holds objects under names and knows nothing of digests.
// All that makes it trustworthy is done here: an object is named after what it
// holds and whoever fetches it checks that; a directory is written after all
// that it refers to, so that where a directory is, everything in it is.
//
// Places are a directory (store/remote/dir), or whatever another program
// reaches and tells us of over a small protocol (store/remote/program; the one
// that speaks to clouds is cmd/dewar-remote). The root package imports it; it
// knows nothing of pipelines and locks.
package remote

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Place holds objects under slash-separated names. Its methods may be called
// concurrently, also by several processes; whoever writes an object writes the
// same bytes as everybody else under that name, or a larger truth (an entry of
// the action cache may be replaced).
//
// Errors answer errors.Is with one of the errors below, where one fits; others are
// taken for failures that another try may not have.
type Place interface {
	// Traits says how the place likes to be used.
	Traits() Traits
	// Stat returns the size of each object, or Absent.
	Stat(ctx context.Context, names []string) ([]int64, error)
	// Put makes the object name of the bytes of a file of this machine: all of it
	// appears at once, or nothing. progress, if not nil, hears of bytes sent as they are.
	Put(ctx context.Context, name, file string, size int64, progress func(n int64)) error
	// Get appends to a file of this machine what the object holds from offset
	// on. An object that is longer than size is ErrSize, and no more than size-offset bytes are written.
	// What came before a failure stays in the file, so that another Get goes on from there.
	Get(ctx context.Context, name, file string, offset, size int64, progress func(n int64)) error
	// List calls each for every object whose name is below dir, in any order.
	List(ctx context.Context, dir string, each func(Object) error) error
	// Remove removes objects; those that are not there are no error.
	Remove(ctx context.Context, names []string) error
	Close() error
}

// Absent is the size of an object that is not there.
const Absent int64 = -1

// Object is one that is listed.
type Object struct {
	Name    string
	Size    int64
	Changed time.Time // zero where the place does not know
}

// Traits are what decides how a place is used.
type Traits struct {
	Parallel int  // how many transfers at once it likes
	Packs    bool // small objects are slow: they should travel together
	ReadOnly bool // Put and Remove are ErrReadOnly
	// AsksOneByOne says that Stat costs a request an object, and List one a
	// thousand of them.
	AsksOneByOne bool
}

// What can be wrong with a place, in ways that a person can mend.
var (
	ErrAbsent      = errors.New("it is not there")
	ErrSize        = errors.New("it has another size")
	ErrReadOnly    = errors.New("it can only be read")
	ErrDenied      = errors.New("access is denied")                // credentials are wrong, or may not do this
	ErrCredentials = errors.New("there are no credentials for it") // or they have expired
	ErrNoPlace     = errors.New("there is no such place")          // bucket, directory, host name
	ErrFull        = errors.New("there is no space left")
	ErrUnreachable = errors.New("it does not answer")
	ErrConfig      = errors.New("its configuration is wrong")

	// ErrEmptied is an ErrNoPlace: a directory that was a store holds nothing any more. With
	// Options.Recheck it is taken for a new one.
	ErrEmptied = fmt.Errorf("%w any more: it is empty, or not mounted, and was a store when it was last used from here", ErrNoPlace)
)
