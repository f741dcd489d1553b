package eval

import (
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// What stages refer to: params, locals, data, toolchains and the settings of the
// pipeline. Each is evaluated when it is first asked for.

// param returns the value of a param.
func (ev *evaluator) param(name string) (cty.Value, bool) {
	if v, ok := ev.values[name]; ok {
		return v, true
	}
	b := ev.byParam[name]
	if b == nil || b.Broken {
		return cty.DynamicVal, false
	}
	v := b.Value
	if b.Sensitive {
		v = markLeaves(v, sensitiveMark{name})
	}
	ev.values[name] = v
	return v, true
}

// markLeaves marks the scalars in v, and what holds none.
func markLeaves(v cty.Value, mark any) cty.Value {
	t := v.Type()
	if v.IsNull() || !v.IsKnown() || !v.CanIterateElements() || v.LengthInt() == 0 {
		return v.Mark(mark)
	}
	if t.IsObjectType() || t.IsMapType() {
		m := v.AsValueMap()
		for n, e := range m {
			m[n] = markLeaves(e, mark)
		}
		if t.IsMapType() {
			return cty.MapVal(m)
		}
		return cty.ObjectVal(m)
	}
	list := v.AsValueSlice()
	for i, e := range list {
		list[i] = markLeaves(e, mark)
	}
	switch {
	case t.IsListType():
		return cty.ListVal(list)
	case t.IsSetType():
		return v.Mark(mark)
	}
	return cty.TupleVal(list)
}

// local is one local value, under each view it was asked for.
type local struct {
	attr  *lang.Attr
	views map[view]*localValue
}

type localValue struct {
	state state
	v     cty.Value
}

func (ev *evaluator) local(name string, vw view) (cty.Value, bool) {
	l := ev.locals[name]
	if l == nil {
		return cty.DynamicVal, false
	}
	lv := l.views[vw]
	if lv == nil {
		lv = &localValue{state: working}
		l.views[vw] = lv
		v, ok := ev.compile(l.attr.Expr, nil, vw, "local."+name).value()
		lv.v, lv.state = v, good
		if !ok {
			lv.state = failed
		}
	}
	if lv.state == working {
		panic("eval.local: local." + name + " refers to itself, which lang.Check refuses")
	}
	return lv.v, lv.state == good
}

// readsStages reports whether an expression asks for stages, by itself or through
// locals: such a local is evaluated when stages are.
func (ev *evaluator) readsStages(e hcl.Expression) bool {
	for _, r := range lang.Refs(e) {
		if r.Root == "stage" {
			return true
		}
		if l := ev.locals[r.Name]; r.Root == "local" && l != nil && ev.readsStages(l.attr.Expr) {
			return true
		}
	}
	return false
}

// data is a data block.
type data struct {
	block *lang.Block
	state state
	path  string
	dir   bool
}

func (ev *evaluator) dataBlock(i int) *data {
	d := &ev.data[i]
	if d.state != waiting {
		return d
	}
	d.state = failed
	a := d.block.Attr("path")
	s, ok := ev.constant(d.block, "path")
	if !ok {
		return d
	}
	p, slash, ok := ev.path(nil, s, a.Span, "The data")
	if !ok {
		return d
	}
	d.path, d.dir, d.state = p, slash, good
	if info, err := ev.req.Read.Lstat(p); err == nil {
		d.dir = info.IsDir()
	}
	return d
}

// dataPath returns data.x: the path, which carries the data's mark.
func (ev *evaluator) dataPath(name string, vw view) (cty.Value, bool) {
	i, ok := ev.byData[name]
	if !ok {
		return cty.DynamicVal, false
	}
	d := ev.dataBlock(i)
	if d.state != good {
		return cty.DynamicVal, false
	}
	return cty.StringVal(rel(vw.base, d.path)).Mark(dataMark{int32(i)}), true
}

// toolchain is a toolchain block.
type toolchain struct {
	block *lang.Block
	state state
	out   graph.Toolchain
	value cty.Value
}

func (ev *evaluator) toolchain(name string) (cty.Value, bool) {
	t := ev.toolchains[name]
	if t == nil {
		return cty.DynamicVal, false
	}
	if t.state == waiting {
		t.state = failed
		if ev.toolchainBlock(t) {
			t.state = good
		}
		t.value = cty.CapsuleVal(toolchainType, &t.out.Name)
	}
	return t.value, t.state == good
}

func (ev *evaluator) toolchainBlock(t *toolchain) bool {
	b := t.block
	t.out = graph.Toolchain{Name: b.Name, Span: b.Span}
	at := ev.attrs(b, nil, view{base: ev.dir})
	kind, ok1 := at.text("kind", "")
	p, ok2 := at.text("path", "")
	files, ok3 := at.texts("files")
	share, ok4 := at.flag("share", false)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return false
	}
	t.out.Kind, t.out.Path, t.out.Files, t.out.Share = kind, p, files, share
	switch {
	case kind != "python" && kind != "files" && kind != "":
		ev.errorf(nil, "E-toolchain-form", b.Attr("kind").Span, "There is no toolchain of kind %q. The kinds are python and files.", kind)
		return false
	case kind == "files" && len(files) == 0:
		ev.errorf(nil, "E-toolchain-form", b.Span, "A toolchain of kind files needs files = [\"/opt/…\"]: absolute paths or globs of the host.")
		return false
	case kind == "python" && len(files) > 0, kind == "files" && p != "":
		ev.errorf(nil, "E-toolchain-form", b.Span, "path belongs to kind python, files to kind files.")
		return false
	}
	for _, f := range files {
		if !strings.HasPrefix(f, "/") {
			ev.errorf(nil, "E-toolchain-form", b.Attr("files").Span, "%q is not absolute. The files of a toolchain are the host's; files of the project are inputs.", f)
			return false
		}
	}
	sort.Strings(t.out.Files)
	if p != "" && !strings.HasPrefix(p, "/") {
		clean, err := fs.CleanProjectPath(ev.dir, p)
		if err != nil {
			ev.errorf(nil, "E-path-escape", b.Attr("path").Span, "A toolchain lies inside the project or has an absolute path; %v.", err)
			return false
		}
		t.out.Path = clean
	}
	return true
}

