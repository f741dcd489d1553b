//go:build unix && !linux

package fs

import (
	"os"
	"time"
)

// setMTime sets the modification time of a file.
func setMTime(_ int, name string, mtime time.Time) error {
	return os.Chtimes(name, time.Time{}, mtime)
}
