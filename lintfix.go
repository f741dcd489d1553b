package dewar

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/lint"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// mostRounds of fixes are made: one makes room for another, as when what only an
// unused local used is not used any more. Each that is refused may cost as many again.
const mostRounds = 20

// fix makes the edits of all fixes that hold what they promise, until there are no more,
// and writes the files.
func (r *linting) fix() error {
	r.refused = map[string]bool{}
	for _, dir := range r.o.Dirs {
		for n := 0; n < mostRounds*(1+len(r.refused)) && r.round(dir); n++ {
		}
	}
	if len(r.text) > 0 && r.o.Writing != nil {
		r.o.Writing()
	}
	for _, name := range slices.Sorted(maps.Keys(r.text)) {
		if err := r.p.rewriteFile(r.p.hostPath(name), r.read[name], r.text[name]); err != nil {
			return err
		}
		r.report.Changed = append(r.report.Changed, name)
	}
	r.read = map[string][]byte{}
	r.change(nil)
	return nil
}

// round makes fixes that a pipeline has now, and reports whether it made any.
func (r *linting) round(dir string) bool {
	found, _ := r.look(dir)
	var same, other []lint.Finding
	for _, f := range found {
		list := &other
		if f.Fix != nil && f.Fix.Same {
			list = &same
		}
		if f.Fix != nil && !r.refused[findingID(f)] && !overlaps(f, *list) { // else in the next round, if it is still there
			*list = append(*list, f)
		}
	}
	if len(same)+len(other) == 0 {
		return false
	}
	before := r.meanings(dir)
	return r.mend(dir, before, same) || r.mend(dir, before, other)
}

// mend makes fixes, all at once; if that goes wrong, all but those that go wrong by themselves. If every one
// does they are refused: before, what the others change may be what one of them needs. Where they go wrong only together,
// those of a half are made. It ends with the first that it made: places have moved.
func (r *linting) mend(dir string, before map[string]evaluated, fixes []lint.Finding) bool {
	if len(fixes) == 0 {
		return false
	}
	why := r.try(dir, before, fixes)
	if why == "" {
		return true
	}
	wrong := r.wrong(dir, before, fixes, why)
	if len(wrong) == len(fixes) {
		for _, w := range wrong {
			r.refused[findingID(w.Finding)] = true
		}
		r.report.Refused = append(r.report.Refused, wrong...)
		return false
	}
	good := slices.DeleteFunc(slices.Clone(fixes), func(f lint.Finding) bool {
		return slices.ContainsFunc(wrong, func(w LintRefused) bool { return w.Fix == f.Fix })
	})
	if len(wrong) > 0 {
		return r.mend(dir, before, good)
	}
	half := len(fixes) / 2
	return r.mend(dir, before, fixes[:half]) || r.mend(dir, before, fixes[half:])
}

// wrong returns those of fixes that go wrong by themselves. why is what goes wrong with all of them, "" if that is not known.
func (r *linting) wrong(dir string, before map[string]evaluated, fixes []lint.Finding, why string) []LintRefused {
	if why == "" {
		if _, why = r.probe(dir, before, fixes, lint.Apply); why == "" {
			return nil
		}
	}
	if len(fixes) == 1 {
		return []LintRefused{{LintFinding{dir, fixes[0]}, why}}
	}
	half := len(fixes) / 2
	first, second := r.wrong(dir, before, fixes[:half], ""), fixes[half:]
	if len(first) > 0 || len(second) == 1 {
		why = "" // it need not be because of the second half as well
	}
	return append(first, r.wrong(dir, before, second, why)...)
}

// overlaps reports whether a fix changes what one of others does, but not in the same way.
func overlaps(f lint.Finding, others []lint.Finding) bool {
	for _, o := range others {
		a, b := o.Fix.Edit, f.Fix.Edit
		if a != b && a.Span.File == b.Span.File && a.Span.Start.Byte < b.Span.End.Byte && b.Span.Start.Byte < a.Span.End.Byte {
			return true
		}
	}
	return false
}

// findingID tells findings apart, whatever lines were moved.
func findingID(f lint.Finding) string {
	return strings.Join([]string{f.Code, f.Span.File, f.Subject, f.Detail}, "\x00")
}

// try makes fixes, unless the pipelines would not mean what they should afterwards; it
// returns why. before is what they mean now.
func (r *linting) try(dir string, before map[string]evaluated, fixes []lint.Finding) (why string) {
	text, why := r.probe(dir, before, fixes, spliced)
	if why == "" {
		r.report.Fixed = append(r.report.Fixed, r.shown(dir, fixes)...)
		r.change(text)
	}
	return why
}

