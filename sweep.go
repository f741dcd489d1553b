package dewar

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// SweepOptions say which experiments to make of a pipeline.
type SweepOptions struct {
	Dir    string          // the pipeline's directory, project-relative
	Params []string        // --params files, project-relative
	Set    []param.Setting // -p; several values make several experiments
	Block  string          // the experiment block to begin with; "" is none
	Zip    bool            // take the values of all axes in lockstep
	Sample int             // draw so many of the points; 0 is all
	Seed   string          // decides which; "" is the block's
	Name   string          // of the experiment, or what the names of several begin with; "" makes them up
}

// Sweep is one experiment or many, evaluated and ready to be run as one graph.
type Sweep struct {
	Experiments []PlannedExperiment // in the order of the points
	Union       *graph.Union
	Declared    eval.Sweep
	Sources     diag.Sources
	Warnings    diag.List
	Dir         string

	trace fs.Trace
	files []string // --params
}

// PlannedExperiment is an experiment before it has run.
type PlannedExperiment struct {
	Name  string
	Set   []param.Setting
	Graph *graph.Graph
	given bool // the person chose the name
}

// PlanSweep evaluates the points of a sweep. The sweep has no experiments if
// there are errors.
func (p *Project) PlanSweep(o SweepOptions) (*Sweep, diag.List) {
	trace := fs.NewRecorder(p.view)
	env := &environment{lookup: p.host.LookupEnv, seen: map[string]*string{}}
	req := p.request(EvalOptions{Dir: o.Dir, Params: o.Params})
	req.Read, req.Environ = trace, env.get
	declared, sources, diags := eval.ReadSweep(req, o.Block, o.Set)
	sw := &Sweep{Declared: declared, Dir: o.Dir, files: o.Params, Sources: eitherSources{sources, p.sources(nil)}}
	if diags.HasErrors() {
		return sw, diags
	}
	declared.Zip = declared.Zip || o.Zip
	if o.Sample > 0 {
		declared.Budget = o.Sample
	}
	if o.Seed != "" {
		declared.Seed = o.Seed
	}
	sets, more := eval.Points(declared)
	if diags = append(diags, more...); diags.HasErrors() {
		return sw, diags
	}
	sw.Declared = declared
	diags = append(diags, p.evaluatePoints(sw, req, sets)...)
	sw.trace = trace.Trace()
	if diags.HasErrors() {
		return sw, append(diags.Sorted(), p.UnreadData(sw.evaluation())...)
	}
	sw.Warnings = diags.Sorted()
	if diags := p.nameExperiments(sw, o.Name, p.continues); diags.HasErrors() {
		return sw, diags
	}
	graphs := make([]*graph.Graph, len(sw.Experiments))
	for i := range sw.Experiments {
		graphs[i] = sw.Experiments[i].Graph
	}
	sw.Union = graph.Unite(graphs)
	return sw, nil
}

// evaluation is the sweep as one pipeline, without a graph while there are errors. Nothing gives params their
// values in all of it: each experiment has values of its own.
func (sw *Sweep) evaluation() *Evaluation {
	ev := &Evaluation{Sources: sw.Sources, Dir: sw.Dir, trace: sw.trace}
	if sw.Union != nil {
		ev.Graph = sw.Union.Graph
	}
	return ev
}

// evaluatePoints evaluates the pipeline at every point. A mistake that shows at
// some points only is said once and names them.
func (p *Project) evaluatePoints(sw *Sweep, req eval.Request, sets [][]param.Setting) diag.List {
	results, lists := eval.EvaluateMany(req, sets, p.host.CPUs)
	var diags diag.List
	sources := []diag.Sources{sw.Sources}
	for i, res := range results {
		list := lists[i]
		if res.Graph != nil && !list.HasErrors() {
			list = append(list, graph.Validate(res.Graph)...)
		}
		if len(list) > 0 {
			sources = append(sources, res.Sources)
		}
		for _, d := range list {
			if len(sets) > 1 && len(d.Instances) == 0 {
				d.Instances, d.Total = []string{pointText(sets[i])}, len(sets)
			}
			diags = append(diags, d)
		}
		sw.Experiments = append(sw.Experiments, PlannedExperiment{Set: sets[i], Graph: res.Graph})
	}
	sw.Sources = firstSources(sources)
	return diags
}

