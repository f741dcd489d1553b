package sandbox_test

import (
	"debug/elf"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
)

// tools are the programs that scripts of these tests use.
var tools = []string{
	"sh", "cat", "ls", "touch", "mkdir", "rm", "ln", "mv", "cp", "chmod", "chown", "sleep", "env", "head", "wc", "tr", "id", "grep", "sort", "seq",
	"dd", "df", "true", "uname", "readlink", "mount", "umount", "unshare", "chroot", "setsid", "nproc", "kill", "find", "stty", "tty", "printf", "pivot_root", "awk",
}

// closure collects what programs need where nothing else is: libraries, loaders, links.
type closure struct {
	t     testing.TB
	paths map[string]bool
	links map[string]string
}

// toolchain is a binding of programs, made by hand. Those that this machine has not got are left out.
func toolchain(t testing.TB, programs ...string) run.Binding {
	t.Helper()
	c := closure{t, map[string]bool{}, map[string]string{}}
	for _, p := range programs {
		for _, dir := range []string{"", "/usr/bin/", "/usr/sbin/"} {
			if strings.HasPrefix(dir+p, "/") {
				if _, err := os.Stat(dir + p); err == nil {
					c.program(dir + p)
					break
				}
			}
		}
	}
	c.follow("/bin/sh")
	b := run.Binding{Name: "tools", Kind: "files", Base: slices.Sorted(maps.Keys(c.paths))}
	for _, at := range slices.Sorted(maps.Keys(c.links)) {
		b.Links = append(b.Links, run.Link{At: at, To: c.links[at]})
	}
	return b
}

// program adds an executable or a library with all that it needs.
func (c closure) program(path string) {
	real := c.follow(path)
	if c.paths[real] {
		return
	}
	c.paths[real] = true
	f, err := elf.Open(real)
	if err != nil {
		return // a script
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			name := make([]byte, p.Filesz)
			p.ReadAt(name, 0)
			c.program(strings.TrimRight(string(name), "\x00"))
		}
	}
	needed, _ := f.ImportedLibraries()
	for _, lib := range needed {
		found, _ := filepath.Glob("/usr/lib/*-linux-gnu/" + lib)
		found = append(found, "/usr/lib64/"+lib, "/usr/lib/"+lib)
		i := slices.IndexFunc(found, func(p string) bool { _, err := os.Stat(p); return err == nil })
		if i < 0 {
			machinetest.Lacks(c.t, "this machine's libraries lie elsewhere:", lib)
		}
		c.program(found[i])
	}
}

// follow returns where a path really leads, and notes the links on the way.
func (c closure) follow(path string) string {
	at := ""
	for _, name := range strings.Split(strings.Trim(path, "/"), "/") {
		next := at + "/" + name
		for {
			to, err := os.Readlink(next)
			if err != nil {
				break
			}
			c.links[next] = to
			if !filepath.IsAbs(to) {
				to = filepath.Join(filepath.Dir(next), to)
			}
			next = c.follow(to)
		}
		at = next
	}
	return at
}

// unpack makes a root directory of a binding, as an image would be.
func unpack(t testing.TB, root string, b run.Binding) {
	t.Helper()
	for _, p := range b.Base {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		plant(t, root, p, string(text), 0o755)
	}
	for _, l := range b.Links {
		os.MkdirAll(filepath.Dir(root+l.At), 0o755)
		if err := os.Symlink(l.To, root+l.At); err != nil {
			t.Fatal(err)
		}
	}
}

func plant(t testing.TB, root, at, text string, perm os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(root+at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(root+at, []byte(text), perm); err != nil {
		t.Fatal(err)
	}
}

// uncovered makes a directory in a place that a sandbox does not cover with one of its own.
func uncovered(t testing.TB) string {
	t.Helper()
	home, _ := os.UserHomeDir()
	here, _ := os.Getwd()
	for _, dir := range []string{"/opt", home, here} {
		dir, err := filepath.EvalSymlinks(dir)
		if err != nil || strings.HasPrefix(dir+"/", "/tmp/") || strings.HasPrefix(dir, "/var/tmp") {
			continue
		}
		if made, err := os.MkdirTemp(dir, "dewar-test-"); err == nil {
			t.Cleanup(func() { os.RemoveAll(made) })
			return made
		}
	}
	machinetest.Lacks(t, "there is no directory to write to but temporary ones")
	return ""
}

// hermetic asks for the level, with a toolchain.
func hermetic(b run.Binding) with {
	return func(x *run.Execution) {
		x.Level, x.Bindings = graph.IsolationHermetic, append(x.Bindings, b)
	}
}

// image asks for the level, with a root.
func image(root string) with {
	return func(x *run.Execution) { x.Level, x.Image = graph.IsolationImage, root }
}

// eachLevel runs a test at every level that a keeper makes. extra are more programs that it needs.
func eachLevel(t *testing.T, b *bench, f func(*testing.T, with), extra ...string) {
	t.Helper()
	tools := toolchain(t, append(extra, tools...)...)
	root := filepath.Join(t.TempDir(), "image")
	unpack(t, root, tools)
	t.Run("project", func(t *testing.T) { f(t, func(*run.Execution) {}) })
	t.Run("hermetic", func(t *testing.T) { f(t, hermetic(tools)) })
	t.Run("image", func(t *testing.T) { f(t, image(root)) })
}
