package toolchain

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
	"github.com/google/go-cmp/cmp"
)

func onLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux hides the system")
	}
}

// realMachine is a machine with this machine's programs.
func realMachine(t *testing.T) *machine {
	t.Helper()
	onLinux(t)
	m := newMachine(t)
	m.Getenv, m.Ask = os.Getenv, Start
	return m
}

func (m *machine) base(tc graph.Toolchain) Found {
	m.t.Helper()
	f, diags := m.Find(m.t.Context(), tc, true)
	if len(diags) > 0 {
		m.t.Fatal(diags)
	}
	return f
}

// reached follows a path by the links and paths of a binding alone, as a sandbox without the system's directories has them.
func reached(b run.Binding, at string) bool {
	links := map[string]string{}
	for _, l := range b.Links {
		links[l.At] = l.To
	}
	for range 40 {
		names := namesOf(at)
		moved := false
		for i := range names {
			prefix := "/" + strings.Join(names[:i+1], "/")
			if inside(prefix, b.Base) {
				return true
			}
			to, ok := links[prefix]
			if !ok {
				continue
			}
			if !filepath.IsAbs(to) {
				to = filepath.Join(filepath.Dir(prefix), to)
			}
			at, moved = filepath.Join(append([]string{to}, names[i+1:]...)...), true
			break
		}
		if !moved {
			return false
		}
	}
	return false
}

var lddLine = regexp.MustCompile(`(?m)^\s*(?:\S+ => )?(/\S+) \(0x`)

// ldd is the dynamic loader itself: whatever it says that a program loads is in the program's base.
func TestBaseIsWhatTheLoaderLoads(t *testing.T) {
	m := realMachine(t)
	machinetest.Program(t, "ldd")
	programs := []string{"/bin/sh", "/usr/bin/env"}
	for _, name := range []string{"python3", "git", "gcc", "bash", "node", "ssh", "perl", "curl"} {
		if at, err := exec.LookPath(name); err == nil {
			programs = append(programs, at)
		}
	}
	compared := 0
	for _, p := range programs {
		out, err := exec.Command("ldd", p).Output()
		if err != nil {
			continue // a script, or static
		}
		compared++
		f := m.base(graph.Toolchain{Name: filepath.Base(p), Kind: "files", Files: []string{p}})
		for _, lib := range lddLine.FindAllStringSubmatch(string(out), -1) {
			if !reached(f.Binding, lib[1]) {
				t.Errorf("%s: %s is not reached by the base\n%q\n%q", p, lib[1], f.Binding.Base, f.Binding.Links)
			}
		}
		if !reached(f.Binding, p) {
			t.Errorf("%s itself is not reached", p)
		}
		if len(f.Lacking) > 0 {
			t.Errorf("%s lacks %q", p, f.Lacking)
		}
	}
	if compared < 2 {
		t.Errorf("only %d programs were compared", compared)
	}
}

// A base is sorted, has no links in it, and links have none on the way to them.
func TestBaseForm(t *testing.T) {
	m := realMachine(t)
	python := machinetest.Program(t, "python3")
	for _, tc := range []graph.Toolchain{
		{Name: "sh", Kind: "files", Files: []string{"/bin/sh", "/usr/bin/env"}},
		{Name: "python", Kind: "python", Path: python},
	} {
		b := m.base(tc).Binding
		if !slices.IsSorted(b.Base) || len(b.Base) == 0 {
			t.Errorf("%s: %q", tc.Name, b.Base)
		}
		for _, p := range b.Base {
			if real, err := filepath.EvalSymlinks(p); err != nil || real != p {
				t.Errorf("%s: %s is %s, %v", tc.Name, p, real, err)
			}
		}
		for _, l := range b.Links {
			dir := filepath.Dir(l.At)
			if real, err := filepath.EvalSymlinks(dir); err != nil || real != dir {
				t.Errorf("%s: there is a link on the way to %s", tc.Name, l.At)
			}
			if to, err := os.Readlink(l.At); err != nil || to != l.To {
				t.Errorf("%s: %s is %s, not %s", tc.Name, l.At, to, l.To)
			}
		}
	}
}

// A python is its standard library and what its extension modules load, too.
func TestBaseOfPython(t *testing.T) {
	m := realMachine(t)
	python := machinetest.Program(t, "python3")
	script := "import _ssl, _ctypes, zlib, os\nprint(os.__file__)\nprint(*{l.split()[-1] for l in open('/proc/self/maps') if '.so' in l}, sep='\\n')"
	out, err := exec.Command(python, "-I", "-c", script).Output()
	if err != nil {
		t.Fatal(err)
	}
	b := m.base(graph.Toolchain{Name: "python", Kind: "python", Path: python}).Binding
	for _, at := range strings.Fields(string(out)) {
		if !inside(at, b.Mounts) && !reached(b, at) {
			t.Errorf("%s is loaded, and neither mounted nor in the base", at)
		}
	}
}

