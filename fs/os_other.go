//go:build unix && !linux && !darwin

package fs

import (
	iofs "io/fs"
	"os"
)

func exchange(a, b string) error {
	return &os.LinkError{Op: "exchange", Old: a, New: b, Err: ErrUnsupported}
}

func cloneWhole(from, to string, perm iofs.FileMode) (done bool, err error) { return false, nil }

func shareBlocks(dst, src *os.File) bool { return false }
