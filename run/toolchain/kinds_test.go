package toolchain

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

// machine is a directory that holds what a machine has, and programs that say what the test wants.
type machine struct {
	*Host
	t     *testing.T
	says  map[string]string // by name of the program
	asked []string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	root := t.TempDir()
	m := &machine{t: t, says: map[string]string{}}
	m.Host = &Host{
		FS: fs.OS(), Root: root, Cache: filepath.Join(root, "cache"), Getenv: path(filepath.Join(root, "bin")),
		Ask: func(_ context.Context, q Question) (Answer, error) {
			m.asked = append(m.asked, filepath.Base(q.Args[0]))
			return Answer{Out: []byte(strings.ReplaceAll(m.says[filepath.Base(q.Args[0])], "ROOT", root))}, nil
		},
	}
	return m
}

func (m *machine) put(name, text string) { write(m.t, filepath.Join(m.Root, name), text) }

// kinds are machines with a toolchain each.
func kinds() map[string]func(*machine) graph.Toolchain {
	return map[string]func(*machine) graph.Toolchain{
		"r": func(m *machine) graph.Toolchain {
			m.put("bin/Rscript", "")
			m.put("lib/R/bin/exec/R", "machine code")
			m.put("lib/R/library/stats/DESCRIPTION", "Package: stats\nBuilt: R 4.2; ; 2024-01-01; unix\n")
			m.put("site/dplyr/Meta/package.rds", "binary")
			m.says["Rscript"] = "dewar\t1\nversion\tR version 4.2.2 (2022-10-31)\nplatform\tx86_64\nhome\tROOT/lib/R\nlibrary\tROOT/site\nlibrary\tROOT/lib/R/library\n" +
				"package\tstats\t4.2.2\t4.2.2\tROOT/lib/R/library\npackage\tdplyr\t1.1.0\t4.2.1\tROOT/site\n"
			return graph.Toolchain{Name: "t", Kind: "r"}
		},
		"node": func(m *machine) graph.Toolchain {
			m.put("opt/bin/node", "machine code")
			m.put("opt/lib/node_modules/npm/package.json", `{"version": "10.0.0"}`)
			m.put("opt/lib/node_modules/@a/b/package.json", `{"version": "1.0.0"}`)
			m.put("opt/node_modules/.package-lock.json", "lock")
			m.says["node"] = `{"version": "v20.1.0", "versions": {"v8": "11", "node": "20.1.0"}, "arch": "x64", "platform": "linux", "execPath": "ROOT/opt/bin/node"}`
			return graph.Toolchain{Name: "t", Kind: "node", Path: "opt"}
		},
		"java": func(m *machine) graph.Toolchain {
			m.put("jdk/bin/java", "machine code")
			m.put("jdk/lib/modules", "classes")
			m.put("jdk/release", "JAVA_VERSION=\"17.0.1\"\nIMPLEMENTOR=\"Debian\"\n")
			if err := os.Symlink("jdk", filepath.Join(m.Root, "default")); err != nil {
				m.t.Fatal(err)
			}
			return graph.Toolchain{Name: "t", Kind: "java", Path: "default"}
		},
		"conda": func(m *machine) graph.Toolchain {
			m.put("env/conda-meta/history", "==>")
			m.put("env/conda-meta/python-3.12.1-h1.json", `{"name": "python", "version": "3.12.1", "build": "h1", "sha256": "abc", "md5": "d", "files": ["ROOT"]}`)
			m.put("env/conda-meta/zlib-1.3-h2.json", `{"name": "zlib", "version": "1.3", "build": "h2", "md5": "def"}`)
			m.put("env/lib/python3.12/site-packages/numpy-2.0.dist-info/INSTALLER", "conda")
			m.put("env/lib/python3.12/site-packages/mine-1.0.dist-info/RECORD", "mine.py,sha256=1,2\nmine.pyc,,\n")
			return graph.Toolchain{Name: "t", Kind: "conda", Path: "env"}
		},
		"command": func(m *machine) graph.Toolchain {
			m.put("bin/gcc", "machine code")
			m.says["gcc"] = "gcc 12.2\nand more  \n\n"
			return graph.Toolchain{Name: "t", Kind: "command", Args: []string{"gcc", "--version"}}
		},
	}
}

