package eval_test

import (
	"flag"
	"fmt"
	iofs "io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what evaluation gives into testdata")

// files is a project in memory.
type files map[string]string

func (f files) ReadFile(name string) ([]byte, error) {
	s, ok := f[name]
	if !ok {
		return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist}
	}
	return []byte(s), nil
}

func (f files) ReadDir(name string) ([]fs.Entry, error) {
	seen := map[string]iofs.FileMode{}
	for p := range f {
		rest, ok := strings.CutPrefix(p, name+"/")
		if name == "." {
			rest, ok = p, true
		}
		if !ok {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		if deeper {
			seen[first] = iofs.ModeDir
		} else if seen[first] == 0 {
			seen[first] = 0
		}
	}
	if len(seen) == 0 {
		return nil, &iofs.PathError{Op: "readdir", Path: name, Err: iofs.ErrNotExist}
	}
	var out []fs.Entry
	for n, m := range seen {
		out = append(out, fs.Entry{Name: n, Type: m})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

func (f files) Lstat(name string) (fs.Info, error) {
	if s, ok := f[name]; ok {
		return fs.Info{Mode: 0o644, Size: int64(len(s))}, nil
	}
	for p := range f {
		if strings.HasPrefix(p, name+"/") || name == "." {
			return fs.Info{Mode: 0o755 | iofs.ModeDir}, nil
		}
	}
	return fs.Info{}, &iofs.PathError{Op: "lstat", Path: name, Err: iofs.ErrNotExist}
}

// request reads a case: its comment holds the command line, one option a line.
func request(comment string, f files) eval.Request {
	req := eval.Request{Read: f, Dir: "."}
	env := map[string]string{}
	for line := range strings.Lines(comment) {
		word, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "dir":
			req.Dir = arg
		case "-p":
			name, text, _ := strings.Cut(arg, "=")
			req.Set = append(req.Set, param.Setting{Name: name, Text: text})
		case "--params":
			req.Params = append(req.Params, arg)
		case "env":
			name, text, _ := strings.Cut(arg, "=")
			env[name] = text
		case "validate":
			req.Validate = true
		}
	}
	req.Environ = func(n string) (string, bool) { v, ok := env[n]; return v, ok }
	return req
}

// TestGraphs evaluates testdata/ok/*.txtar and compares the dump of the graph,
// and the warnings, with what the file wants.
func TestGraphs(t *testing.T) {
	cases, err := filepath.Glob("testdata/ok/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(path.Base(name), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, want, at := files{}, "", -1
			for i, x := range ar.Files {
				if x.Name == "want" {
					want, at = string(x.Data), i
					continue
				}
				f[x.Name] = string(x.Data)
			}
			res, ds := eval.Evaluate(request(string(ar.Comment), f))
			if ds.HasErrors() {
				t.Fatalf("errors:\n%s", render(ds, res.Sources))
			}
			got := ""
			for _, d := range ds {
				got += fmt.Sprintf("%s %s:%d %s\n", d.Code, d.Span.File, d.Span.Start.Line, d.Detail)
			}
			if res.Graph != nil {
				got += graph.Dump(res.Graph)
			}
			if *update {
				if at < 0 {
					ar.Files = append(ar.Files, txtar.File{Name: "want", Data: []byte(got)})
				} else {
					ar.Files[at].Data = []byte(got)
				}
				if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

var marker = regexp.MustCompile(`# (?:ERROR|WARNING): (\S+(?: \S+)*)$`)

// TestMistakes evaluates testdata/bad/*.txtar, each of several cases: a case is the
// files up to one named "---", and its lines carry `# ERROR: code` where a
// message is wanted.
func TestMistakes(t *testing.T) {
	cases, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range cases {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, comment, title := files{}, "", "first"
		run := func() {
			if len(f) == 0 {
				return
			}
			f := f
			comment := comment
			t.Run(strings.TrimSuffix(path.Base(name), ".txtar")+"/"+title, func(t *testing.T) { mistakes(t, comment, f) })
		}
		for _, x := range ar.Files {
			if rest, ok := strings.CutPrefix(x.Name, "--- "); ok {
				run()
				f, comment, title = files{}, string(x.Data), rest
				continue
			}
			f[x.Name] = string(x.Data)
		}
		run()
	}
}

func mistakes(t *testing.T, comment string, f files) {
	want := map[string]string{}
	for name, text := range f {
		for i, line := range strings.Split(text, "\n") {
			if m := marker.FindStringSubmatch(line); m != nil {
				want[fmt.Sprintf("%s:%d", name, i+1)] = m[1]
			}
		}
	}
	res, ds := eval.Evaluate(request(comment, f))
	got := map[string]string{}
	for _, d := range ds {
		at := fmt.Sprintf("%s:%d", d.Span.File, d.Span.Start.Line)
		got[at] = strings.TrimSpace(got[at] + " " + d.Code)
		if d.Detail == "" {
			t.Errorf("%s at %s says nothing", d.Code, at)
		}
		if diag.Summary(d.Code) == "" {
			t.Errorf("%s is not documented in diag", d.Code)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, render(ds, res.Sources))
	}
	if ds.HasErrors() && res.Graph != nil {
		t.Error("a graph in spite of errors")
	}
}

func render(ds diag.List, src diag.Sources) string {
	var b strings.Builder
	if err := diag.Text(&b, ds, src, diag.TextOptions{Limit: -1}); err != nil {
		return err.Error()
	}
	return b.String()
}
