package toolchain

import (
	"errors"
	iofs "io/fs"
	"maps"
	"path/filepath"
	"strings"
)

// paths follows symbolic links one by one, and remembers those that it went through.
type paths struct {
	h     *Host
	kinds map[string]string // by path: what a link holds, "" if it is none
	links map[string]string // those met
}

func newPaths(h *Host) *paths {
	return &paths{h: h, kinds: map[string]string{}, links: map[string]string{}}
}

var errLoop = errors.New("too many symbolic links")

// follow returns where p is, by a path without symbolic links.
func (s *paths) follow(p string) (string, error) {
	at := filepath.VolumeName(p) + string(filepath.Separator)
	rest := namesOf(p)
	met := map[string]string{}
	for hops := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		if name == ".." {
			at = filepath.Dir(at)
			continue
		}
		next := filepath.Join(at, name)
		to, err := s.link(next)
		if err != nil {
			return "", err
		}
		if to == "" {
			at = next
			continue
		}
		if hops++; hops > 255 {
			return "", &iofs.PathError{Op: "follow", Path: p, Err: errLoop}
		}
		met[next] = to
		if filepath.IsAbs(to) {
			at = filepath.VolumeName(to) + string(filepath.Separator)
		}
		rest = append(namesOf(to), rest...)
	}
	maps.Copy(s.links, met) // of a way that leads somewhere
	return at, nil
}

// link returns what a symbolic link holds, "" for what is none.
func (s *paths) link(p string) (string, error) {
	if to, ok := s.kinds[p]; ok {
		return to, nil
	}
	info, err := s.h.FS.Lstat(p)
	if err != nil {
		return "", err
	}
	to := ""
	if info.IsSymlink() {
		if to, err = s.h.FS.Readlink(p); err != nil {
			return "", err
		}
	}
	s.kinds[p] = to
	return to, nil
}

// namesOf splits a path into its names.
func namesOf(p string) (out []string) {
	for name := range strings.SplitSeq(filepath.ToSlash(p[len(filepath.VolumeName(p)):]), "/") {
		if name != "" && name != "." {
			out = append(out, name)
		}
	}
	return out
}
