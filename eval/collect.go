package eval

import (
	"fmt"
	"path"
	"reflect"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// collection is the value of collect(…): paths that are to stand in one directory. It is
// no text before an entry of inputs has said where that directory is, so it is a
// capsule, which nothing else takes. The paths in it keep their marks.
type collection struct {
	names []string // given by hand; nil: they come from the paths
	paths []cty.Value
	below cty.Value // the directory that names are relative to; NilVal: the pipeline's
}

var collectionType = cty.Capsule("collected", reflect.TypeFor[collection]())

// collectAt is where collected directories stand in the input root.
const collectAt = ".dewar/collect"

// collectExpr is a call of collect. As a function its arguments would be walked
// several times by cty.
type collectExpr struct {
	hclsyntax.Expression
	of    hclsyntax.Expression
	below hclsyntax.Expression // nil if it is not given
	view  view
}

func (e *collectExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.view.points {
		return cty.DynamicVal, outOfPlace(e.Range(), "collect")
	}
	v, ds := e.of.Value(ctx)
	if ds.HasErrors() {
		return cty.DynamicVal, ds
	}
	bare, marks := v.Unmark()
	if !bare.IsKnown() {
		return cty.DynamicVal.WithMarks(marks), ds
	}
	c := &collection{}
	if e.below != nil {
		below, more := e.below.Value(ctx)
		if ds = append(ds, more...); ds.HasErrors() || !below.IsKnown() {
			return cty.DynamicVal, ds
		}
		c.below = below
	}
	switch {
	case wholeInstance(bare):
		return cty.DynamicVal, fault("E-collect", e.of.Range(), nil, "collect takes paths, and this is an instance of a stage. Say what of it, as collect([stage.merge.outputs.table]).")
	case !bare.IsNull() && isList(bare.Type()):
		c.paths = flattened(nil, v)
	case !bare.IsNull() && isObject(bare.Type()) && e.below == nil:
		m := bare.AsValueMap()
		c.names = []string{}
		for _, n := range sortedNames(m) {
			if !m[n].IsNull() {
				c.names, c.paths = append(c.names, n), append(c.paths, m[n].WithMarks(marks))
			}
		}
	case !bare.IsNull() && isObject(bare.Type()):
		return cty.DynamicVal, fault("E-collect", e.below.Range(), nil, "An object gives what is collected names of its own, so that there is no directory for names to be relative to. Leave it out, or collect a list.")
	default:
		return cty.DynamicVal, fault("E-collect", e.of.Range(), nil, "collect takes a list of paths, as stage.map[*].outputs.part, or an object { NAME = path, … }; this is %s.", kindOf(bare))
	}
	return cty.CapsuleVal(collectionType, c), ds
}

// outOfPlace says that a point cannot hold what is a matter of inputs.
func outOfPlace(at hcl.Range, name string) hcl.Diagnostics {
	return fault("E-collect", at, nil, "%s is for a stage's inputs and command. The points of a stage are made of plain values.", name)
}

// flattened adds the elements of a list, and of lists in it, to out.
func flattened(out []cty.Value, v cty.Value) []cty.Value {
	bare, marks := v.Unmark()
	if bare.IsNull() || !bare.IsKnown() || !isList(bare.Type()) {
		return append(out, v)
	}
	for it := bare.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if len(marks) > 0 { // cty would copy the marks of e for nothing
			e = e.WithMarks(marks)
		}
		out = flattened(out, e)
	}
	return out
}

// fanIn compiles collect and argfile, which are no plain functions.
func (c *compiler) fanIn(e *hclsyntax.FunctionCallExpr) (n hclsyntax.Expression, varies, ok bool) {
	switch {
	case e.ExpandFinal:
	case e.Name == "collect" && len(e.Args) == 1:
		n := &collectExpr{Expression: e, of: e.Args[0], view: c.view}
		varies = c.children(&n.of)
		return n, varies, true
	case e.Name == "collect" && len(e.Args) == 2:
		n := &collectExpr{Expression: e, of: e.Args[0], below: e.Args[1], view: c.view}
		varies = c.children(&n.of, &n.below)
		return n, varies, true
	case e.Name == "argfile" && len(e.Args) == 1:
		n := &argfileExpr{Expression: e, of: e.Args[0], view: c.view, name: c.argfileName(e), root: c.ev.asker(c.view).space.Root()}
		varies = c.children(&n.of)
		return n, varies, true
	}
	return nil, false, false
}

// collected is a collected directory as a stage's own expressions see it: the text
// of inputs.x carries it, so that argfile can list what is in it.
type collected struct {
	at      string   // in the input root
	members []string // in the order they were given
}

