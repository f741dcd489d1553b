package dewar

import (
	"strings"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// EvalOptions say what to evaluate.
type EvalOptions struct {
	Dir    string          // the pipeline's directory, project-relative
	Params []string        // --params files, project-relative
	Set    []param.Setting // -p
	Fresh  bool            // do not use a kept evaluation
}

// Evaluation is a pipeline evaluated: its graph, and what diagnostics about it
// need.
type Evaluation struct {
	Graph    *graph.Graph
	Sources  diag.Sources
	Warnings diag.List
	Dir      string
	Kept     bool // taken from a kept evaluation: nothing was parsed

	asked EvalOptions        // what gives the params their values
	id    string             // what was asked; "" if it was not kept
	trace fs.Trace           // what was read
	env   map[string]*string // the variables looked at; nil: not set

	modules []eval.GitModule // that were used
}

// request asks for what options say, of the workspace as it is.
func (p *Project) request(o EvalOptions) eval.Request {
	return eval.Request{Read: p.view, Dir: o.Dir, Params: o.Params, Set: o.Set, Environ: p.host.LookupEnv, Modules: p.modules()}
}

// evaluationOf is an evaluation of what was asked, before it is known to have a graph.
func (p *Project) evaluationOf(o EvalOptions, res *eval.Result) *Evaluation {
	ev := &Evaluation{Dir: o.Dir, Sources: p.sources(nil), asked: o}
	if res != nil {
		ev.Sources = p.sourcesOf(res)
	}
	return ev
}

// Evaluate evaluates a pipeline, or takes the kept evaluation if everything
// that it was made from is unchanged. The graph is nil if there are errors.
func (p *Project) Evaluate(o EvalOptions) (*Evaluation, diag.List) {
	id := p.evaluationID(o)
	if !o.Fresh {
		if ev := p.loadEvaluation(id, o); ev != nil {
			return ev, nil
		}
	}
	trace := fs.NewRecorder(p.view)
	env := &environment{lookup: p.host.LookupEnv, seen: map[string]*string{}}
	var used usedModules
	req := p.request(o)
	req.Read, req.Environ, req.Modules = trace, env.get, used.by(req.Modules)
	res, diags := eval.Evaluate(req)
	ev := p.evaluationOf(o, res)
	ev.trace = trace.Trace()
	if diags.HasErrors() || res == nil || res.Graph == nil {
		return ev, diags
	}
	diags = append(diags, graph.Validate(res.Graph)...)
	if diags.HasErrors() {
		return ev, diags
	}
	ev.Graph, ev.Warnings = res.Graph, diags
	ev.id, ev.env, ev.modules = id, env.seen, used.list
	p.keepEvaluation(ev)
	return ev, nil
}

// Validate checks a pipeline without needing values for its params.
func (p *Project) Validate(o EvalOptions) (*Evaluation, diag.List) {
	req := p.request(o)
	req.Validate, req.Decoded = true, &param.Files{}
	res, diags := eval.Evaluate(req)
	ev := p.evaluationOf(o, res)
	if res != nil {
		ev.Graph = res.Graph
	}
	if !diags.HasErrors() {
		diags = append(diags, validateGraph(req)...)
	}
	return ev, diags
}

// validateGraph checks the graph as a whole, if the params that are there
// suffice to make it: without them, nobody can know which paths collide.
func validateGraph(req eval.Request) diag.List {
	req.Validate = false
	res, diags := eval.Evaluate(req)
	if diags.HasErrors() || res.Graph == nil {
		return nil
	}
	return graph.Validate(res.Graph)
}

// environment remembers which variables an evaluation looked at.
type environment struct {
	lookup func(string) (string, bool)
	mu     sync.Mutex
	seen   map[string]*string // nil: it was not set
}

func (e *environment) get(name string) (string, bool) {
	v, ok := e.lookup(name)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen[name] = nil; ok {
		e.seen[name] = &v
	}
	return v, ok
}

// sourcesOf returns the text that an evaluation saw; what it could not make
// sense of is read again.
func (p *Project) sourcesOf(res *eval.Result) diag.Sources {
	return eitherSources{res.Sources, p.sources(nil)}
}

type eitherSources [2]diag.Sources

func (s eitherSources) Source(file string) ([]byte, bool) {
	if s[0] != nil {
		if b, ok := s[0].Source(file); ok {
			return b, true
		}
	}
	return s[1].Source(file)
}

// sources reads the text behind spans when a message needs it. made holds the
// text of synthetic names as "<-p train.C>".
func (p *Project) sources(made map[string]string) diag.Sources { return lazySources{p.view, made} }

type lazySources struct {
	view fs.View
	made map[string]string
}

func (s lazySources) Source(file string) ([]byte, bool) {
	if text, ok := s.made[file]; ok {
		return []byte(text), true
	}
	if strings.HasPrefix(file, "<") {
		return nil, false
	}
	b, err := s.view.ReadFile(file)
	return b, err == nil
}
