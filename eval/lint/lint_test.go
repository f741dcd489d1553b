package lint_test

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/lint"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestCases: testdata holds projects whose lines say what is found on them, "# FIND:
// W-code", and want.hcl, which is pipeline.hcl with all fixes made. A case begins with
// a file "--- what it is about".
func TestCases(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.title, func(t *testing.T) {
			found, p := find(t, c.files)
			got := map[string]string{}
			for _, f := range found {
				at := fmt.Sprintf("%s:%d", f.Span.File, f.Span.Start.Line)
				got[at] = strings.TrimSpace(got[at] + " " + f.Code)
				if f.Detail == "" || f.Severity != diag.Warning || !slices.Contains(diag.Lints(), f.Code) {
					t.Errorf("%s is no lint's warning with a sentence", f.Code)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("codes by line (-want +got):\n%s\n%s", diff, render(found, p))
			}
			want, fixes := c.files["want.hcl"]
			delete(c.files, "want.hcl")
			src := fixed(t, c.files)
			if fixes {
				if diff := cmp.Diff(want, src); diff != "" {
					t.Errorf("after all fixes (-want +got):\n%s", diff)
				}
			} else if src != c.files["pipeline.hcl"] {
				t.Errorf("there are fixes and no want.hcl:\n%s", src)
			}
		})
	}
}

// fixed returns pipeline.hcl after all fixes, over and over until there are none. Each
// fix by itself that promises it leaves the graph as it was.
func fixed(t *testing.T, files map[string]string) string {
	t.Helper()
	files = maps.Clone(files)
	for range 5 {
		found, _ := find(t, files)
		src := files["pipeline.hcl"]
		before := dump(t, files)
		for _, f := range found {
			if f.Fix == nil || !f.Fix.Same {
				continue
			}
			one := maps.Clone(files)
			one["pipeline.hcl"] = string(lint.Apply([]byte(src), []lint.Edit{f.Fix.Edit}))
			if diff := cmp.Diff(before, dump(t, one)); diff != "" {
				t.Errorf("%s: the graph is another (-before +after):\n%s", f.Code, diff)
			}
		}
		files["pipeline.hcl"] = string(lint.Apply([]byte(src), edits(found)))
		if files["pipeline.hcl"] == src {
			return src
		}
	}
	t.Error("fixes come to no end")
	return files["pipeline.hcl"]
}

// dump is the graph as text, without what lists of toolchains and order say.
func dump(t *testing.T, files map[string]string) string {
	t.Helper()
	res, ds := eval.Evaluate(eval.Request{Read: project(t, files)})
	if res.Graph == nil {
		t.Fatalf("no graph: %v", ds)
	}
	for i := range res.Graph.Instances {
		res.Graph.Instances[i].After = nil
	}
	res.Graph.Toolchains = nil
	return graph.Dump(res.Graph)
}

func edits(found []lint.Finding) []lint.Edit {
	var out []lint.Edit
	for _, f := range found {
		if f.Fix != nil {
			out = append(out, f.Fix.Edit)
		}
	}
	return out
}

// find lints the pipeline of the project and evaluates it before. Other directories
// are other pipelines.
func find(t *testing.T, files map[string]string) ([]lint.Finding, *lang.Pipeline) {
	t.Helper()
	view := project(t, files)
	res, ds := eval.Evaluate(eval.Request{Read: view})
	if ds.HasErrors() || res.Graph == nil {
		var b strings.Builder
		_ = diag.Text(&b, ds, res.Sources, diag.TextOptions{})
		t.Fatalf("it does not evaluate:\n%s", b.String())
	}
	o := lint.Options{
		Read: view.ReadFile, Root: "/project", Graph: res.Graph,
		Exists: func(name string) bool { _, err := view.Lstat(name); return err == nil },
	}
	o.Others = func() (out []*lang.Pipeline) {
		for name := range files {
			if path.Base(name) == "pipeline.hcl" && path.Dir(name) != "." {
				p, _ := lang.Load(view, path.Dir(name))
				out = append(out, p)
			}
		}
		return out
	}
	p, _ := lang.Load(view, ".")
	return lint.Find(p, o), p
}

type testCase struct {
	title string
	files map[string]string // without what the lines want
	want  map[string]string // codes by line
}

func cases(t testing.TB) []testCase {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	var out []testCase
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			if title, ok := strings.CutPrefix(f.Name, "--- "); ok {
				out = append(out, testCase{path.Base(name) + "/" + title, map[string]string{}, map[string]string{}})
				continue
			}
			c := out[len(out)-1]
			c.files[f.Name] = mark.ReplaceAllString(string(f.Data), "")
			if f.Name != "want.hcl" {
				c.add(f.Name, string(f.Data))
			}
		}
	}
	return out
}

var mark = regexp.MustCompile(`(?m)[ \t]*# FIND: (\S+(?: \S+)*)$`)

// add takes in the codes that the lines of a file want.
func (c *testCase) add(name, text string) {
	for i, line := range strings.Split(text, "\n") {
		if m := mark.FindStringSubmatch(line); m != nil {
			c.want[fmt.Sprintf("%s:%d", name, i+1)] = m[1]
		}
	}
}

func project(t testing.TB, files map[string]string) *fs.Project {
	t.Helper()
	m := fs.Memory()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		at := path.Join("/project", name)
		if err := m.MkdirAll(path.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := fs.WriteFile(m, at, []byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	return fs.NewProject(m, "/project")
}

func render(found []lint.Finding, src diag.Sources) string {
	var b strings.Builder
	var ds diag.List
	for _, f := range found {
		ds = append(ds, f.Diagnostic)
	}
	if err := diag.Text(&b, ds, src, diag.TextOptions{Limit: -1}); err != nil {
		return err.Error()
	}
	return b.String()
}
