package eval

import (
	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/eval/space"
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
	space   *space.Space
	pipe    *lang.Pipeline
	ctx     *hcl.EvalContext // functions alone: references find their values themselves
	reports reports

	decoded    *param.Files // perhaps shared with other evaluations
	params     param.Params
	byParam    map[string]*param.Bound
	values     map[string]cty.Value // of params, marked
	locals     map[string]*local
	byData     map[string]int // index in family.data
	toolchains map[string]*toolchain
	stages     map[string]*stage
	order      []*stage
	modules    map[string]*module
	outs       map[string]*output // of the output blocks
	family     *family
	used       *use // how another pipeline uses this one; nil: it stands for itself
	settings   settings
	uses       useFinder
	results    *results                 // conditions on results alone are evaluated, and this is what they see
	early      bool                     // stages have no points yet, so nothing may ask for what they make
	depth      int                      // expressions that are being evaluated, one for another
	turns      int                      // of loops, in the outermost of them
	funcs      map[string]*userFunction // of the pipeline, those asked for
	calls      int                      // made since the outermost call that goes on
	calling    int                      // calls that go on, one inside the other
	bodies     map[groupID]*lang.Block  // mistakes in functions, and the stage that showed each first
	files      []readFile               // what file() and fileexists() asked for
	reading    hcl.Range                // of the call of one of them that goes on
}

func newEvaluator(req Request) *evaluator {
	ev := &evaluator{req: req, dir: req.Dir, family: &family{most: maxInstances, loads: &loads{}, stop: req.Stop}}
	if ev.dir == "" {
		ev.dir = "."
	}
	if ev.decoded = req.Decoded; ev.decoded == nil {
		ev.decoded = &param.Files{} // a module may be used many times
	}
	ev.space = space.New(moduleBlocks{ev}, ev.dir)
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
func (ev *evaluator) result(ds, more diag.List) (res *Result, found diag.List) {
	if !stoppable(func() { res, found = ev.found(ds, more) }) {
		return &Result{Sources: ev.sources(), Stopped: true}, nil
	}
	return res, found
}

// found is result, unless it is stopped.
func (ev *evaluator) found(ds, more diag.List) (*Result, diag.List) {
	res := &Result{}
	var instances []graph.Instance
	if !ds.HasErrors() {
		ds = append(ds[:len(ds):len(ds)], ev.bind()...)
		ev.prepare()
		instances = ev.evaluate(nil)
		ds = append(ds, ev.reports.done()...)
		ds = append(ds, ev.family.found()...)
		if ev.req.Locals {
			res.Locals = ev.localValues(ds.HasErrors())
		}
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
	ev.table()
	pipe, ds := ev.parse()
	ev.pipe = pipe
	return ds
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
		Dir:     ev.space.Bare(ev.dir),
		Project: ev.spaced(now),
		Ignored: func(path string, dir bool) bool {
			yes, err := ignore.Match(now().behind(path), dir)
			return err == nil && yes
		},
		Reads: func(marks cty.ValueMarks, path string) (cty.ValueMarks, error) {
			return now().reads(marks, now().behind(path))
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
	p = ev.space.Real(p)
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
	if !ok || len(r.steps) != 2 {
		return nil
	}
	st := r.ev.gridOf(r.root, r.name(1))
	if st == nil || !st.template || !r.ev.points(st) || st.unknown {
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
		Read:         ev.readOwn,
		ParamsFiles:  ev.req.Params,
		Set:          ev.req.Set,
		Instead:      ev.req.Instead,
		Files:        ev.decoded,
		Going:        ev.family.ask,
		AllowMissing: ev.req.Validate,
		User:         ev.user(),
		Modules:      blockNames(ev.pipe.Modules),
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
	for _, b := range ev.pipe.Data {
		ev.byData[b.Name] = len(ev.family.data)
		ev.family.data = append(ev.family.data, &data{ev: ev, block: b})
	}
	ev.declareModules()
	ev.toolchains = map[string]*toolchain{}
	for _, b := range ev.pipe.Toolchains {
		ev.toolchains[b.Name] = &toolchain{block: b}
	}
	ev.stages = make(map[string]*stage, len(ev.pipe.Stages))
	for _, b := range ev.pipe.Stages {
		st := &stage{ev: ev, name: b.Name, block: b, template: b.Attr("for_each") != nil}
		st.frame.st = st
		ev.stages[b.Name] = st
		ev.order = append(ev.order, st)
	}
	return ds
}

func blockNames(blocks []*lang.Block) []string {
	names := make([]string, len(blocks))
	for i, b := range blocks {
		names[i] = b.Name
	}
	return names
}

// prepare evaluates what stages refer to and is made of none.
func (ev *evaluator) prepare() {
	ev.early = true
	ev.validations()
	for _, l := range ev.pipe.Locals {
		if !ev.readsStages(l.Expr) {
			ev.local(l.Name, view{base: ev.dir})
		}
	}
	for _, b := range ev.pipe.Data {
		ev.dataBlock(ev.byData[b.Name])
	}
	for _, b := range ev.pipe.Toolchains {
		ev.toolchain(b.Name)
	}
	ev.pipelineSettings()
	ev.early = false
}

// evaluate evaluates everything else, whatever fails, so that all mistakes are found, and
// adds the instances to out.
func (ev *evaluator) evaluate(out []graph.Instance) []graph.Instance {
	if ev.used == nil && !ev.allPoints() {
		return nil
	}
	children := ev.kids()
	for _, st := range ev.order {
		ev.outputs(st)
	}
	if out == nil {
		out = make([]graph.Instance, 0, ev.family.next)
	}
	for _, st := range ev.order {
		st.description, _ = ev.attrs(st.block, &st.frame, view{base: ev.dir}).text("description", "")
		st.placed = graph.ID(len(out))
		out = ev.finish(st, out)
	}
	ev.plainInputs()
	for _, c := range children {
		out = c.evaluate(out)
	}
	ev.outputBlocks()
	ev.unused()
	if ev.used == nil {
		ev.files = append(ev.files, ev.family.filesRead()...)
		ev.filesMade(out)
		ev.outputPlaces()
	}
	return out
}

// sources returns the text of everything that was read.
func (ev *evaluator) sources() diag.Sources {
	m := diag.SourceMap{}
	ev.ownSources(m)
	ev.family.sources(m)
	return m
}

func (ev *evaluator) ownSources(m diag.SourceMap) {
	if ev.pipe != nil {
		for _, f := range ev.pipe.Files {
			m[f.Name] = f.Raw
		}
	}
	for _, f := range ev.params.Files {
		m[f.Path] = f.Bytes
	}
	for _, s := range ev.params.Texts {
		m[s.Path] = s.Bytes
	}
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
