package builtins_test

import (
	iofs "io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// project is a project of empty files.
type project []string

func (p project) ReadDir(name string) ([]fs.Entry, error) {
	kinds := map[string]iofs.FileMode{}
	for _, f := range p {
		rest, ok := strings.CutPrefix(f, name+"/")
		if name == "." {
			rest, ok = f, true
		}
		if !ok {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		kinds[first] = 0
		if deeper {
			kinds[first] = iofs.ModeDir
		}
	}
	if len(kinds) == 0 && name != "." {
		return nil, &iofs.PathError{Op: "readdir", Path: name, Err: iofs.ErrNotExist}
	}
	var entries []fs.Entry
	for name, kind := range kinds {
		entries = append(entries, fs.Entry{Name: name, Type: kind})
	}
	slices.SortFunc(entries, func(a, b fs.Entry) int { return strings.Compare(a.Name, b.Name) })
	return entries, nil
}

func (p project) ReadFile(name string) ([]byte, error) {
	switch {
	case !slices.Contains(p, name):
		return nil, &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist}
	case name == "conf/fold":
		return []byte("3\n"), nil
	}
	return nil, nil
}

func (p project) Lstat(name string) (fs.Info, error) {
	if slices.Contains(p, name) {
		return fs.Info{}, nil
	}
	if _, err := p.ReadDir(name); err != nil {
		return fs.Info{}, err
	}
	return fs.Info{Mode: iofs.ModeDir}, nil
}

func env() builtins.Env {
	return builtins.Env{Project: project{
		"README.md", "src/train.py", "src/lib/util.py", "src/__pycache__/train.py",
		"images/1.jpg", "images/b/2.jpg", "images/notes.txt", "conf/fold",
	}, Ignored: func(p string, dir bool) bool { return dir && path.Base(p) == "__pycache__" }}
}

func parse(t testing.TB, expr string) hcl.Expression {
	t.Helper()
	e, diags := hclsyntax.ParseExpression([]byte(expr), "test", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %s", expr, diags)
	}
	return e
}

func eval(t testing.TB, env builtins.Env, expr string, variables map[string]cty.Value) (cty.Value, error) {
	t.Helper()
	e := parse(t, expr)
	ctx := &hcl.EvalContext{Functions: builtins.Impls(builtins.Table(env)), Variables: variables}
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		return v, diags
	}
	return v, nil
}

// asJSON writes a value by the language's own function.
func asJSON(t testing.TB, v cty.Value) string {
	t.Helper()
	v, _ = v.UnmarkDeep()
	out, err := eval(t, builtins.Env{}, "jsonencode(x)", map[string]cty.Value{"x": v})
	if err != nil {
		t.Fatal(err)
	}
	return out.AsString()
}

// gives checks that an expression has a value, as JSON, or fails and says why.
func gives(t *testing.T, env builtins.Env, expr, want string) {
	t.Helper()
	v, err := eval(t, env, expr, nil)
	switch {
	case err != nil && !strings.Contains(err.Error(), want):
		t.Errorf("%s:\nwant %s\ngot  %v", expr, want, err)
	case err == nil && asJSON(t, v) != want:
		t.Errorf("%s:\nwant %s\ngot  %s", expr, want, asJSON(t, v))
	}
}

func TestExamples(t *testing.T) {
	for _, f := range builtins.Table(env()) {
		t.Run(f.Name, func(t *testing.T) {
			got, err := eval(t, env(), f.Example, nil)
			if f.Family == "syntax" {
				if err == nil {
					t.Error("a word of the syntax works as a function")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want, err := eval(t, env(), f.Want, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(asJSON(t, want), asJSON(t, got)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestTableIsComplete(t *testing.T) {
	seen := map[string]bool{}
	table := builtins.Table(builtins.Env{})
	for i, f := range table {
		if f.Name == "" || f.Family == "" || f.Example == "" || f.Family != "syntax" && f.Want == "" {
			t.Errorf("%q lacks a name, family or example: %+v", f.Name, f)
		}
		if !strings.HasSuffix(f.Doc, ".") && !strings.HasSuffix(f.Doc, ".)") || !strings.Contains(f.Example, f.Name+"(") {
			t.Errorf("%s: the documentation is no sentences, or the example does not use it", f.Name)
		}
		if seen[f.Name] {
			t.Errorf("%s occurs twice", f.Name)
		}
		seen[f.Name] = true
		if i > 0 && table[i-1].Family == f.Family && table[i-1].Name > f.Name {
			t.Errorf("%s comes before %s", table[i-1].Name, f.Name)
		}
	}
}
