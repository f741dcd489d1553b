package eval_test

import (
	"flag"
	"path/filepath"
	"strings"
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
					// A grid of 100,000 points takes as long as a thousand others, and so does all that is made of it.
					text := strings.NewReplacer("range(1000)", "range(10)", "range(1001)", "range(11)").Replace(string(x.Data))
					f.Add(text, "", false)
					f.Add(text, "1", true)
				}
			}
		}
	}
	searchFirst(f)
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

// searchFirst gives the time of fuzzing to the search. Unless told otherwise, the fuzzer
// takes up to a minute for every input that reaches new code, to find a shorter one that does
// too. A pipeline is long, an evaluation slow, and what it covers not quite the
// same each time, so that of ten seconds nothing was left.
func searchFirst(f *testing.F) {
	limit := flag.Lookup("test.fuzzminimizetime")
	if limit.Value.String() != limit.DefValue {
		return
	}
	if err := limit.Value.Set("20x"); err != nil {
		f.Fatal(err)
	}
}
