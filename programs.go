package dewar

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// A stage without a toolchain uses the host's programs, and what the host has is
// no part of its action key. What was executed is remembered, so that status
// can say when it is no longer the same program. The memory is a cache: without it
// nothing is said.

// usedProgram is a program of the host as it was when a stage last used it.
type usedProgram struct {
	Size  int64 `json:"size"`
	MTime int64 `json:"mtime"`
}

// usedPrograms are the programs by stage, then by path.
type usedPrograms map[string]map[string]usedProgram

func (p *Project) programsPath(dir string) string {
	return p.besideRecords("programs", dir)
}

func (p *Project) usedPrograms(dir string) usedPrograms {
	used := usedPrograms{}
	if b, err := fs.ReadFile(p.host.FS, p.programsPath(dir)); err == nil {
		_ = json.Unmarshal(b, &used) // damaged: nothing is known
	}
	return used
}

// program describes a program of the host as it is now. What stands in the
// input root is an input, and no business of ours.
func (p *Project) program(path string) (usedProgram, bool) {
	if path == "" || strings.HasPrefix(path, sandboxRoot) {
		return usedProgram{}, false
	}
	info, err := p.host.FS.Stat(path)
	return usedProgram{info.Size, info.MTime}, err == nil
}

// keepPrograms remembers what the executed instances of a run used.
func (r *recorder) keepPrograms() {
	used := r.p.usedPrograms(r.rec.Dir)
	for i := range r.g.Instances {
		x := &r.g.Instances[i]
		rec, ok := r.instances[graph.ID(i)]
		if !ok || rec.Outcome != "executed" || x.Native || len(x.Toolchains) > 0 || x.Isolation == graph.IsolationImage {
			continue
		}
		now, ok := r.p.program(rec.Program)
		if !ok {
			continue
		}
		if used[x.Stage] == nil {
			used[x.Stage] = map[string]usedProgram{}
		}
		used[x.Stage][rec.Program] = now
	}
	if len(used) == 0 {
		return
	}
	if b, err := json.Marshal(used); err == nil {
		_ = fs.WriteFile(r.p.host.FS, r.p.programsPath(r.rec.Dir), b)
	}
}

// changedPrograms warns of programs that are not what results of g were made with.
func (p *Project) changedPrograms(g *graph.Graph) diag.List {
	used := p.usedPrograms(g.Dir)
	var out diag.List
	for i := range g.Stages {
		st := &g.Stages[i]
		for _, path := range slices.Sorted(maps.Keys(used[st.Name])) {
			if now, ok := p.program(path); ok && now == used[st.Name][path] {
				continue
			}
			out = append(out, diag.Diagnostic{
				Severity: diag.Warning, Code: "W-program-changed", Span: st.Span, Subject: fmt.Sprintf("stage %q", st.Name),
				Detail: fmt.Sprintf("%s is not the program that it was when %s last ran, and programs of the host are no part of an action key. Run it again with `dewar run --force %s`, or declare a toolchain that holds the program.", path, st.Name, st.Name),
			})
		}
	}
	return out
}
