package dir

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/dewar-build/dewar/store/remote"
)

// meanings are what errors of a filesystem mean for a place, the first that fits.
var meanings = []struct {
	is    error
	means error
}{
	{iofs.ErrNotExist, remote.ErrAbsent},
	{syscall.EROFS, remote.ErrReadOnly},
	{iofs.ErrPermission, remote.ErrDenied},
	{syscall.ENOSPC, remote.ErrFull},
	{syscall.EDQUOT, remote.ErrFull},
	{syscall.ESTALE, remote.ErrUnreachable},
	{syscall.ENOTCONN, remote.ErrUnreachable},
	{syscall.EHOSTDOWN, remote.ErrUnreachable},
	{syscall.ENOTDIR, remote.ErrConfig},
}

// explain says what an error of the filesystem means for a place.
func explain(err error) error {
	for _, m := range meanings {
		if errors.Is(err, m.is) && !errors.Is(err, m.means) {
			return fmt.Errorf("%w: %w", m.means, err)
		}
	}
	return err
}

// blame is explain for what deals with a file of this machine too: an error that
// names it is not the place's.
func blame(err error, file string) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var pe *iofs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe) && strings.HasPrefix(pe.Path, file),
		errors.As(err, &le) && strings.HasPrefix(le.New, file):
		return fmt.Errorf("%w: %w", remote.ErrHere, err)
	}
	return explain(err)
}