// settings are those of the pipeline block.
type settings struct {
	shell      []string
	isolation  graph.Isolation
	toolchains []string
}

func (ev *evaluator) pipelineSettings() {
	ev.settings = settings{shell: []string{"/bin/sh", "-eu"}, isolation: graph.IsolationProject}
	b := ev.pipe.Settings
	if b == nil {
		return
	}
	at := ev.attrs(b, nil, view{base: ev.dir})
	if at.has("shell") {
		shell, ok := at.texts("shell")
		if ok && len(shell) == 0 {
			ev.errorf(nil, "E-attribute-value", b.Attr("shell").Span, "The shell needs a program: shell = [\"/bin/bash\", \"-eu\"].")
		}
		ev.settings.shell = shell
	}
	ev.settings.isolation = at.isolation(graph.IsolationProject)
	ev.settings.toolchains = at.toolchains(nil)
}

// constant returns a required text attribute of a block outside stages.
func (ev *evaluator) constant(b *lang.Block, name string) (string, bool) {
	return ev.attrs(b, nil, view{base: ev.dir}).text(name, "")
}

// validations evaluates the conditions that params must meet.
func (ev *evaluator) validations() {
	for _, b := range ev.pipe.Params {
		for _, v := range b.Blocks {
			ev.validation(b, v)
		}
	}
}

func (ev *evaluator) validation(b, v *lang.Block) {
	c, e := v.Attr("condition"), v.Attr("error")
	if c == nil || e == nil {
		return
	}
	vw := view{base: ev.dir}
	x := ev.compile(c.Expr, nil, vw, b.Subject())
	cond, ok := x.value()
	if !ok {
		return
	}
	cond, _ = cond.UnmarkDeep()
	switch {
	case !cond.IsKnown():
		return
	case cond.IsNull() || cond.Type() != cty.Bool:
		ev.errorf(nil, "E-condition", lang.Span(c.Expr.Range()), "The condition is %s. It must be true or false.", kind(cond.Type()))
		return
	case cond.True():
		return
	}
	msg, ok := ev.message(e, b)
	if !ok {
		return
	}
	ev.reports.add(diag.Diagnostic{
		Code: "E-param-invalid", Span: lang.Span(c.Expr.Range()), Subject: b.Subject(),
		Detail: msg, Notes: ev.whereFrom(c), Values: x.values(),
	}, nil)
}

// message evaluates the error text of a validation.
func (ev *evaluator) message(a *lang.Attr, b *lang.Block) (string, bool) {
	v, ok := ev.compile(a.Expr, nil, view{base: ev.dir}, b.Subject()).value()
	if !ok {
		return "", false
	}
	bare, marks := v.UnmarkDeep()
	if len(secrecy(marks)) > 0 {
		return "The value does not meet the condition. The message is not shown: it holds a sensitive value.", true
	}
	if !bare.IsKnown() || bare.IsNull() {
		return "The value does not meet the condition.", true
	}
	s, err := text(bare)
	if err != nil {
		ev.errorf(nil, "E-attribute-type", a.Span, "The error of a validation is a text; this is %s.", err)
		return "", false
	}
	return s, true
}

// whereFrom notes where the values that a condition reads were written.
func (ev *evaluator) whereFrom(c *lang.Attr) []diag.Note {
	var notes []diag.Note
	seen := map[diag.Span]bool{}
	for _, r := range lang.Refs(c.Expr) {
		b := ev.byParam[r.Name]
		if r.Root != "param" || b == nil {
			continue
		}
		for _, l := range b.Under(leafPath(b, r.Rest)) {
			if !l.Span.IsZero() && !seen[l.Span] && len(notes) < 4 {
				seen[l.Span] = true
				notes = append(notes, diag.Note{Span: l.Span, Text: b.LeafName(l) + " is from here"})
			}
		}
	}
	return notes
}

// leafPath turns the steps of a reference into a path inside a param, up to where
// the param has leaves.
func leafPath(b *param.Bound, steps hcl.Traversal) []string {
	var path []string
	for _, s := range steps {
		name := ""
		switch s := s.(type) {
		case hcl.TraverseAttr:
			name = s.Name
		case hcl.TraverseIndex:
			if s.Key.Type() == cty.String {
				name = s.Key.AsString()
			}
		}
		if name == "" {
			break
		}
		next := append(path[:len(path):len(path)], name)
		if len(b.Under(next)) == 0 {
			break
		}
		path = next
	}
	return path
}