func TestKinds(t *testing.T) {
	want := map[string]Found{
		"r": {
			Program: "ROOT/bin/Rscript", Version: "4.2.2 (2022-10-31)",
		},
		"node":    {Program: "ROOT/opt/bin/node", Version: "20.1.0"},
		"java":    {Program: "ROOT/jdk/bin/java", Version: "17.0.1 Debian"},
		"conda":   {Program: "ROOT/env", Version: "python 3.12.1"},
		"command": {Program: "ROOT/bin/gcc", Version: "gcc 12.2"},
	}
	binding := map[string][]string{ // mounts, PATH, environment; then the details by label
		"r": {"ROOT/lib/R", "ROOT/site", "PATH ROOT/bin", "R_LIBS=ROOT/site:ROOT/lib/R/library", "R_LIBS_USER=NULL",
			"version", "platform", "file bin/exec/R", "package dplyr", "package stats"},
		"node": {"ROOT/opt", "PATH ROOT/opt/node_modules/.bin", "PATH ROOT/opt/bin", "NODE_PATH=ROOT/opt/node_modules",
			"version", "arch", "program", "version of node", "version of v8", "package @a/b", "package npm", "file node_modules/.package-lock.json"},
		"java": {"ROOT/jdk", "PATH ROOT/jdk/bin", "JAVA_HOME=ROOT/jdk", "release IMPLEMENTOR", "release JAVA_VERSION", "program", "file lib/modules"},
		"conda": {"ROOT/env", "PATH ROOT/env/bin", "CONDA_PREFIX=ROOT/env", "PYTHONDONTWRITEBYTECODE=1", "PYTHONNOUSERSITE=1",
			"package python", "package zlib", "distribution mine-1.0"},
		"command": {"output"},
	}
	for kind, make := range kinds() {
		t.Run(kind, func(t *testing.T) {
			m := newMachine(t)
			f, diags := m.Find(t.Context(), make(m), false)
			if len(diags) > 0 {
				t.Fatal(diags)
			}
			short := func(s string) string { return strings.ReplaceAll(s, m.Root, "ROOT") }
			if diff := cmp.Diff(want[kind], Found{Program: short(f.Program), Version: f.Version}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			got := append([]string{}, f.Binding.Mounts...)
			for _, dir := range f.Binding.Path {
				got = append(got, "PATH "+dir)
			}
			for _, v := range f.Binding.Env {
				got = append(got, v.Name+"="+v.Value)
			}
			for _, d := range f.Binding.Details {
				got = append(got, d.Label)
				if strings.Contains(d.Value, m.Root) {
					t.Errorf("%s has a path of this machine: %s", d.Label, d.Value)
				}
			}
			for i := range got {
				got[i] = short(got[i])
			}
			if diff := cmp.Diff(binding[kind], got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What decides results is in the fingerprint, where things are is not; what was found is believed as long as
// nothing changed.
func TestKindsFingerprint(t *testing.T) {
	changes := map[string][]struct {
		name, text string // a file, or what a program says
		same       bool
	}{
		"r": {
			{"lib/R/bin/exec/R", "other code", false},
			{"lib/R/library/stats/DESCRIPTION", "Package: stats\nBuilt: R 4.2; ; 2026-01-01; unix\n", true},
			{"lib/R/library/stats/DESCRIPTION", "Package: stats\nRemoteSha: 12\nBuilt: R 4.2; ; 2026-01-01; unix\n", false},
			{"site/dplyr/Meta/package.rds", "other", false},
		},
		"node": {
			{"opt/node_modules/.package-lock.json", "other", false},
			{"opt/lib/node_modules/npm/package.json", `{"version": "10.0.1"}`, false},
			{"opt/bin/node", "other code", false},
		},
		"java": {
			{"jdk/lib/modules", "other classes", false},
			{"jdk/bin/java", "other code", false},
			{"jdk/release", "JAVA_VERSION=\"17.0.2\"\nIMPLEMENTOR=\"Debian\"\n", false},
		},
		"conda": {
			{"env/conda-meta/zlib-1.3-h2.json", `{"name": "zlib", "version": "1.3", "build": "h2", "md5": "def", "url": "somewhere"}`, true},
			{"env/conda-meta/zlib-1.3-h2.json", `{"name": "zlib", "version": "1.3", "build": "h3", "md5": "def"}`, false},
			{"env/conda-meta/xz-5-h.json", `{"name": "xz", "version": "5", "build": "h"}`, false},
			{"env/lib/python3.12/site-packages/more-1.0.dist-info/RECORD", "more.py,,\n", false},
		},
		"command": {{"bin/gcc", "other code", true}},
	}
	for kind, make := range kinds() {
		t.Run(kind, func(t *testing.T) {
			m, other := newMachine(t), newMachine(t)
			tc := make(m)
			last := m.fingerprint(tc)
			if elsewhere := other.fingerprint(make(other)); elsewhere != last {
				t.Errorf("the same at another place has fingerprint %s, not %s", elsewhere, last)
			}
			for _, c := range changes[kind] {
				m.put(c.name, c.text)
				now := m.fingerprint(tc)
				if (now == last) != c.same {
					t.Errorf("%s is %q: the same fingerprint: %t, want %t", c.name, c.text, now == last, c.same)
				}
				asked := len(m.asked)
				if again := m.fingerprint(tc); again != now || len(m.asked) != asked && kind != "command" {
					t.Errorf("nothing changed, and it was asked again")
				}
				last = now
			}
		})
	}
}

func (m *machine) fingerprint(tc graph.Toolchain) string {
	m.t.Helper()
	b, diags := m.Resolve(m.t.Context(), tc)
	if len(diags) > 0 {
		m.t.Fatal(diags)
	}
	return b.Fingerprint
}

func TestKindErrors(t *testing.T) {
	for _, test := range []struct {
		name   string
		kind   string
		change func(m *machine, tc *graph.Toolchain)
		want   string
	}{
		{"no Rscript", "r", func(m *machine, tc *graph.Toolchain) { m.remove("bin") }, "r-base-core"},
		{"not of R", "r", func(m *machine, tc *graph.Toolchain) { tc.Path = "site" }, "without bin/Rscript"},
		{"a babbling R", "r", func(m *machine, tc *graph.Toolchain) { m.says["Rscript"] = "Welcome!\n" }, `"Welcome!\n"`},
		{"half an answer", "r", func(m *machine, tc *graph.Toolchain) { m.says["Rscript"] = "dewar\t1\nversion\t4\n" }, "no answer"},
		{"half a package", "r", func(m *machine, tc *graph.Toolchain) { m.remove("site") }, "the R package dplyr"},
		{"no packages", "node", func(m *machine, tc *graph.Toolchain) {
			m.put("web/package.json", "{}")
			tc.Path = "web"
		}, "`npm ci --prefix web`"},
		{"no list of packages", "node", func(m *machine, tc *graph.Toolchain) { m.remove("opt/node_modules/.package-lock.json") }, "npm (7 or newer)"},
		{"neither", "node", func(m *machine, tc *graph.Toolchain) { m.put("empty/x", ""); tc.Path = "empty" }, "neither bin/node nor node_modules"},
		{"a babbling node", "node", func(m *machine, tc *graph.Toolchain) { m.says["node"] = "{}" }, `"{}"`},
		{"no home", "java", func(m *machine, tc *graph.Toolchain) { m.remove("jdk/release") }, "has a file `release`"},
		{"a strange release", "java", func(m *machine, tc *graph.Toolchain) { m.put("jdk/release", "hm") }, `JAVA_VERSION: "hm"`},
		{"no environment", "conda", func(m *machine, tc *graph.Toolchain) { tc.Path = "nowhere" }, "`conda create -p nowhere`"},
		{"no active environment", "conda", func(m *machine, tc *graph.Toolchain) { tc.Path = "" }, "CONDA_PREFIX is not set"},
		{"not conda's", "conda", func(m *machine, tc *graph.Toolchain) { m.remove("env/conda-meta") }, "no conda environment"},
		{"damaged", "conda", func(m *machine, tc *graph.Toolchain) { m.put("env/conda-meta/zlib-1.3-h2.json", "{") }, "zlib-1.3-h2.json is not what conda writes"},
		{"no command", "command", func(m *machine, tc *graph.Toolchain) { tc.Args = []string{"gxx"} }, "no gxx on PATH"},
		{"no path", "command", func(m *machine, tc *graph.Toolchain) { tc.Args = []string{"./version.sh"} }, "starts in the project's root"},
		{"silence", "command", func(m *machine, tc *graph.Toolchain) { m.says["gcc"] = " \n" }, "`gcc --version` wrote nothing"},
		{"a failure", "command", func(m *machine, tc *graph.Toolchain) {
			m.Ask = func(context.Context, Question) (Answer, error) {
				return Answer{Exit: "exit status 2", Said: "1\n2\n3\n4\n5\ngcc: bad\n"}, nil
			}
		}, `failed with exit status 2; its standard error ends with: "2\n3\n4\n5\ngcc: bad". Its output is to be the fingerprint`},
		{"a flood", "command", func(m *machine, tc *graph.Toolchain) { m.says["gcc"] = strings.Repeat("flood ", 1<<18) }, "more than 1 MiB"},
		{"a hang", "command", func(m *machine, tc *graph.Toolchain) {
			m.Limit = 1
			m.Ask = func(ctx context.Context, _ Question) (Answer, error) {
				<-ctx.Done()
				return Answer{Exit: "signal: killed", Said: "waiting for a license"}, nil
			}
		}, `did not end within 1ns, and was ended; its standard error ends with: "waiting for a license"`},
		{"nothing is started", "command", func(m *machine, tc *graph.Toolchain) { m.Ask = nil }, "not started here"},
		{"files", "command", func(m *machine, tc *graph.Toolchain) { tc.Files = []string{"/nowhere/x"} }, "no file on this machine is called /nowhere/x"},
	} {
		t.Run(test.kind+" "+test.name, func(t *testing.T) {
			m := newMachine(t)
			tc := kinds()[test.kind](m)
			test.change(m, &tc)
			_, diags := m.Resolve(t.Context(), tc)
			if len(diags) != 1 || diags[0].Code != "E-toolchain" || !strings.Contains(diags[0].Detail, test.want) {
				t.Errorf("got %+v, want E-toolchain with %q", diags, test.want)
			}
		})
	}
}

func (m *machine) remove(name string) {
	m.t.Helper()
	if err := os.RemoveAll(filepath.Join(m.Root, name)); err != nil {
		m.t.Fatal(err)
	}
}

// A command may say something else tomorrow: it is asked once a process. With files, they and the program decide.
func TestCommandIsAskedAgain(t *testing.T) {
	m := newMachine(t)
	tc := kinds()["command"](m)
	m.put("lic/license", "1")
	withFiles := tc
	withFiles.Files = []string{filepath.Join(m.Root, "lic/license")}
	for _, test := range []struct {
		name  string
		tc    graph.Toolchain
		want  int // questions of the same process, and of the next
		later int
	}{
		{"alone", tc, 1, 1},
		{"with files", withFiles, 1, 0},
	} {
		m.asked, m.Memory = nil, &Memory{}
		m.fingerprint(test.tc)
		m.fingerprint(test.tc)
		if len(m.asked) != test.want {
			t.Errorf("%s: asked %d times by one process, want %d", test.name, len(m.asked), test.want)
		}
		m.asked, m.Memory = nil, &Memory{}
		if m.fingerprint(test.tc); len(m.asked) != test.later {
			t.Errorf("%s: asked %d times by the next process, want %d", test.name, len(m.asked), test.later)
		}
	}
	was := m.fingerprint(withFiles)
	m.put("lic/license", "2")
	if m.fingerprint(withFiles) == was {
		t.Error("another file has the same fingerprint")
	}
	m.Memory, m.says["gcc"] = &Memory{}, ""
	for range 2 {
		m.asked = nil
		if _, diags := m.Resolve(t.Context(), tc); len(diags) == 0 {
			t.Error("it said nothing")
		}
	}
	if len(m.asked) != 0 {
		t.Error("a command that failed was asked again by the same process")
	}
}

func TestUnchanged(t *testing.T) {
	h := newHost(t)
	h.Memory = &Memory{}
	tc := graph.Toolchain{Name: "python", Kind: "python"}
	b, diags := h.Resolve(t.Context(), tc)
	if len(diags) > 0 || !h.Unchanged(t.Context(), tc, b) || h.asked != 1 {
		t.Fatal(diags, "nothing changed", h.asked)
	}
	write(t, filepath.Join(h.Root, "lib/site-packages/touched.py"), "")
	if !h.Unchanged(t.Context(), tc, b) || h.asked != 2 {
		t.Error("another file beside the same distributions is the same python")
	}
	h.answer.Distributions[0].Version = "2.5"
	write(t, filepath.Join(h.Root, "lib/site-packages/numpy.py"), "")
	if h.Unchanged(t.Context(), tc, b) {
		t.Error("a package was installed")
	}
	b, _ = h.Resolve(t.Context(), tc)
	if err := os.Remove(filepath.Join(h.Root, "bin/python3")); err != nil {
		t.Fatal(err)
	}
	if h.Unchanged(t.Context(), tc, b) {
		t.Error("there is no python any more")
	}
}

// What conda and probe.py make of one RECORD must not differ by accident.
func TestRecordDigest(t *testing.T) {
	same := recordDigest("b.py,sha256=2,1\na.py,sha256=1,1\n../../bin/x,sha256=9,1\na.dist-info/INSTALLER,,\n")
	if other := recordDigest("a.py,sha256=1,1\nb.py,sha256=2,1\n__pycache__/a.pyc,,\n"); other != same {
		t.Error("what an installer writes is part of it")
	}
	if other := recordDigest("a.py,sha256=1,1\n"); other == same {
		t.Error("a file is no part of it")
	}
}

func TestNodeOnPath(t *testing.T) {
	m := newMachine(t)
	m.put("lib/mine/index.js", "1")
	m.put("web/node_modules/@a/b/index.js", "1")
	if err := os.Symlink("../../lib/mine", filepath.Join(m.Root, "web/node_modules/mine")); err != nil {
		t.Fatal(err)
	}
	m.put("bin/node", "machine code")
	m.put("web/node_modules/.package-lock.json", "lock")
	m.says["node"] = `{"version": "v20.1.0", "versions": {}, "arch": "x64", "platform": "linux", "execPath": "ROOT/bin/node"}`
	tc := graph.Toolchain{Name: "t", Kind: "node", Path: "web"}
	b, diags := m.Resolve(t.Context(), tc)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	mounts := []string{filepath.Join(m.Root, "bin/node"), filepath.Join(m.Root, "lib/mine"), filepath.Join(m.Root, "web/node_modules")}
	if diff := cmp.Diff(mounts, b.Mounts); diff != "" {
		t.Errorf("mounts (-want +got):\n%s", diff)
	}
	want := []string{filepath.Join(m.Root, "web/node_modules/.bin"), filepath.Join(m.Root, "bin")}
	if diff := cmp.Diff(want, b.Path); diff != "" {
		t.Errorf("PATH (-want +got):\n%s", diff)
	}
	was := b.Fingerprint
	m.put("lib/mine/README", "2")
	if m.fingerprint(tc) != was {
		t.Error("what is no code of a linked package is in the fingerprint")
	}
	m.put("lib/mine/index.js", "2")
	if m.fingerprint(tc) == was {
		t.Error("the code of a linked package is not in the fingerprint")
	}
}
