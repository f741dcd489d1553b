package eval_test

import (
	"path/filepath"
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzEvaluate: no text makes evaluation panic, and a graph comes exactly when
// there is no error.
func FuzzEvaluate(f *testing.F) {
	for _, pattern := range []string{"../spec/cases/graphs/*.txtar", "../spec/cases/mistakes/*.txtar"} {
		cases, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range cases {
			ar, err := txtar.ParseFile(name)
			if err != nil {
				f.Fatal(err)
			}
			for _, x := range ar.Files {
				if filepath.Ext(x.Name) == ".hcl" {
					f.Add(string(x.Data), "", false)
					f.Add(string(x.Data), "1", true)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, pipeline, set string, validate bool) {
		p := files{"pipeline.hcl": pipeline, "params.yaml": "train:\n  C: [0.1]\n  name: x\n", "data/x.csv": "", "images/a.jpg": ""}
		req := eval.Request{Read: p, Dir: ".", Validate: validate}
		if set != "" {
			req.Set = []param.Setting{{Name: "n", Text: set}}
		}
		res, ds := eval.Evaluate(req)
		if got := res.Graph != nil; got == (ds.HasErrors() || validate) {
			t.Errorf("graph %v with errors %v", got, ds.HasErrors())
		}
	})
}