// firstSources asks each in turn.
type firstSources []diag.Sources

func (s firstSources) Source(file string) ([]byte, bool) {
	for _, src := range s {
		if src == nil {
			continue
		}
		if b, ok := src.Source(file); ok {
			return b, true
		}
	}
	return nil, false
}

// pointText spells a point for people: "train.C=0.1 train.solver=saga".
func pointText(set []param.Setting) string {
	words := make([]string, len(set))
	for i, s := range set {
		words[i] = s.Name + "=" + s.Text
	}
	if len(words) == 0 {
		return "without overrides"
	}
	return strings.Join(words, " ")
}

// nameExperiments gives every experiment a name that no other has. A name that
// is made up depends on the pipeline and the point alone, so the same sweep
// has the same names again. A name that is given may be that of an experiment which
// this one goes on with.
func (p *Project) nameExperiments(sw *Sweep, given string, goesOn func(*exp.Row, *graph.Graph, string) bool) diag.List {
	rows, err := p.Experiments()
	if err != nil {
		return diag.List{{Code: "E-environment", Detail: err.Error() + "."}}
	}
	taken := map[string]*exp.Row{}
	for i := range rows {
		taken[rows[i].Name] = &rows[i]
	}
	mine := map[string]bool{}
	for i := range sw.Experiments {
		x := &sw.Experiments[i]
		switch {
		case given != "" && len(sw.Experiments) == 1:
			x.Name, x.given = given, true
		case given != "":
			x.Name, x.given = given+"-"+strconv.Itoa(i+1), true
		default:
			base := exp.GeneratedName(path.Clean(sw.Dir) + "\x00" + pointText(x.Set))
			x.Name = base
			for n := 2; mine[x.Name]; n++ {
				x.Name = base + "-" + strconv.Itoa(n)
			}
		}
		if row := taken[x.Name]; x.given && row != nil && !goesOn(row, x.Graph, sw.Dir) {
			return diag.List{{Code: "E-experiment-taken", Detail: fmt.Sprintf("An experiment is called %s already. Choose another name with -n, or remove that one: dewar exp rm %s.", x.Name, x.Name)}}
		}
		mine[x.Name] = true
	}
	if given == "" {
		return nil
	}
	return p.checkNames(slices.Sorted(maps.Keys(mine)))
}

// Selected returns the instances of the union that a run with these options is
// about, and those that are run even if up to date.
func (sw *Sweep) selected(o RunOptions) (ids []graph.ID, forced map[graph.ID]bool, of [][]graph.ID, err error) {
	chosenIDs := map[graph.ID]bool{}
	forced = map[graph.ID]bool{}
	of = make([][]graph.ID, len(sw.Experiments))
	for i := range sw.Experiments {
		own, force, err := chosen(sw.Experiments[i].Graph, o)
		if err != nil {
			return nil, nil, nil, err
		}
		of[i] = own
		for _, id := range own {
			chosenIDs[sw.Union.IDs[i][id]] = true
			if force[id] {
				forced[sw.Union.IDs[i][id]] = true
			}
		}
	}
	for i := range sw.Union.Graph.Instances {
		if chosenIDs[graph.ID(i)] {
			ids = append(ids, graph.ID(i))
		}
	}
	if ids == nil {
		ids = []graph.ID{}
	}
	return ids, forced, of, nil
}

// Instances returns how many instances a run of the sweep is about.
func (sw *Sweep) Instances(o RunOptions) (int, error) {
	ids, _, _, err := sw.selected(o)
	return len(ids), err
}

// id names the sweep.
func (sw *Sweep) id(p *Project) string {
	w := digest.NewWriter()
	fmt.Fprintf(w, "%d %s", p.host.Now().UnixNano(), sw.Dir)
	for i := range sw.Experiments {
		fmt.Fprintf(w, "\n%s", pointText(sw.Experiments[i].Set))
	}
	return w.Digest().Short()
}

// apartFromWorkspace refuses an action that an experiment cannot have.
func apartFromWorkspace(x *graph.Instance) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "E-experiment-isolation", Span: x.Span, Subject: subject(x),
		Detail: fmt.Sprintf("%s has isolation = \"off\": its command works in the workspace itself, which experiments leave alone. Run it as part of the workspace with `dewar run`, or isolate it.", x.Ref()),
	}
}
