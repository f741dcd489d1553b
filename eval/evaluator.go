package eval

import (
	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// evaluator is the state of one evaluation. It is used from one goroutine: what
// could go on side by side (10,000 points) is cheaper than agreeing on it.
type evaluator struct {
	req     Request
	dir     string
	pipe    *lang.Pipeline
	ctx     *hcl.EvalContext // functions alone: references find their values themselves
	reports reports

	decoded    *param.Files // shared with other evaluations; nil: this is the only one
	params     param.Params
	byParam    map[string]*param.Bound
	values     map[string]cty.Value // of params, marked
	locals     map[string]*local
	data       []data
	byData     map[string]int
	toolchains map[string]*toolchain
	stages     map[string]*stage
	order      []*stage
	settings   settings
	uses       useFinder
	results    *results // conditions on results alone are evaluated, and this is what they see
	early      bool     // stages have no points yet, so nothing may ask for what they make
}

func newEvaluator(req Request) *evaluator {
	ev := &evaluator{req: req, dir: req.Dir}
	if ev.dir == "" {
		ev.dir = "."
	}
	return ev
}

// Evaluate evaluates a pipeline. The result is never nil: also a failed
// evaluation has sources to show.
func Evaluate(req Request) (*Result, diag.List) {
	ev := newEvaluator(req)
	ds := ev.load()
	return ev.result(ds, ev.experiments(ds))
}

// result evaluates what is loaded. ds is what loading found, more is what is wrong with
// the experiments, which keeps nobody from finding the mistakes of stages.
func (ev *evaluator) result(ds, more diag.List) (*Result, diag.List) {
	res := &Result{}
	var instances []graph.Instance
	if !ds.HasErrors() {
		ds = append(ds[:len(ds):len(ds)], ev.bind()...)
		instances = ev.evaluate()
		ds = append(ds, ev.reports.done()...)
	}
	ds = append(ds, more...)
	res.Sources = ev.sources()
	if !ds.HasErrors() && !ev.req.Validate {
		res.Graph = ev.build(instances)
	}
	return res, ds.Sorted()
}

// load reads the pipeline and checks what needs no values of params.
func (ev *evaluator) load() diag.List {
	pipe, ds := lang.Load(ev.req.Read, ev.dir)
	if ev.pipe = pipe; ds.HasErrors() {
		return ds
	}
	ev.table()
	names := make(map[string]bool, len(ev.ctx.Functions))
	for name := range ev.ctx.Functions {
		names[name] = true
	}
	return append(ds, lang.Check(pipe, names)...)
}

// table makes the functions of the language, which touch this evaluation alone.
func (ev *evaluator) table() {
	ev.ctx = &hcl.EvalContext{Functions: builtins.Impls(builtins.Table(ev.functions(func() *evaluator { return ev })))}
}

// functions says what the functions of the language may touch. now is the evaluation
// that calls them: all of a worker's have one table, one after the other.
func (ev *evaluator) functions(now func() *evaluator) builtins.Env {
	ignore := fs.NewIgnore(ev.req.Read.ReadFile)
	return builtins.Env{
		Dir:     ev.dir,
		Project: ev.req.Read,
		Ignored: func(path string, dir bool) bool {
			yes, err := ignore.Match(path, dir)
			return err == nil && yes
		},
		FileMarks: func(dir cty.ValueMarks, path string) cty.ValueMarks { return now().fileMarks(dir, path) },
		Index:     func(e hcl.Expression, ctx *hcl.EvalContext) *grid.Index { return now().indexOf(e, ctx) },
	}
}

// fileMarks marks a file that files() found: it is a dependency by itself, not
// the whole directory.
func (ev *evaluator) fileMarks(dir cty.ValueMarks, path string) cty.ValueMarks {
	p, err := fs.CleanProjectPath(ev.dir, path)
	if err != nil {
		return dir
	}
	out := cty.NewValueMarks(fileMark{path: p, data: -1})
	for m := range dir {
		switch m := m.(type) {
		case dataMark:
			out = cty.NewValueMarks(fileMark{path: p, data: m.index})
		case sensitiveMark:
			return dir
		}
	}
	return out
}

// indexOf gives pick and where the index over a stage's instances.
func (ev *evaluator) indexOf(e hcl.Expression, _ *hcl.EvalContext) *grid.Index {
	r, ok := e.(*refExpr)
	if !ok || r.root != "stage" || len(r.steps) != 2 {
		return nil
	}
	st := ev.stages[r.name(1)]
	if st == nil || !st.template || !ev.points(st) || st.unknown {
		return nil
	}
	if st.index == nil {
		points := make([]grid.Point, len(st.instances))
		for i, in := range st.instances {
			points[i] = in.point
		}
		st.index = grid.NewIndex(points)
	}
	return st.index
}

// bind binds params and prepares the declarations; nothing is evaluated yet.
func (ev *evaluator) bind() diag.List {
	params, ds := param.BindAll(ev.pipe.Params, param.Options{
		Dir:          ev.dir,
		Read:         ev.req.Read.ReadFile,
		ParamsFiles:  ev.req.Params,
		Set:          ev.req.Set,
		Files:        ev.decoded,
		AllowMissing: ev.req.Validate,
	})
	ev.params = params
	ev.byParam = make(map[string]*param.Bound, len(params.List))
	ev.values = map[string]cty.Value{}
	for i := range params.List {
		ev.byParam[params.List[i].Name] = &params.List[i]
	}
	ev.locals = make(map[string]*local, len(ev.pipe.Locals))
	for _, a := range ev.pipe.Locals {
		ev.locals[a.Name] = &local{attr: a, views: map[view]*localValue{}}
	}
	ev.byData = map[string]int{}
	for i, b := range ev.pipe.Data {
		ev.byData[b.Name] = i
		ev.data = append(ev.data, data{block: b})
	}
	ev.toolchains = map[string]*toolchain{}
	for _, b := range ev.pipe.Toolchains {
		ev.toolchains[b.Name] = &toolchain{block: b}
	}
	ev.stages = make(map[string]*stage, len(ev.pipe.Stages))
	for _, b := range ev.pipe.Stages {
		st := &stage{name: b.Name, block: b, template: b.Attr("for_each") != nil}
		st.frame.st = st
		ev.stages[b.Name] = st
		ev.order = append(ev.order, st)
	}
	return ds
}

// evaluate evaluates everything, whatever fails, so that all mistakes are found.
func (ev *evaluator) evaluate() []graph.Instance {
	ev.early = true
	ev.validations()
	for _, l := range ev.pipe.Locals {
		if !ev.readsStages(l.Expr) {
			ev.local(l.Name, view{base: ev.dir})
		}
	}
	for i := range ev.data {
		ev.dataBlock(i)
	}
	for _, b := range ev.pipe.Toolchains {
		ev.toolchain(b.Name)
	}
	ev.pipelineSettings()
	ev.early = false
	next := graph.ID(0)
	for _, st := range ev.order {
		ev.points(st)
		st.first = next
		next += graph.ID(len(st.instances))
	}
	for _, st := range ev.order {
		ev.outputs(st)
	}
	out := make([]graph.Instance, 0, next)
	for _, st := range ev.order {
		st.description, _ = ev.attrs(st.block, &st.frame, view{base: ev.dir}).text("description", "")
		out = ev.finish(st, out)
	}
	return out
}

// sources returns the text of everything that was read.
func (ev *evaluator) sources() diag.Sources {
	m := diag.SourceMap{}
	if ev.pipe != nil {
		for _, f := range ev.pipe.Files {
			m[f.Name] = f.Bytes
		}
	}
	for _, f := range ev.params.Files {
		m[f.Path] = f.Bytes
	}
	for _, s := range ev.params.Texts {
		m[s.Path] = s.Bytes
	}
	return m
}

// unparen returns the expression inside parentheses.
func unparen(e hclsyntax.Expression) hclsyntax.Expression {
	for {
		p, ok := e.(*hclsyntax.ParenthesesExpr)
		if !ok {
			return e
		}
		e = p.Expression
	}
}
