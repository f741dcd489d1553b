package image

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"syscall"
)

// errMissing is what the store answers of what it has not.
var errMissing = iofs.ErrNotExist

// Problem says what kind of thing is wrong with an image.
type Problem uint8

// The problems.
const (
	BadName     Problem = iota + 1 // what was written names no image
	NotFound                       // there is no such image
	Unreachable                    // the registry does not answer, or not with what was asked for
	NoLogin                        // the registry does not give it to us
	Mismatch                       // bytes that are not those of their digest
	NoPlatform                     // the image has nothing for this platform
	Damaged                        // it is not what an image has to be
	TooLarge                       // there is more of it than is allowed, or than there is room for
)

// Error is what is wrong with an image.
type Error struct {
	Problem Problem
	Text    string // a sentence without its end
	Err     error  // what it comes from; may be nil
}

func (e *Error) Error() string { return e.Text }

// Unwrap returns what the error comes from.
func (e *Error) Unwrap() error { return e.Err }

func problem(p Problem, format string, args ...any) error {
	return &Error{Problem: p, Text: fmt.Sprintf(format, args...)}
}

// causedBy is a problem that comes from an error, which its text ends with.
func causedBy(p Problem, err error, format string, args ...any) error {
	return &Error{Problem: p, Text: fmt.Sprintf(format, args...) + ": " + err.Error(), Err: err}
}

// keepProblem gives an error without a problem one. A disk that is full is always the same one.
func keepProblem(p Problem, err error, what string) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return causedBy(TooLarge, err, "there is no room on the disk for it")
	}
	return causedBy(p, err, "%s", what)
}
