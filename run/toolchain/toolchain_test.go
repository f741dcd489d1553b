package toolchain

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/google/go-cmp/cmp"
)

// host is a machine whose python answers what the test says.
type host struct {
	*Host
	answer answer
	asked  int
}

func newHost(t *testing.T) *host {
	t.Helper()
	root := t.TempDir()
	h := &host{}
	h.Host = &Host{
		FS: fs.OS(), Root: root, Cache: filepath.Join(root, "cache"),
		Getenv: path(filepath.Join(root, "bin")),
		Ask: func(context.Context, Question) (Answer, error) {
			h.asked++
			out, err := json.Marshal(h.answer)
			return Answer{Out: out}, err
		},
	}
	write(t, filepath.Join(root, "bin/python3"), "#!interpreter")
	write(t, filepath.Join(root, "lib/site-packages/x.py"), "")
	exe := filepath.Join(root, "bin/python3")
	h.answer = answer{
		Version: "3.11.7 (main)", Implementation: "cpython", Tag: "cpython-311", Executable: exe, RealExecutable: exe,
		Prefixes: []string{root}, Path: []string{filepath.Join(root, "lib/site-packages")},
		Distributions: []distribution{{"numpy", "2.4.6", "abc"}},
	}
	return h
}

// path is an environment that has a PATH.
func path(dirs string) func(string) string {
	return func(name string) string {
		if name == "PATH" {
			return dirs
		}
		return ""
	}
}

// says has every program end so.
func says(a Answer, err error) func(*host) {
	return func(h *host) {
		h.Ask = func(context.Context, Question) (Answer, error) { return a, err }
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
}

func (h *host) fingerprint(t *testing.T, tc graph.Toolchain) string {
	t.Helper()
	b, diags := h.Resolve(context.Background(), tc)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return b.Fingerprint
}

func TestPythonFingerprint(t *testing.T) {
	h := newHost(t)
	tc := graph.Toolchain{Name: "python", Kind: "python"}
	first := h.fingerprint(t, tc)

	if again := h.fingerprint(t, tc); again != first || h.asked != 1 {
		t.Errorf("asked %d times, %s then %s: nothing changed, so it must be believed", h.asked, first, again)
	}
	write(t, filepath.Join(h.Root, "lib/site-packages/new.py"), "") // a package is installed
	if again := h.fingerprint(t, tc); again != first || h.asked != 2 {
		t.Errorf("asked %d times: a changed site-packages must be looked at; the same distributions are the same python", h.asked)
	}
	h.answer.Distributions[0].Version = "2.4.7"
	write(t, filepath.Join(h.Root, "lib/site-packages/newer.py"), "")
	if again := h.fingerprint(t, tc); again == first {
		t.Error("another version of a distribution has the same fingerprint")
	}
}

// Where a python lies decides nothing about results.
func TestPythonFingerprintHasNoPaths(t *testing.T) {
	a, b := newHost(t), newHost(t)
	tc := graph.Toolchain{Name: "python", Kind: "python"}
	if x, y := a.fingerprint(t, tc), b.fingerprint(t, tc); x != y {
		t.Errorf("the same python at two places has fingerprints %s and %s", x, y)
	}
	other := tc
	other.Name = "py"
	if x, y := a.fingerprint(t, tc), a.fingerprint(t, other); x != y {
		t.Errorf("one python under two names has fingerprints %s and %s", x, y)
	}
}

// A package installed in editable form is the project's own sources, which
// nothing else in the action key tells of.
func TestPythonFingerprintOfEditableInstalls(t *testing.T) {
	h := newHost(t)
	src := filepath.Join(h.Root, "src")
	write(t, filepath.Join(src, "mine/__init__.py"), "v = 1")
	h.answer.Outside = []string{src}
	tc := graph.Toolchain{Name: "python", Kind: "python"}
	last := h.fingerprint(t, tc)
	for _, test := range []struct {
		name, text string
		same       bool
	}{
		{"mine/__init__.py", "v = 2", false},
		{"mine/deep/new.py", "", false},
		{"mine/fast.so", "", false},
		{"mine/notes.txt", "", true},
		{"mine/__pycache__/x.py", "", true},
		{".hidden/x.py", "", true},
		{"env/pyvenv.cfg", "", true},
		{"env/lib/x.py", "", true},
	} {
		write(t, filepath.Join(src, test.name), test.text)
		now := h.fingerprint(t, tc)
		if (now == last) != test.same {
			t.Errorf("%s was written: the fingerprint is the same: %t, want %t", test.name, now == last, test.same)
		}
		last = now
	}
	asked := h.asked
	if h.fingerprint(t, tc); h.asked != asked {
		t.Error("nothing changed, so it must be believed")
	}
}

func TestFilesNewMatches(t *testing.T) {
	h := newHost(t)
	tc := graph.Toolchain{Name: "t", Kind: "files", Files: []string{filepath.Join(h.Root, "opt/*/b*n/tool")}}
	write(t, filepath.Join(h.Root, "opt/v1/bin/tool"), "1")
	last := h.fingerprint(t, tc)
	for _, name := range []string{"opt/v2/bin/tool", "opt/v2/bean/tool", "opt/v1/bun/tool"} {
		write(t, filepath.Join(h.Root, name), name)
		now := h.fingerprint(t, tc)
		if now == last {
			t.Errorf("%s is not seen", name)
		}
		last = now
	}
}

func TestDamagedCacheIsIgnored(t *testing.T) {
	h := newHost(t)
	tc := graph.Toolchain{Name: "python", Kind: "python"}
	first := h.fingerprint(t, tc)
	if err := os.WriteFile(h.keptPath(tc), []byte("{not json"), 0o666); err != nil {
		t.Fatal(err)
	}
	if again := h.fingerprint(t, tc); again != first || h.asked != 2 {
		t.Errorf("asked %d times, fingerprint %s, want %s", h.asked, again, first)
	}
}

func TestToolchainErrors(t *testing.T) {
	for _, test := range []struct {
		name   string
		tc     graph.Toolchain
		change func(*host)
		want   string // in the detail
	}{
		{"no venv", graph.Toolchain{Name: "python", Kind: "python", Path: ".venv"}, nil, "python3 -m venv .venv"},
		{"empty directory", graph.Toolchain{Name: "python", Kind: "python", Path: "cache"}, func(h *host) { write(t, filepath.Join(h.Cache, "x"), "") }, "not a virtual or conda environment"},
		{"not on PATH", graph.Toolchain{Name: "python", Kind: "python"}, func(h *host) { h.Getenv = path("/nowhere") }, "/nowhere"},
		{"does not start", graph.Toolchain{Name: "python", Kind: "python"}, says(Answer{}, errors.New("exec format error")), "exec format error"},
		{"fails", graph.Toolchain{Name: "python", Kind: "python"}, says(Answer{Exit: "exit status 3", Said: "pyenv: 4.5 is not installed\n"}, nil), "exit status 3; its standard error ends with: \"pyenv: 4.5 is not installed\""},
		{"babbles", graph.Toolchain{Name: "python", Kind: "python"}, says(Answer{Out: []byte("hello")}, nil), `no answer: "hello"`},
		{"unknown kind", graph.Toolchain{Name: "x", Kind: "x"}, nil, "no kind x"},
		{"missing file", graph.Toolchain{Name: "f", Kind: "files", Files: []string{"/nowhere/tool"}}, nil, "/nowhere/tool"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHost(t)
			if test.change != nil {
				test.change(h)
			}
			_, diags := h.Resolve(context.Background(), test.tc)
			if len(diags) != 1 || diags[0].Code != "E-toolchain" || diags[0].Severity != diag.Error || !strings.Contains(diags[0].Detail, test.want) {
				t.Errorf("got %+v, want E-toolchain with %q", diags, test.want)
			}
		})
	}
}

