package wire

import (
	"context"
	"errors"

	"github.com/dewar-build/dewar/store/remote"
)

// The kinds that are no failure of a place.
const (
	KindTemporary = "temporary" // another try may succeed
	KindCancelled = "cancelled" // it was asked for
	KindProtocol  = "protocol"  // the request is none, or does not fit here
)

// kinds are the errors that a person can mend, by their names in the protocol.
// The first that fits is taken.
var kinds = []struct {
	kind string
	is   error
}{
	{"absent", remote.ErrAbsent},
	{"size", remote.ErrSize},
	{"read-only", remote.ErrReadOnly},
	{"denied", remote.ErrDenied},
	{"credentials", remote.ErrCredentials},
	{"no-place", remote.ErrNoPlace},
	{"full", remote.ErrFull},
	{"unreachable", remote.ErrUnreachable},
	{"config", remote.ErrConfig},
	{"here", remote.ErrHere},
}

// ErrorOf is what the protocol says of an error. text cleans and shortens it.
func ErrorOf(err error, text func(string) string) *Error {
	return &Error{Kind: kindOf(err), Text: text(err.Error())}
}

func kindOf(err error) string {
	for _, k := range kinds {
		if errors.Is(err, k.is) {
			return k.kind
		}
	}
	var own *Failure
	switch {
	case errors.As(err, &own):
		return own.Kind
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return KindCancelled
	}
	return KindTemporary
}

// Failure is an error that came over the wire, and answers errors.Is with the
// error of its kind.
type Failure struct {
	Kind string
	Text string
	is   error // of store/remote; nil if the kind has none
}

// Failure returns e as an error. A kind that is not known is another failure.
func (e *Error) Failure() *Failure {
	f := &Failure{Kind: e.Kind, Text: e.Text}
	for _, k := range kinds {
		if k.kind == e.Kind {
			f.is = k.is
		}
	}
	return f
}

func (f *Failure) Error() string {
	switch {
	case f.Text != "":
		return f.Text
	case f.is != nil:
		return f.is.Error()
	}
	return "it failed, and the program does not say why"
}

func (f *Failure) Unwrap() error { return f.is }
