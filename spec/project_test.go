package spec_test

import (
	"path"
	"sort"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// project is a project in memory that holds files.
func project(t *testing.T, files map[string]string) *fs.Project {
	t.Helper()
	m := fs.Memory()
	for name, text := range files {
		name = path.Join("/project", name)
		if err := m.MkdirAll(path.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := fs.WriteFile(m, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.MkdirAll("/project", 0o777); err != nil {
		t.Fatal(err)
	}
	return fs.NewProject(m, "/project")
}

// evaluate does what every command does with a pipeline before it looks at
// contents. With errors there is no graph.
func evaluate(req eval.Request) (*graph.Graph, diag.Sources, diag.List) {
	res, ds := eval.Evaluate(req)
	if res.Graph != nil && !ds.HasErrors() {
		ds = append(ds, graph.Validate(res.Graph)...)
	}
	ds = ds.Sorted()
	if ds.HasErrors() {
		return nil, res.Sources, ds
	}
	return res.Graph, res.Sources, ds
}

// request reads options, one a line: `dir sub`, `-p train.C=1`, `--params
// more.yaml`, `env NAME=value`, `validate`. Other lines are comments.
func request(p *fs.Project, options string) eval.Request {
	req := eval.Request{Read: p, Dir: "."}
	env := map[string]string{}
	for line := range strings.Lines(options) {
		word, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, text, _ := strings.Cut(arg, "=")
		switch word {
		case "dir":
			req.Dir = arg
		case "-p":
			req.Set = append(req.Set, param.Setting{Name: name, Text: text})
		case "--params":
			req.Params = append(req.Params, arg)
		case "env":
			env[name] = text
		case "validate":
			req.Validate = true
		}
	}
	req.Environ = func(n string) (string, bool) { v, ok := env[n]; return v, ok }
	return req
}

func render(ds diag.List, src diag.Sources) string {
	var b strings.Builder
	if err := diag.Text(&b, ds, src, diag.TextOptions{Limit: -1}); err != nil {
		return err.Error()
	}
	return b.String()
}

// codes returns the codes of ds, each once, sorted.
func codes(ds diag.List) []string {
	seen := map[string]bool{}
	out := []string{}
	for _, d := range ds {
		if !seen[d.Code] {
			seen[d.Code] = true
			out = append(out, d.Code)
		}
	}
	sort.Strings(out)
	return out
}
