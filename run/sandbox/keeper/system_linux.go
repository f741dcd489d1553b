package keeper

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// System reports whether an entry of the host's root directory is shown in
// the sandbox as it is.
func System(name string) bool {
	switch name {
	case "usr", "bin", "sbin", "opt", "etc", "nix", "gnu":
		return true
	}
	return strings.HasPrefix(name, "lib")
}

// system shows the host's system directories, read-only.
func system() *failure {
	entries, err := os.ReadDir("/")
	if err != nil {
		return failed("list /", err)
	}
	for _, e := range entries {
		if !System(e.Name()) {
			continue
		}
		from, at := "/"+e.Name(), base+"/"+e.Name()
		switch {
		case e.Type()&os.ModeSymlink != 0:
			if fail := copyLink(from, at); fail != nil {
				return fail
			}
		case e.IsDir():
			if err := unix.Mkdir(at, 0o755); err != nil {
				return failed("mkdir "+from, err)
			}
			if fail := bind(from, at, readOnly); fail != nil {
				return fail
			}
		}
	}
	return processors()
}

// copyLink makes a symbolic link like the one at from.
func copyLink(from, at string) *failure {
	to, err := os.Readlink(from)
	if err == nil {
		err = unix.Symlink(to, at)
	}
	return failed("symlink "+from, err)
}
