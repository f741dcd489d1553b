package fs

import (
	iofs "io/fs"
	"os"
)

func openOS(name string, flag int, perm iofs.FileMode) (*os.File, error) {
	return os.OpenFile(name, flag, perm)
}