// probe finds out what is wrong with fixes, and what the text would be with them, as apply makes it.
func (r *linting) probe(dir string, before map[string]evaluated, fixes []lint.Finding, apply func([]byte, []lint.Edit) []byte) (text map[string][]byte, why string) {
	if before[dir].graph == nil {
		return nil, "the params have no values here, and it does not evaluate with made-up ones, so nobody can tell whether the pipeline would mean the same"
	}
	edits := map[string][]lint.Edit{}
	same := true
	for _, f := range fixes {
		same = same && f.Fix.Same
		file := f.Fix.Edit.Span.File
		edits[file] = append(edits[file], f.Fix.Edit)
	}
	old := r.text
	text = map[string][]byte{}
	maps.Copy(text, old)
	for file, list := range edits {
		src, err := r.ReadFile(file)
		if err != nil {
			return nil, "reading " + file + " failed"
		}
		text[file] = apply(src, list)
	}
	r.change(text)
	defer r.change(old)
	for _, other := range slices.Sorted(maps.Keys(before)) {
		was := before[other]
		after, ds := r.evaluate(other, was.set...)
		switch {
		case ds.HasErrors():
			return nil, "the pipeline would be broken afterwards: " + firstError(ds)
		case was.graph != nil && (after == nil || same && !sameMeaning(was.graph, after)):
			return nil, "the pipeline would mean something else afterwards"
		}
	}
	return text, ""
}

// evaluated is a pipeline before a change.
type evaluated struct {
	graph *graph.Graph
	set   []param.Setting // made-up values, where params have none
}

// meanings returns the graphs of a pipeline and of those that use modules: it may be one
// of theirs. Those that are broken already are left out. Params without values get
// made-up ones: what means the same whatever they are means the same for these.
func (r *linting) meanings(dir string) map[string]evaluated {
	out := map[string]evaluated{}
	for _, other := range r.all {
		pipe := r.load(other)
		if other != dir && len(pipe.Modules) == 0 {
			continue
		}
		g, ds := r.evaluate(other)
		if ds.HasErrors() {
			continue
		}
		e := evaluated{graph: g}
		if g == nil {
			e.set = madeUp(pipe)
			if e.graph, ds = r.evaluate(other, e.set...); ds.HasErrors() {
				e.graph = nil
			}
		}
		out[other] = e
	}
	return out
}

// madeUp returns values for the params of a pipeline.
func madeUp(pipe *lang.Pipeline) []param.Setting {
	var out []param.Setting
	for _, b := range pipe.Params {
		if a := b.Attr("type"); a != nil {
			if t, ds := param.ParseType(a.Expr); !ds.HasErrors() {
				out = append(out, param.Setting{Name: b.Name, Text: valueOf(t, true)})
			}
		}
	}
	return out
}

// valueOf returns a value of a type, as -p takes it. bare: a text stands by itself.
func valueOf(t param.Type, bare bool) string {
	switch t.Kind {
	case param.KindNumber, param.KindInt, param.KindAny:
		return "7"
	case param.KindFloat:
		return "0.7"
	case param.KindBool:
		return "true"
	case param.KindList, param.KindSet:
		return "[" + valueOf(*t.Elem, false) + "]"
	case param.KindMap:
		return "{ a = " + valueOf(*t.Elem, false) + " }"
	case param.KindTuple:
		elems := make([]string, len(t.Elems))
		for i, e := range t.Elems {
			elems[i] = valueOf(e, false)
		}
		return "[" + strings.Join(elems, ", ") + "]"
	case param.KindObject:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = strconv.Quote(f.Name) + " = " + valueOf(f.Type, false)
		}
		return "{ " + strings.Join(fields, ", ") + " }"
	}
	if bare {
		return "made-up"
	}
	return `"made-up"`
}

func firstError(ds diag.List) string {
	for _, d := range ds.Sorted() {
		if d.Severity == diag.Error {
			return d.Code + ", " + d.Detail
		}
	}
	return ""
}

// sameMeaning reports whether two graphs have the same instances, and so the same
// actions: what is said of order that follows from what is read does not count, nor do
// toolchains and data that no instance uses.
func sameMeaning(a, b *graph.Graph) bool { return meaning(a) == meaning(b) }

func meaning(g *graph.Graph) string {
	out := *g
	out.Instances = slices.Clone(g.Instances)
	out.Toolchains = nil
	used := map[string]bool{}
	for i := range out.Instances {
		x := &out.Instances[i]
		reads := map[graph.ID]bool{}
		for j := range x.Inputs {
			if x.Inputs[j].Kind == graph.Artifact {
				reads[x.Inputs[j].From] = true
			}
		}
		x.After = slices.DeleteFunc(slices.Clone(x.After), func(id graph.ID) bool { return reads[id] })
		for _, name := range x.Toolchains {
			used[name] = true
		}
	}
	for _, t := range g.Toolchains {
		if used[t.Name] {
			out.Toolchains = append(out.Toolchains, t)
		}
	}
	return graph.Dump(&out)
}

// spliced makes edits in a file. One in canonical form stays in it: a name that is gone
// may have been what the others were aligned to.
func spliced(src []byte, edits []lint.Edit) []byte {
	out := lint.Apply(src, edits)
	if was, err := lang.Format(src); err != nil || !bytes.Equal(was, src) {
		return out
	}
	if neat, err := lang.Format(out); err == nil {
		return neat
	}
	return out
}