// collect puts a collection into the inputs: a directory, and in it each of its
// paths under its name.
func (ev *evaluator) collect(in *instance, s *slot, fr *frame, c *collection, at, label string, span diag.Span) bool {
	if at == "" {
		at = path.Join(ev.space.Root(), collectAt, placeName(strings.TrimPrefix(label, string(inputsGroup)+".")))
	}
	found, names, ok := ev.collectedInputs(fr, c, label, span)
	if !ok {
		return false
	}
	dir := &collected{at: at, members: make([]string, 0, len(found))}
	s.collected = append(s.collected, dir)
	s.paths = append(s.paths, at)
	in.depend(graph.Input{Label: label, At: at, Kind: graph.Collected, Span: span})
	seen := make(map[string]*graph.Input, len(found))
	for i := range found {
		x := &found[i]
		if other := seen[names[i]]; other != nil {
			if sameSource(other, x) {
				continue // the same thing twice
			}
			ev.errorf(fr, "E-collect", span, "Two things in %s are called %s: %s and %s. Give them names of their own, as collect({ NAME = path, … }).", label, quoteJSON(names[i]), quoteJSON(other.At), quoteJSON(x.At))
			return false
		}
		seen[names[i]] = x
	}
	if !ev.apart(fr, c, names, seen, label, span) {
		return false
	}
	for i := range found {
		if seen[names[i]] != &found[i] {
			continue
		}
		x := found[i]
		x.At = path.Join(at, names[i])
		in.depend(x)
		dir.members = append(dir.members, x.At)
	}
	return true
}

// collectedInputs says what each path of a collection is, and what it is called there.
func (ev *evaluator) collectedInputs(fr *frame, c *collection, label string, span diag.Span) (found []graph.Input, names []string, ok bool) {
	found = make([]graph.Input, 0, len(c.paths))
	for i, v := range c.paths {
		if isFile(v) {
			v = v.GetAttr("path")
		}
		bare, marks := v.Unmark()
		if bare.IsNull() || bare.Type() != cty.String {
			what := fmt.Sprintf("Element %d", i)
			if c.names != nil {
				what = quoteJSON(c.names[i])
			}
			ev.errorf(fr, "E-collect", span, "%s of the collection is %s", what, noMember(bare))
			return nil, nil, false
		}
		if argfileIn(marks, bare.AsString(), ev.dir) != nil {
			ev.errorf(fr, "E-collect", span, "A file of arguments is made for the command alone and cannot be collected. Make it an input of its own: inputs = { NAME = argfile([…]) }.")
			return nil, nil, false
		}
		x, ok := ev.resolveInput(fr, bare.AsString(), marks, label, span)
		if !ok {
			return nil, nil, false
		}
		if _, external := space.Within(graph.External, x.Path); external {
			ev.errorf(fr, "E-collect", span, "%s lies outside of the project and is never copied, so that it cannot be part of a collection, which is. Make it an input of its own: inputs = { raw = data.NAME }.", quoteJSON(x.Path))
			return nil, nil, false
		}
		x.Reference = false // what is collected is one tree of the store
		found = append(found, x)
	}
	if c.names == nil {
		names, ok := ev.pathNames(fr, c, found, label, span)
		return found, names, ok
	}
	for _, n := range c.names {
		if p, err := fs.CleanProjectPath(collectAt, n); err != nil || p != collectAt+"/"+n || tooLong(p) != "" || !fs.IsNFC(n) {
			ev.errorf(fr, "E-collect", span, "A name in a collection is a path inside of it, as \"a.json\" or \"a/b.json\"; %s is none.", quoteJSON(n))
			return nil, nil, false
		}
	}
	return found, c.names, true
}

// noMember says what a value is that cannot be collected.
func noMember(v cty.Value) string {
	if wholeInstance(v) {
		return "an instance of a stage. Say what of it, as collect(stage.map[*].outputs.part)."
	}
	return kindOf(v) + ". What is collected are paths: of artifacts, of tracked data, or of files."
}

// pathNames calls each input by its path: from the directory that was given, or from
// that of the pipeline, as the pipeline itself writes it. A name does not depend on
// what else is collected, so that a command finds a file where it found it before.
func (ev *evaluator) pathNames(fr *frame, c *collection, found []graph.Input, label string, span diag.Span) ([]string, bool) {
	base, given := ev.dir, c.below != cty.NilVal
	if given {
		bare, marks := c.below.Unmark()
		if !ev.public(marks, fr, span, label) {
			return nil, false
		}
		if bare.IsNull() || bare.Type() != cty.String {
			ev.errorf(fr, "E-collect", span, "The second argument of collect is a directory, as data.images or \"build\"; this is %s.", kindOf(bare))
			return nil, false
		}
		var ok bool
		if base, _, ok = ev.path(fr, bare.AsString(), span, "The directory of "+label); !ok {
			return nil, false
		}
	}
	names := make([]string, len(found))
	for i := range found {
		sub, in := space.Within(base, found[i].At)
		if in && sub != "" {
			names[i] = sub
			continue
		}
		if given {
			ev.errorf(fr, "E-collect", span, "%s does not lie in %s, which names in the collection are relative to.", quoteJSON(found[i].At), quoteJSON(base))
			return nil, false
		}
		names[i] = ev.space.Bare(found[i].At)
	}
	return names, true
}

// apart checks that no name given by hand lies inside another.
func (ev *evaluator) apart(fr *frame, c *collection, names []string, seen map[string]*graph.Input, label string, span diag.Span) bool {
	if c.names == nil {
		return true // paths that are one inside the other are one tree
	}
	for _, n := range names {
		for dir := range space.Around(path.Dir(n)) {
			if seen[dir] != nil {
				ev.errorf(fr, "E-collect", span, "In %s, %s lies inside %s, which is something else. Choose other names.", label, quoteJSON(n), quoteJSON(dir))
				return false
			}
		}
	}
	return true
}

// placeName makes the name of an input the name of a directory.
func placeName(s string) string {
	s = grid.EncodeValue(s)
	if strings.Trim(s, ".") == "" {
		s = strings.ReplaceAll(s, ".", "%2E")
	}
	return s
}
