package dewar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// A kept evaluation is a graph together with everything it was made from: the
// build of dewar, what was asked, the bytes read, the names looked for and not
// found, the directories listed, the variables of the environment. If all of
// that is as it was, so is the graph, and a run that changes nothing parses
// nothing.

// keptHeader is the first line of a kept evaluation; the graph follows it.
type keptHeader struct {
	Trace    fs.Trace           `json:"trace"`
	Env      map[string]*string `json:"env,omitempty"`
	Warnings diag.List          `json:"warnings,omitempty"`
	Made     map[string]string  `json:"made,omitempty"` // text of synthetic sources
	Modules  []eval.GitModule   `json:"modules,omitempty"`
	Graph    digest.Digest      `json:"graph"` // of the bytes that follow
}

// evaluationID names what was asked.
func (p *Project) evaluationID(o EvalOptions) string {
	w := digest.NewWriter()
	fmt.Fprintf(w, "%q %q\n", p.host.Build, o.Dir)
	for _, f := range o.Params {
		fmt.Fprintf(w, "params %q\n", f)
	}
	for _, s := range o.Set {
		fmt.Fprintf(w, "set %q %q\n", s.Name, s.Text)
	}
	return w.Digest().Short()
}

func (p *Project) keptPath(id string) string { return p.path("eval", id) }

// loadEvaluation returns the kept evaluation, or nil if there is none that
// still holds. A damaged one counts as none.
func (p *Project) loadEvaluation(id string, o EvalOptions) *Evaluation {
	b, err := fs.ReadFile(p.host.FS, p.keptPath(id))
	if err != nil {
		return nil
	}
	first, rest, ok := bytes.Cut(b, []byte("\n"))
	var h keptHeader
	if !ok || json.Unmarshal(first, &h) != nil || digest.Of(rest) != h.Graph {
		return nil
	}
	if !h.Trace.Holds(p.view, p.index) {
		return nil
	}
	if !p.sameEnv(h.Env) || !p.sameModules(h.Modules) {
		return nil
	}
	g, err := graph.Decode(rest)
	if err != nil {
		return nil
	}
	return &Evaluation{Graph: g, Sources: p.sources(h.Made), Warnings: h.Warnings, Dir: o.Dir, Kept: true, asked: o, id: id, trace: h.Trace, env: h.Env}
}

// sameModules reports whether commits are kept as they were brought. If not, evaluation says so.
func (p *Project) sameModules(list []eval.GitModule) bool {
	if len(list) == 0 {
		return true
	}
	have := KeptModules(p.host.FS, p.Root)
	for _, m := range list {
		if _, err := have(m); err != nil || p.moduleHolds(readModuleRecord(p.host.FS, p.Root, m.Rev)) != nil {
			return false
		}
	}
	return true
}

// keepEvaluation writes ev for the next time. Failing to is no failure.
func (p *Project) keepEvaluation(ev *Evaluation) {
	if hasSecretParams(ev.Graph) {
		return
	}
	body := graph.Encode(ev.Graph)
	h := keptHeader{Trace: ev.trace, Env: ev.env, Warnings: ev.Warnings, Modules: ev.modules, Graph: digest.Of(body), Made: map[string]string{}}
	for _, o := range ev.Graph.Overrides {
		name := "<-p " + o.Name + ">"
		if text, ok := ev.Sources.Source(name); ok {
			h.Made[name] = string(text)
		}
	}
	first, err := json.Marshal(h)
	if err != nil || p.host.FS.MkdirAll(p.path("eval"), 0o777) != nil {
		return
	}
	_ = fs.WriteFile(p.host.FS, filepath.Clean(p.keptPath(ev.id)), append(append(first, '\n'), body...))
}
