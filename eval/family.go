package eval

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/hashicorp/hcl/v2"
)

// A pipeline and the modules in it are evaluated by an evaluator each, so that no name of
// one can be seen in another. They are a family: marks name an instance or a data block of
// any of them, and all their instances become one graph.

// family is what the evaluators of one evaluation share.
type family struct {
	stages  []*stage // that have instances, in the order in which their points were found
	next    graph.ID // of the next instance
	data    []*data
	kids    []*evaluator                // all but the first, in the order in which they were made
	tables  map[string]*hcl.EvalContext // the functions, by directory of the pipeline
	now     *evaluator                  // whose expression is evaluated
	loads   *loads                      // shared with other evaluations
	many    bool                        // it was said that there are too many
	inputs  int                         // of all instances so far
	calls   int                         // of functions of pipelines so far
	turns   int                         // of for expressions so far
	longest *loopExpr                   // that has taken the most of them
	refused bool                        // it was said that they are too many
	most    graph.ID                    // how many instances there may be
	stop    func() bool                 // nobody waits for the evaluation any more; nil: somebody always does
	ticks   int                         // expressions, turns and calls so far
}

// full reports whether there are too many instances, and that was reported.
func (f *family) full() bool { return f.next > f.most }

// enter gives the instances of a stage their ids, which are those of marks. In the graph
// they may have others: there the order is that of the source.
func (f *family) enter(st *stage) {
	if st.module != nil || len(st.instances) == 0 {
		return
	}
	st.first = f.next
	f.next += graph.ID(len(st.instances))
	f.stages = append(f.stages, st)
}

// placed returns the place in the graph of what marks call id.
func (f *family) placed(id graph.ID) graph.ID {
	st := f.stages[sort.Search(len(f.stages), func(i int) bool { return f.stages[i].first > id })-1]
	return st.placed + id - st.first
}

// renumber makes the ids of marks, which inputs and depends_on have, places in the graph.
func (f *family) renumber(instances []graph.Instance) {
	if !slices.ContainsFunc(f.stages, func(st *stage) bool { return st.first != st.placed }) {
		return
	}
	for i := range instances {
		x := &instances[i]
		for n := range x.Inputs {
			if in := &x.Inputs[n]; in.Kind == graph.Artifact {
				in.From = f.placed(in.From)
			}
		}
		for n := range x.After {
			x.After[n] = f.placed(x.After[n])
		}
		slices.Sort(x.After)
	}
}

// found returns what is wrong inside of modules. One mistake in a module that is used a
// hundred times is one mistake, and so is one that shows at many points of a module.
func (f *family) found() diag.List {
	var out diag.List
	type mistake struct {
		code, detail string
		at           diag.Span
	}
	type group struct {
		code, module string
		at           diag.Span
		nth          int // of those of one use
	}
	first, groups := map[mistake]int{}, map[group]int{}
	for _, kid := range f.kids {
		points, total := kid.used.points()
		nth := map[group]int{}
		for _, d := range slices.Concat(kid.used.problems, kid.reports.list.Sorted()) {
			d.Instances, d.Total = pointsOf(points, total, d)
			id := group{code: d.Code, module: kid.used.names, at: d.Span}
			nth[id]++
			id.nth = nth[id]
			if i, said := groups[id]; said && total > 1 {
				out[i].Instances = append(out[i].Instances, d.Instances...)
				continue
			}
			same := mistake{d.Code, d.Detail, d.Span}
			if _, said := first[same]; said {
				continue
			}
			first[same], groups[id] = len(out), len(out)
			if d.Span.File != kid.used.module.block.Span.File && d.Code != "E-module-circle" { // which shows them itself
				d.Notes = append(slices.Clip(d.Notes), kid.used.notes()...)
			}
			out = append(out, d)
		}
	}
	for i := range out {
		if d := &out[i]; len(d.Instances) >= d.Total {
			d.Instances = nil
		}
	}
	return out
}

