//go:build unix

package fs_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

func fifo(t *testing.T, name string) { must(t, unix.Mkfifo(name, 0o644)) }
