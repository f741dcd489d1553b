package remote

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// PlaceError is what a place could not do. Err answers errors.Is with the errors
// of this package.
type PlaceError struct {
	Place  string // the remote's name
	Op     string // "put", "get", "stat", "list", "remove"
	Object string // its name there; "" if there were several
	Err    error
}

func (e *PlaceError) Error() string {
	if e.Object == "" {
		return fmt.Sprintf("%s %s: %v", e.Op, e.Place, e.Err)
	}
	return fmt.Sprintf("%s %s of %s: %v", e.Op, e.Object, e.Place, e.Err)
}

func (e *PlaceError) Unwrap() error { return e.Err }

// lasting are the errors that another try does not mend.
var lasting = []error{
	ErrAbsent, ErrSize, ErrReadOnly, ErrDenied, ErrCredentials, ErrNoPlace, ErrFull, ErrConfig, ErrHere,
	errDeaf, errStopped, context.Canceled, context.DeadlineExceeded,
}

// Lasting reports whether another try would not mend an error of a place.
func Lasting(err error) bool { return isAny(err, lasting) }

// errStopped is no failure: we had heard enough.
var errStopped = errors.New("stopped")

type stopped struct{ error }

func (s *stopped) Unwrap() []error { return []error{errStopped, s.error} }

// errDeaf is a place that was never heard of, or not twice in a row; errQuiet one
// that may have lost a connection.
var (
	errDeaf  = fmt.Errorf("%w at all", ErrUnreachable)
	errQuiet = fmt.Errorf("%w any more", ErrUnreachable)
)

// link is a place in use: everything that is asked of it goes through call.
type link struct {
	Named
	traits   Traits
	opt      Options
	answered atomic.Int64 // how often it said something: not those who are to reach it
	packs    *packs       // what is in its packs, once that was asked
	empty    bool         // nothing was ever pushed there
}

func newLink(at Named, opt Options) *link {
	l := &link{Named: at, traits: at.Place.Traits(), opt: opt.complete()}
	if l.opt.Parallel == 0 {
		l.opt.Parallel = l.traits.Parallel
	}
	if l.opt.Parallel <= 0 {
		l.opt.Parallel = 16
	}
	return l
}

// call does something at the place, again if that may help. act must tell beat of
// whatever shows that it goes on.
func (l *link) call(ctx context.Context, op, object string, act func(ctx context.Context, beat func()) error) error {
	quiet := false
	for try := 1; ; try++ {
		began := l.opt.Clock.Now()
		err := l.once(ctx, act)
		if err == nil {
			return nil
		}
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		again := quiet && errors.Is(err, errQuiet)
		quiet = errors.Is(err, errQuiet)
		if try >= l.opt.Tries || again || Lasting(err) || l.hopeless(err, began) {
			return &PlaceError{Place: l.Name, Op: op, Object: object, Err: err}
		}
		if err := l.wait(ctx, try); err != nil {
			return err
		}
	}
}

// hopeless reports whether an error is of a place that was never heard of, after so long a wait that
// nobody wants another. One that refuses at once may only be starting.
func (l *link) hopeless(err error, began time.Time) bool {
	return errors.Is(err, ErrUnreachable) && l.answered.Load() == 0 && l.opt.Clock.Now().Sub(began) >= longWait
}

// wait waits between tries: twice as long each time, and not all at once.
func (l *link) wait(ctx context.Context, try int) error {
	d := min(firstWait<<(try-1), longestWait)
	d = time.Duration(float64(d) * (0.5 + l.opt.Jitter()))
	select {
	case <-l.opt.Clock.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

const (
	firstWait   = 250 * time.Millisecond
	longestWait = 20 * time.Second
	longWait    = 5 * time.Second  // for a first answer
	parting     = 10 * time.Second // what a call gets to end in when nobody waits for its answer
)

// once does it once, and gives up if nothing is heard for too long.
func (l *link) once(ctx context.Context, act func(ctx context.Context, beat func()) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var beats atomic.Int64
	done := make(chan error, 1)
	go func() { done <- act(ctx, func() { beats.Add(1); l.answered.Add(1) }) }()
	for seen := int64(0); ; {
		select {
		case err := <-done:
			if !errors.Is(err, ErrUnreachable) {
				l.answered.Add(1)
			}
			return err
		case <-ctx.Done():
			return l.part(done, ctx.Err())
		case <-l.opt.Clock.After(l.opt.Idle):
		}
		if n := beats.Load(); n != seen {
			seen = n
			continue
		}
		cancel()
		err := errQuiet
		if l.answered.Load() == 0 {
			err = errDeaf
		}
		return l.part(done, fmt.Errorf("%w: nothing was heard of it for %s", err, l.opt.Idle))
	}
}

// part waits a little for a call that was cancelled; one that does not end even
// so (a dead mount) is left behind.
func (l *link) part(done chan error, err error) error {
	select {
	case <-done:
	case <-l.opt.Clock.After(parting):
	}
	return err
}

func isAny(err error, list []error) bool {
	for _, e := range list {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