func TestFilesToolchain(t *testing.T) {
	h := newHost(t)
	tool := filepath.Join(h.Root, "bin/tool")
	write(t, tool, "one")
	write(t, filepath.Join(h.Root, "bin/tdir/no tool"), "")
	if err := os.Symlink("tdir", filepath.Join(h.Root, "bin/tlink")); err != nil {
		t.Fatal(err)
	}
	tc := graph.Toolchain{Name: "tools", Kind: "files", Files: []string{filepath.Join(h.Root, "bin/t*")}}
	b, diags := h.Resolve(context.Background(), tc)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if diff := cmp.Diff([]string{tool}, b.Mounts); diff != "" {
		t.Errorf("mounts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{filepath.Join(h.Root, "bin")}, b.Path); diff != "" {
		t.Errorf("PATH (-want +got):\n%s", diff)
	}
	write(t, tool, "another")
	if h.fingerprint(t, tc) == b.Fingerprint {
		t.Error("other bytes have the same fingerprint")
	}
}

// The probe answers on every python this machine has.
func TestProbe(t *testing.T) {
	python := machinetest.Program(t, "python3")
	h := newHost(t)
	h.Getenv, h.Ask = path(filepath.Dir(python)), Start
	b, diags := h.Resolve(context.Background(), graph.Toolchain{Name: "python", Kind: "python"})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if len(b.Path) != 1 || !strings.HasPrefix(b.Details[1].Value, "3.") {
		t.Errorf("%+v is not what a python 3 looks like", b)
	}
	for _, m := range b.Mounts {
		if system(m) || runtime.GOOS == "linux" && m == "/" {
			t.Errorf("%s need not be mounted", m)
		}
	}
}

func TestOutermost(t *testing.T) {
	got := outermost([]string{"/a/b", "/a", "/ab", "/c/d", "/c/d", "/c/d/e"})
	if diff := cmp.Diff([]string{"/a", "/ab", "/c/d"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
