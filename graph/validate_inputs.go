package graph

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// plainInputs finds paths of the workspace that are made by an instance: such
// an input would silently read what an earlier run left there.
func (v *validator) plainInputs() {
	made := map[string]*declared{} // by path of the input; nil: nothing makes it
	for i := range v.g.Instances {
		x := &v.g.Instances[i]
		for j := range x.Inputs {
			in := &x.Inputs[j]
			if in.Kind != Workspace {
				continue
			}
			if x.Isolation == IsolationOff && under(in.Path, External) {
				v.externalOff(ID(i), in)
				continue
			}
			d, known := made[in.Path]
			if !known {
				d = v.maker(in.Path)
				made[in.Path] = d
			}
			if d != nil {
				v.plainInput(ID(i), in, *d)
			}
		}
	}
}

// maker returns the output that is p, lies around it or inside it.
func (v *validator) maker(p string) *declared {
	for dir := p; ; dir = path.Dir(dir) {
		if i, ok := v.byPath[dir]; ok {
			return &v.outputs[i]
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	at := sort.Search(len(v.outputs), func(i int) bool {
		return comparePaths(rooted(v.out(v.outputs[i]).Path), rooted(p)) >= 0
	})
	if at < len(v.outputs) && under(rooted(v.out(v.outputs[at]).Path), rooted(p)) {
		return &v.outputs[at]
	}
	return nil
}

func (v *validator) plainInput(id ID, in *Input, d declared) {
	o := v.out(d)
	detail := ""
	switch {
	case d.id == id && under(rooted(o.Path), rooted(in.Path)) && in.Path != o.Path:
		detail = fmt.Sprintf("%s is %q, and %s of the same stage, %q, lies inside it. What a stage makes cannot be part of what it reads: give the output another path, or name what it reads in %s more closely.", in.Label, in.Path, v.name(d), o.Path, in.Path)
	case v.stage(d.id) == v.stage(id) && d.id == id:
		detail = fmt.Sprintf("%s is %q, and %s of the same stage is %q. What a stage makes cannot be its own input; to start from what it made before, declare the output with persist = true.", in.Label, in.Path, v.name(d), o.Path)
	case in.Path == o.Path:
		detail = fmt.Sprintf("%q is made by %s. Write %s instead of the path: then it is made first, and this stage runs again when it changes.", in.Path, v.g.ref(d.id), v.reference(d))
	case under(in.Path, o.Path):
		detail = fmt.Sprintf("%q lies inside %q, which is made by %s. Write \"${%s}/%s\" instead of the path.", in.Path, o.Path, v.g.ref(d.id), v.reference(d), in.Path[len(o.Path)+1:])
	default:
		detail = fmt.Sprintf("%q contains %q, which is made by %s. Write %s for that part, and list the rest of the directory by itself.", in.Path, o.Path, v.g.ref(d.id), v.reference(d))
	}
	v.report(v.template(id)+" "+in.Label+" "+v.template(d.id)+" "+v.name(d), id, diag.Diagnostic{
		Code:   "E-input-is-output",
		Detail: detail,
		Span:   in.Span,
		Notes:  []diag.Note{{Span: o.Span, Text: "the output is declared here"}},
	})
}

// reference returns what to write for an output in a pipeline. An output of a
// list has a number for a name.
func (v *validator) reference(d declared) string {
	o := v.out(d)
	stage := "stage." + v.stage(d.id)
	if module, inside, ok := strings.Cut(v.stage(d.id), "/"); ok {
		module, _, _ = strings.Cut(module, "@")
		return fmt.Sprintf("module.%s.outputs.NAME, for an output block in its pipeline that is %s.%s of %s,", module, o.Group, o.Name, inside)
	}
	if v.g.Instances[d.id].Key != "" {
		stage += "[*]"
	}
	name := "." + o.Name
	if strings.Trim(o.Name, "0123456789") == "" {
		name = "[" + o.Name + "]"
	}
	return stage + "." + string(o.Group) + name
}

// withinInstance compares the places of inputs and outputs in one input root.
func (v *validator) withinInstance(id ID) {
	x := &v.g.Instances[id]
	if len(x.Outputs) == 0 || len(x.Inputs) == 0 {
		return
	}
	ats := make([]int, len(x.Inputs))
	for i := range ats {
		ats[i] = i
	}
	slices.SortStableFunc(ats, func(a, b int) int { return comparePaths(rooted(x.Inputs[a].At), rooted(x.Inputs[b].At)) })
	for n := range x.Outputs {
		v.outputAmongInputs(id, declared{id, n}, ats)
	}
}

func (v *validator) outputAmongInputs(id ID, d declared, sorted []int) {
	x, o := &v.g.Instances[id], v.out(d)
	compare := func(i int, p string) int { return comparePaths(rooted(x.Inputs[sorted[i]].At), rooted(p)) }
	find := func(p string) *Input {
		i := sort.Search(len(sorted), func(i int) bool { return compare(i, p) >= 0 })
		if i < len(sorted) && (x.Inputs[sorted[i]].At == p || p == o.At && under(rooted(x.Inputs[sorted[i]].At), rooted(p))) {
			return &x.Inputs[sorted[i]]
		}
		return nil
	}
	for p := o.At; ; p = path.Dir(p) {
		if in := find(p); in != nil {
			v.overlap(id, d, in)
			return
		}
		if p == "." || p == "/" {
			return
		}
	}
}

func (v *validator) overlap(id ID, d declared, in *Input) {
	o := v.out(d)
	if in.Kind == Workspace && v.maker(in.Path) != nil && (under(in.Path, o.Path) || under(o.Path, in.Path)) {
		return // said by plainInputs
	}
	diagnostic := diag.Diagnostic{
		Code: "E-output-in-input",
		Detail: fmt.Sprintf("%s is made at %q, inside %s at %q. Inputs are read-only: move the output, or list the files of the input one by one.",
			v.name(d), o.At, in.Label, in.At),
		Span:  o.Span,
		Notes: []diag.Note{{Span: in.Span, Text: "the input is declared here"}},
	}
	if o.At == in.At {
		diagnostic.Code = "E-output-is-input"
		diagnostic.Detail = fmt.Sprintf("%s and %s are both at %q. A command cannot overwrite what it reads: give the output another path, or declare it with persist = true and without the input.", v.name(d), in.Label, o.At)
	} else if under(in.At, o.At) {
		diagnostic.Code = "E-input-in-output"
		diagnostic.Detail = fmt.Sprintf("%s at %q lies inside %s at %q, and would become part of the output. Move one of them.", in.Label, in.At, v.name(d), o.At)
	}
	v.report(v.template(id)+" "+v.name(d)+" "+in.Label, id, diagnostic)
}

// cycles reports each cycle with the places that make it.
func (v *validator) cycles() {
	for i := range v.g.Instances {
		if !v.soundEdges(&v.g.Instances[i]) {
			panic("graph.Validate: " + v.g.ref(ID(i)) + " depends on an instance that is not there")
		}
	}
	for _, c := range v.g.Edges().Cycles() {
		var stages, refs []string
		d := diag.Diagnostic{Code: "E-cycle", Span: v.g.Instances[c[0]].Span}
		for i, id := range c {
			next := c[(i+1)%len(c)]
			stages = append(stages, v.stage(id))
			refs = append(refs, v.g.ref(id))
			d.Notes = append(d.Notes, v.edgeNote(id, next))
		}
		refs = append(refs, v.g.ref(c[0]))
		d.Detail = strings.Join(refs, " waits for ") + ". None of them can begin: remove one of these references."
		slices.Sort(stages)
		v.report(strings.Join(stages, " "), c[0], d)
	}
}

func (v *validator) soundEdges(x *Instance) bool {
	n := ID(len(v.g.Instances))
	for i := range x.Inputs {
		if x.Inputs[i].Kind == Artifact && (x.Inputs[i].From < 0 || x.Inputs[i].From >= n) {
			return false
		}
	}
	return !slices.ContainsFunc(x.After, func(id ID) bool { return id < 0 || id >= n })
}

func (v *validator) edgeNote(id, dep ID) diag.Note {
	x := &v.g.Instances[id]
	for i := range x.Inputs {
		if in := &x.Inputs[i]; in.Kind == Artifact && in.From == dep {
			return diag.Note{Span: in.Span, Text: fmt.Sprintf("%s of %s is made by %s", in.Label, v.g.ref(id), v.g.ref(dep))}
		}
	}
	return diag.Note{Span: x.Span, Text: fmt.Sprintf("%s has %s in depends_on", v.g.ref(id), v.stage(dep))}
}

// externalOff says that external data is not in the workspace, where a stage
// without isolation works.
func (v *validator) externalOff(id ID, in *Input) {
	v.report(in.Data, id, diag.Diagnostic{
		Severity: diag.Error, Code: "E-data-external", Span: in.Span,
		Detail: fmt.Sprintf("data.%s lies outside of the project, and stage %q works in the workspace itself (isolation = \"off\"), where it is not. Isolate the stage: it sees the data then.", in.Data, v.stage(id)),
	})
}
