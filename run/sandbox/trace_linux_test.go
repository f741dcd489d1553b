package sandbox_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run"
)

// traced skips where there are no listeners.
func traced(t *testing.T, b *bench) {
	t.Helper()
	if b.sh("true", trace).Accesses == nil {
		machinetest.Lacks(t, "there are no seccomp listeners")
	}
}

func find(l []run.Access, path string) *run.Access {
	for i := range l {
		if l[i].Path == path {
			return &l[i]
		}
	}
	return nil
}

func TestTraceNamesWhatWasLookedFor(t *testing.T) {
	b := isolated(t)
	traced(t, b)
	wd := func(x *run.Execution) { x.Action.WorkingDir, x.Action.Mkdirs = "sub", []string{"sub"} }
	r := b.sh("cat ../in.txt missing.csv; cd ..; (test -e ./sub/../other); ls sub >/dev/null; echo x > made; env FOO=1 cat /project/absolute /etc/nothing", wd, trace,
		inputs(b.store.file(t, "in.txt", "x", false)))
	for path, found := range map[string]bool{
		"/project/in.txt": true, "/project/sub/missing.csv": false, "/project/other": false, "/project/absolute": false, "/project/sub": true,
	} {
		a := find(r.Accesses, path)
		if a == nil || a.Found != found {
			t.Errorf("%s: %+v", path, a)
		}
	}
	if a := find(r.Accesses, "/project/sub"); a == nil || !a.Listed {
		t.Errorf("listed directory: %+v", a)
	}
	if a := find(r.Accesses, "/project/in.txt"); a == nil || a.Listed {
		t.Errorf("file: %+v", a)
	}
	if a := find(r.Accesses, "/project/made"); a != nil && !a.Found {
		t.Errorf("a file that was made counts as missing: %+v", a)
	}
	prev := ""
	for _, a := range r.Accesses {
		if a.Path <= prev || !strings.HasPrefix(a.Path, "/project") {
			t.Errorf("%q after %q", a.Path, prev)
		}
		prev = a.Path
	}
}

// An import lists directories and never asks for the file that is missing.
func TestTracePythonImport(t *testing.T) {
	python := machinetest.Program(t, "/usr/bin/python3")
	b := isolated(t)
	traced(t, b)
	r := b.do([]string{python, "src/train.py"}, trace, inputs(b.store.file(t, "src/train.py", "import config\n", false)))
	if r.ExitCode != 1 || !strings.Contains(r.err, "No module named 'config'") {
		t.Fatalf("exit %d: %s", r.ExitCode, r.err)
	}
	if a := find(r.Accesses, "/project/src"); a == nil || !a.Listed {
		t.Errorf("the directory of the script: %+v in %v", a, r.Accesses)
	}
}

// Tracing changes nothing about what a command does.
func TestTraceIsTransparent(t *testing.T) {
	b := isolated(t)
	script := "for i in 1 2 3 4 5 6 7 8; do (test -e f$i || echo $i > f$i; cat f$i) & done; wait; ls | sort | tr '\\n' ' '; exit 5"
	plain, watched := b.sh(script), b.sh(script, trace)
	sorted := func(r result) []string { l := strings.Split(r.out, "\n"); return l[len(l)-1:] }
	if d := cmp.Diff(sorted(plain), sorted(watched)); d != "" || watched.ExitCode != 5 {
		t.Error(watched.ExitCode, d)
	}
	if plain.Accesses != nil {
		t.Error("accesses without a trace")
	}
}
