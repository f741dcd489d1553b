package toolchain

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// sought is how the program of a language is found.
type sought struct {
	names []string // on PATH, the first that is there
	below []string // in the directory that path names: slash paths
	get   string   // how one gets it
	lacks string   // what is said of a path that does not exist; "" says get
}

// locate returns the program that t names, and the paths that decided it.
func (h *Host) locate(t graph.Toolchain, s sought) (program string, looked []string, err error) {
	if t.Path == "" {
		return h.onPath(s.names, s.get)
	}
	at := h.abs(t.Path)
	info, err := h.FS.Stat(at)
	if err != nil {
		lacks := s.lacks
		if lacks == "" {
			lacks = s.get
		}
		return "", nil, fmt.Errorf("there is no %s. %s", t.Path, lacks)
	}
	if !info.IsDir() {
		if !info.Exec() && runtime.GOOS != "windows" {
			return "", nil, fmt.Errorf("%s is not executable", t.Path)
		}
		return at, []string{at}, nil
	}
	for _, name := range s.below {
		p := filepath.Join(at, filepath.FromSlash(name))
		if looked = append(looked, p); h.executable(p) {
			return p, looked, nil
		}
	}
	return "", looked, nil
}

// onPath looks for a program as a shell would.
func (h *Host) onPath(names []string, get string) (string, []string, error) {
	var looked []string
	var dirs []string
	for _, dir := range filepath.SplitList(h.Getenv("PATH")) {
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, name := range names {
		for _, dir := range dirs {
			if !filepath.IsAbs(dir) {
				continue // the current directory is no toolchain
			}
			p := filepath.Join(dir, name)
			if looked = append(looked, p); h.executable(p) {
				return p, looked, nil
			}
		}
	}
	where := "PATH, which is empty"
	if len(dirs) > 0 {
		where = fmt.Sprintf("PATH (%s)", strings.Join(dirs, ", "))
	}
	return "", nil, fmt.Errorf("there is no %s on %s. %s", names[0], where, get)
}

func (h *Host) executable(p string) bool {
	info, err := h.FS.Stat(p)
	return err == nil && info.IsRegular() && (info.Exec() || runtime.GOOS == "windows")
}

// programNames returns a name as this system has it.
func programNames(names ...string) []string {
	if runtime.GOOS != "windows" {
		return names
	}
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name + ".exe"
	}
	return out
}

// real returns p with its symbolic links resolved, or p.
func (h *Host) real(p string) string {
	if at, err := newPaths(h).follow(p); err == nil {
		return at
	}
	return p
}
