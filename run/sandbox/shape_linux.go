package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/keeper"
)

// kind is what keepers are told apart by: an action gets one of its own kind.
type kind struct {
	network bool
	shape   string // the shape, encoded
	stamp   string // what tells whether the same paths still lead to the same things
}

// kindOf decides which skeleton an execution needs.
func (e *Executor) kindOf(x *run.Execution) (kind, error) {
	k := kind{network: x.Network}
	s := keeper.Shape{Processes: uint64(e.opt.Processes)}
	var stamp strings.Builder
	var err error
	switch x.Level {
	case graph.IsolationHermetic:
		s.Kind = keeper.ShapeBase
		err = shapePaths(&s, x, &stamp)
	case graph.IsolationImage:
		s.Kind, s.Image = keeper.ShapeImage, x.Image
		if err = stampImage(&stamp, x.Image); err == nil {
			err = shapePaths(&s, x, &stamp)
		}
	}
	if err != nil {
		return kind{}, fmt.Errorf("prepare sandbox: %w", err)
	}
	k.shape, k.stamp = string(s.Encode(nil)), stamp.String()
	return k, nil
}

// stampImage notes which directory an image is: one that was removed and unpacked again is another.
func stampImage(stamp *strings.Builder, dir string) error {
	if !filepath.IsAbs(dir) {
		return fmt.Errorf("image: there is no root directory (%q)", dir)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("image: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("image: %s is not a directory", dir)
	}
	stampInode(stamp, info)
	return nil
}

func stampInode(stamp *strings.Builder, info os.FileInfo) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		fmt.Fprintf(stamp, "%d.%d ", st.Dev, st.Ino)
	}
}

// shapePaths adds what toolchains bring. In an image, which has a system of its own, that is their own
// directories only.
func shapePaths(s *keeper.Shape, x *run.Execution, stamp *strings.Builder) error {
	links := map[string]string{}
	var paths []string
	for _, b := range x.Bindings {
		for _, m := range b.Mounts {
			real, err := realPath(m, stamp)
			if err != nil {
				return err
			}
			paths = append(paths, real)
		}
		if s.Kind == keeper.ShapeBase {
			paths = append(paths, b.Base...)
			stamp.WriteString(b.BaseDigest + " ")
		}
		for _, l := range b.Links {
			links[l.At] = l.To
		}
	}
	for _, p := range outermost(paths) {
		if !covered(p) {
			s.Paths = append(s.Paths, p)
		}
	}
	for at, to := range links {
		if !covered(at) {
			s.Links = append(s.Links, keeper.Link{At: at, To: to})
		}
	}
	slices.SortFunc(s.Links, func(a, b keeper.Link) int { return strings.Compare(a.At, b.At) })
	return nil
}

// realPath is where a toolchain's directory really is.
func realPath(path string, stamp *strings.Builder) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("toolchain: %w", err)
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", fmt.Errorf("toolchain: %w", err)
	}
	stampInode(stamp, info)
	return real, nil
}

// outermost sorts paths and leaves out those that lie in another.
func outermost(paths []string) []string {
	cleaned := make([]string, len(paths))
	for i, p := range paths {
		cleaned[i] = filepath.Clean(p)
	}
	slices.Sort(cleaned)
	var out []string
	known := map[string]bool{}
	for _, p := range cleaned {
		if !withinAny(p, known) {
			known[p] = true
			out = append(out, p)
		}
	}
	return out
}

func withinAny(path string, dirs map[string]bool) bool {
	for i := range path {
		if i > 0 && path[i] == '/' && dirs[path[:i]] {
			return true
		}
	}
	return dirs[path] || dirs["/"]
}

// covered reports whether a path lies where each action has something of its own: what a
// skeleton holds there is not seen, so it is bound for each action.
func covered(path string) bool {
	for _, d := range []string{"/tmp", "/var/tmp", "/run", "/var/run", "/dev", "/proc", "/sys", keeper.Project} {
		if path == d || strings.HasPrefix(path, d+"/") {
			return true
		}
	}
	return false
}

// late are the paths of toolchains that are bound for each action. A symbolic link there becomes a bind of
// what it leads to.
func late(x *run.Execution) []string {
	var paths []string
	for _, b := range x.Bindings {
		paths = append(paths, b.Mounts...)
		if x.Level == graph.IsolationHermetic {
			paths = append(paths, b.Base...)
			for _, l := range b.Links {
				if covered(l.At) {
					paths = append(paths, l.At)
				}
			}
		}
	}
	return slices.DeleteFunc(paths, func(p string) bool {
		if covered(p) {
			return false
		}
		real, err := filepath.EvalSymlinks(p)
		return err != nil || !covered(real)
	})
}

// notShown tells, in the words of the level, why a program is not there.
func notShown(x *run.Execution) string {
	program := strconv.Quote(x.Action.Args[0])
	if x.Level == graph.IsolationImage {
		return "dewar: the image has no program " + program + "\n"
	}
	if x.Level != graph.IsolationHermetic {
		return ""
	}
	names := make([]string, len(x.Bindings))
	for i, b := range x.Bindings {
		names[i] = b.Name
	}
	if len(names) == 0 {
		return "dewar: isolation hermetic shows only what toolchains bring, and this action has none: there is no " + program + "\n"
	}
	return "dewar: isolation hermetic shows only what toolchains bring, and none of (" + strings.Join(names, ", ") + ") brings " + program + "\n"
}
