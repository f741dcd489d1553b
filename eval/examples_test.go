package eval_test

import (
	iofs "io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/graph"
)

// TestExamples evaluates the pipelines of examples/.
func TestExamples(t *testing.T) {
	f := files{}
	root := os.DirFS("../examples")
	err := iofs.WalkDir(root, ".", func(p string, e iofs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !e.Type().IsRegular() {
			return err
		}
		b, err := iofs.ReadFile(root, p)
		f[p] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for p := range f {
		if path.Base(p) != "pipeline.hcl" {
			continue
		}
		n++
		project, _, _ := strings.Cut(p, "/")
		t.Run(path.Dir(p), func(t *testing.T) {
			inside := files{}
			for name, text := range f {
				if rest, ok := strings.CutPrefix(name, project+"/"); ok {
					inside[rest] = text
				}
			}
			dir := strings.TrimPrefix(path.Dir(p), project)
			req := eval.Request{Read: inside, Dir: strings.TrimPrefix(dir, "/")}
			res, ds := eval.Evaluate(req)
			if ds.HasErrors() && !slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return d.Code != "E-param-missing" }) {
				req.Validate = true // a module: whoever uses it gives the params
				_, ds = eval.Evaluate(req)
				if ds.HasErrors() {
					t.Fatal(render(ds, res.Sources))
				}
				return
			}
			if ds.HasErrors() {
				t.Fatal(render(ds, res.Sources))
			}
			if ds := graph.Validate(res.Graph); ds.HasErrors() {
				t.Fatal(render(ds, res.Sources))
			}
			t.Log(graph.Dump(res.Graph))
		})
	}
	if n < 3 {
		t.Errorf("%d examples", n)
	}
}
