package lint_test

import (
	"testing"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/lint"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// FuzzFind: no text makes lints fail, and after a fix that promises it the graph is
// what it was, which whoever applies fixes relies on to get any of them through.
func FuzzFind(f *testing.F) {
	for _, c := range cases(f) {
		f.Add(c.files["pipeline.hcl"])
	}
	f.Fuzz(func(t *testing.T, text string) {
		view := project(t, map[string]string{"pipeline.hcl": text})
		res, ds := eval.Evaluate(eval.Request{Read: view})
		if ds.HasErrors() || res.Graph == nil || graph.Validate(res.Graph).HasErrors() {
			return
		}
		p, _ := lang.Load(view, ".")
		found := lint.Find(p, lint.Options{Read: view.ReadFile, Graph: res.Graph, Root: "/project"})
		src := p.Files[0].Bytes
		for _, x := range found {
			if x.Fix == nil || !x.Fix.Same {
				continue
			}
			after := string(lint.Apply(src, []lint.Edit{x.Fix.Edit}))
			if _, ds := eval.Evaluate(eval.Request{Read: project(t, map[string]string{"pipeline.hcl": after})}); ds.HasErrors() {
				t.Errorf("%s breaks the pipeline: %v\n%s", x.Code, ds[0].Detail, after)
			}
		}
	})
}
