package eval

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
)

// ReadParams binds the params of a pipeline and evaluates nothing else, so that they can be
// shown where something else is wrong, a validation of one of them perhaps.
func ReadParams(req Request) (*param.Params, diag.Sources, diag.List) {
	ev := newEvaluator(req)
	pipe, ds := lang.Load(req.Read, ev.dir)
	if ev.pipe = pipe; !ds.HasErrors() {
		ds = append(ds, ev.bind()...)
	}
	return &ev.params, ev.sources(), ds.Sorted()
}