func TestBaseOfScripts(t *testing.T) {
	m := realMachine(t)
	m.put("x/direct", "#!/bin/sh\n")
	m.put("x/byname", "#!/usr/bin/env -S sh -e\n")
	m.put("x/lost", "#!/usr/bin/env nothing-is-called-so\n")
	m.put("x/gone", "#!/nowhere/lua\n")
	m.put("x/data", "\x00\x01")
	for _, test := range []struct {
		name    string
		reaches []string
		lacks   []string
	}{
		{"direct", []string{"/bin/sh"}, nil},
		{"byname", []string{"/usr/bin/env", "/usr/bin/sh"}, nil},
		{"lost", []string{"/usr/bin/env"}, []string{"nothing-is-called-so"}},
		{"gone", nil, []string{"/nowhere/lua"}},
		{"data", nil, nil},
	} {
		f := m.base(graph.Toolchain{Name: test.name, Kind: "files", Files: []string{filepath.Join(m.Root, "x", test.name)}})
		for _, at := range test.reaches {
			if !reached(f.Binding, at) {
				t.Errorf("%s: %s is not reached by %q %q", test.name, at, f.Binding.Base, f.Binding.Links)
			}
		}
		if diff := cmp.Diff(test.lacks, f.Lacking); diff != "" {
			t.Errorf("%s: lacking (-want +got):\n%s", test.name, diff)
		}
		if len(test.reaches) == 0 && len(f.Binding.Base) > 0 {
			t.Errorf("%s needs nothing of the system: %q", test.name, f.Binding.Base)
		}
	}
}

// pythonMachine is a python with a standard library and a package.
func pythonMachine(t *testing.T) (*host, graph.Toolchain) {
	onLinux(t)
	h := newHost(t)
	write(t, filepath.Join(h.Root, "lib/python/os.py"), "1")
	write(t, filepath.Join(h.Root, "lib/python/site-packages/x.py"), "1")
	h.answer.Stdlib = []string{filepath.Join(h.Root, "lib/python")}
	h.answer.Path = []string{filepath.Join(h.Root, "lib/python"), filepath.Join(h.Root, "lib/python/site-packages")}
	return h, graph.Toolchain{Name: "python", Kind: "python"}
}

func TestBaseDigest(t *testing.T) {
	h, tc := pythonMachine(t)
	other, _ := pythonMachine(t)
	digest := func(h *host) string {
		f, diags := h.Find(t.Context(), tc, true)
		if len(diags) > 0 {
			t.Fatal(diags)
		}
		return f.Binding.BaseDigest
	}
	last := digest(h)
	if elsewhere := digest(other); elsewhere != last {
		t.Errorf("the same python at another place has base %s, not %s", elsewhere, last)
	}
	for _, test := range []struct {
		name string
		same bool
	}{
		{"lib/python/os.py", false},
		{"lib/python/deep/new.py", false},
		{"lib/python/site-packages/x.py", true}, // distributions are in the fingerprint
		{"lib/python/__pycache__/os.pyc", true},
	} {
		write(t, filepath.Join(h.Root, test.name), "2")
		now := digest(h)
		if (now == last) != test.same {
			t.Errorf("%s was written: the same base: %t, want %t", test.name, now == last, test.same)
		}
		last = now
	}
	b, _ := h.Resolve(t.Context(), tc)
	if b.BaseDigest != "" || b.Base != nil {
		t.Error("a base that nobody asked for")
	}
	f, _ := h.Find(t.Context(), tc, true)
	write(t, filepath.Join(h.Root, "lib/python/os.py"), "3")
	if h.Unchanged(t.Context(), tc, f.Binding) {
		t.Error("another standard library, and nobody noticed")
	}
}

// A link in a tree that leads out of it is followed, but not to half the machine.
func TestBaseLinksInTrees(t *testing.T) {
	h, tc := pythonMachine(t)
	away := t.TempDir()
	write(t, filepath.Join(away, "conf/site.py"), "1")
	for at, to := range map[string]string{
		"lib/python/sitecustomize.py": filepath.Join(away, "conf/site.py"), "lib/python/conf": filepath.Join(away, "conf"),
		"lib/python/all": "/", "lib/python/up": "..", "lib/python/loop": "loop", "lib/python/lost": "nowhere",
	} {
		if err := os.Symlink(to, filepath.Join(h.Root, at)); err != nil {
			t.Fatal(err)
		}
	}
	h.answer.Prefixes = []string{filepath.Join(h.Root, "lib")}
	f, diags := h.Find(t.Context(), tc, true)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if diff := cmp.Diff([]string{filepath.Join(away, "conf")}, f.Binding.Base); diff != "" { // the rest is mounted
		t.Errorf("base (-want +got):\n%s", diff)
	}
	was := f.Binding.BaseDigest
	write(t, filepath.Join(away, "conf/site.py"), "2")
	if f, _ = h.Find(t.Context(), tc, true); f.Binding.BaseDigest == was {
		t.Error("what a link leads to changed, and the base did not")
	}
}