// points returns the point keys of a use and of those that it is inside of, and how many such
// points there are; one if none of the modules has points.
func (u *use) points() (keys string, total int) {
	total = 1
	for ; u != nil; u = u.by.used {
		if n := len(u.module.st.instances); u.module.st.template {
			total *= n
			keys = path.Join(u.in.key, keys)
		}
	}
	return keys, total
}

// pointsOf are the points at which a mistake shows, those of modules before that of a stage.
func pointsOf(keys string, total int, d diag.Diagnostic) ([]string, int) {
	switch {
	case keys == "":
		return d.Instances, d.Total
	case len(d.Instances) == 0:
		return []string{keys}, total
	}
	out := make([]string, len(d.Instances))
	for i, p := range d.Instances {
		out[i] = keys + "/" + p
	}
	return out, total * d.Total
}

// filesRead returns the files that modules read for their text, where each would lie if a
// stage of the module made it.
func (f *family) filesRead() []readFile {
	var out []readFile
	for _, kid := range f.kids {
		for _, r := range kid.files {
			out = append(out, readFile{kid.space.PlaceOf(r.path), r.at})
		}
	}
	return out
}

// sources adds the text of modules.
func (f *family) sources(to diag.SourceMap) {
	for _, kid := range f.kids {
		kid.ownSources(to)
	}
}

// same gives data that another pipeline of the family tracks the name that it has there: it
// is one thing, whoever else reads it. External data is where it lies on the machine; that which a
// project from Git wants has a name of its own, for what its user may read is not given to it.
func (f *family) same(d *data) {
	for _, other := range f.data {
		if other == d || other.state != good || other.ev == d.ev || other.out.Host != d.out.Host || d.out.Host == "" && other.out.Path != d.out.Path {
			continue
		}
		if d.out.Host != "" && other.ev.space.Root() != d.ev.space.Root() {
			continue
		}
		a, b := other.out, d.out
		a.Path, b.Path = "", ""
		a.Name, a.Span, b.Name, b.Span = "", diag.Span{}, "", diag.Span{}
		if a == b {
			d.out.Name, d.out.Path = other.out.Name, other.out.Path
			return
		}
	}
}

// allData returns the data blocks of all, each once: a module that is used for each of many
// points reads one and the same data.
func (f *family) allData() []graph.Data {
	var out []graph.Data
	seen := map[string]bool{}
	for _, d := range f.data {
		if g := d.out; !seen[g.Name] {
			seen[g.Name] = true
			out = append(out, g)
		}
	}
	return out
}

// allStages adds the stages of a pipeline and of its modules to list, in the order of their
// instances in the graph.
func (ev *evaluator) allStages(list []*stage) []*stage {
	list = append(list, ev.order...)
	for _, kid := range ev.kids() {
		list = kid.allStages(list)
	}
	return list
}

// idleModules adds the names of modules in which there are no stages: selectors know those
// with stages by the names of these.
func (ev *evaluator) idleModules(list []string) []string {
	for _, b := range ev.pipe.Modules {
		if m := ev.modules[b.Name]; len(m.st.instances) == 0 {
			list = append(list, ev.prefix()+m.name)
		}
	}
	for _, kid := range ev.kids() {
		if len(kid.allStages(nil)) == 0 {
			list = append(list, strings.TrimSuffix(kid.prefix(), "/"))
		}
		list = kid.idleModules(list)
	}
	return list
}

// allToolchains adds the toolchains of a pipeline and of its modules.
func (ev *evaluator) allToolchains(list []graph.Toolchain) []graph.Toolchain {
	for _, b := range ev.pipe.Toolchains {
		t := ev.toolchains[b.Name].out
		if !slices.ContainsFunc(list, func(x graph.Toolchain) bool { return x.Name == t.Name }) {
			list = append(list, t)
		}
	}
	for _, kid := range ev.kids() {
		list = kid.allToolchains(list)
	}
	return list
}

// fullName is the name of a stage in the graph: in a module, the module's is before it.
func (st *stage) fullName() string { return st.ev.prefix() + st.name }
