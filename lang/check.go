package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Check finds what is wrong with p without evaluating anything: references
// and calls to what does not exist, or does not exist yet where they stand, and
// circles.
//
// When it finds no errors, evaluating declarations on demand ends: no chain
// of references leads back to its beginning.
func Check(p *Pipeline, functions Functions) diag.List {
	c := newChecker(p, functions)
	for _, b := range slices.Concat(p.Params, p.Data, p.Toolchains, p.Stages, p.Modules, p.Experiments, p.Outputs, p.Functions) {
		c.block(b, b.Subject(), c.decls[b.Kind][b.Name], nil)
	}
	if p.Settings != nil {
		c.block(p.Settings, p.Settings.Subject(), nil, nil)
	}
	for _, a := range p.Locals {
		c.expression(place{kind: "locals", attr: a, subject: "local." + a.Name, from: c.decls["local"][a.Name]})
	}
	return append(c.ds, circles(c.all)...)
}

// decl is something that references can name.
type decl struct {
	kind  string // "local", "data", "toolchain", "stage", "module", "function"; params refer to nothing
	name  string
	id    int    // among all that can refer to others; -1: param
	block *Block // nil for locals
	edges []edge
}

func (d *decl) address() string {
	if d.kind == "function" {
		return d.name + "()"
	}
	return d.kind + "." + d.name
}

// place is where an expression stands.
type place struct {
	kind    string // of the block
	attr    *Attr
	stage   *Block // the stage around it, if any
	subject string
	from    *decl // what the expression belongs to; nil if nothing can refer to it
}

type checker struct {
	ds        diag.List
	functions Functions            // those of the language
	funcs     map[string]*function // those of the pipeline
	names     []string             // of both, sorted
	decls     map[string]map[string]*decl
	all       []*decl
	suggested map[string]string // answers of nearest, by kind and name
	entries   map[entryID]*entrySet
}

func newChecker(p *Pipeline, functions Functions) *checker {
	c := &checker{
		functions: functions,
		decls:     make(map[string]map[string]*decl),
		suggested: make(map[string]string),
		entries:   make(map[entryID]*entrySet),
	}
	for name := range functions.Names {
		c.names = append(c.names, name)
	}
	for _, kind := range []string{"param", "local", "data", "toolchain", "stage", "module", "function"} {
		c.decls[kind] = make(map[string]*decl)
	}
	for _, b := range p.Params {
		c.decls["param"][b.Name] = &decl{kind: "param", name: b.Name, id: -1, block: b}
	}
	for _, a := range p.Locals {
		c.add(&decl{kind: "local", name: a.Name})
	}
	for _, b := range slices.Concat(p.Data, p.Toolchains, p.Stages, p.Modules) {
		c.add(&decl{kind: b.Kind, name: b.Name, block: b})
	}
	c.declareFunctions(p.Functions)
	slices.Sort(c.names)
	return c
}

func (c *checker) add(d *decl) {
	d.id = len(c.all)
	c.all = append(c.all, d)
	c.decls[d.kind][d.name] = d
}

func (c *checker) block(b *Block, subject string, from *decl, stage *Block) {
	if b.Kind == "stage" || b.Kind == "module" {
		stage = b // what each belongs to
	}
	pl := place{kind: b.Kind, stage: stage, subject: subject, from: from}
	for _, a := range b.Attrs {
		if a.Name == "type" && (b.Kind == "param" || b.Kind == "function") || a.Name == "params" && b.Kind == "function" {
			continue // a type is no expression: its words have their own meaning
		}
		pl.attr = a
		c.expression(pl)
	}
	for _, inner := range b.Blocks {
		c.block(inner, subject, from, stage)
	}
}

func (c *checker) expression(pl place) {
	f := look(pl.attr.Expr)
	for i := range f.refs {
		c.ref(pl, &f.refs[i])
	}
	for _, call := range f.calls {
		c.call(pl, call)
	}
	for _, o := range f.objects {
		c.object(pl, o)
	}
}

func (c *checker) report(pl place, code string, at diag.Span, format string, args ...any) {
	c.ds = append(c.ds, diag.Diagnostic{Code: code, Detail: fmt.Sprintf(format, args...), Span: at, Subject: pl.subject})
}

func (c *checker) ref(pl place, r *Ref) {
	if pl.kind == "function" {
		c.inFunction(pl, r)
		return
	}
	switch r.Root {
	case "param", "local", "data", "stage", "module", "toolchain":
		c.global(pl, r)
	case "each":
		c.each(pl, r)
	case "inputs", "outputs", "metrics", "plots":
		c.own(pl, r)
	default:
		c.unknownRoot(pl, r)
	}
}

// global checks a reference to a declaration, and notes it as an edge.
func (c *checker) global(pl place, r *Ref) {
	if why := visible(pl.kind, pl.attr.Name, r.Root); why != "" {
		c.report(pl, "E-ref-scope", r.Span, "%s", why)
		return
	}
	if r.Indexed {
		c.report(pl, "E-ref-form", r.Span, "A %s is named with a dot: %s.", r.Root, orElse(written(r), r.Root+".NAME"))
		return
	}
	if r.Name == "" {
		c.report(pl, "E-ref-form", r.Span, "%q alone is no value: name one, as %s.NAME.", r.Root, r.Root)
		return
	}
	to := c.decls[r.Root][r.Name]
	if to == nil {
		c.unknownName(pl, r)
		return
	}
	if pl.from != nil && pl.from.id >= 0 && to.id >= 0 {
		pl.from.edges = append(pl.from.edges, edge{to: to, at: r.Span})
	}
	if r.Root == "module" && to != pl.from {
		c.moduleRef(pl, r, to.block)
	}
	if r.Root == "stage" && to != pl.from { // to itself is wrong in any form; circles says so
		c.stageRef(pl, r, to.block)
	}
}

// written is how an indexed name should have been written.
func written(r *Ref) string {
	if validName(r.Name) {
		return r.Address()
	}
	return ""
}

func (c *checker) unknownName(pl place, r *Ref) {
	detail := fmt.Sprintf("There is no %s %q.", r.Root, r.Name)
	if best := c.nearest(r.Root, r.Name); best != "" {
		detail += fmt.Sprintf(" Did you mean %q?", best)
	} else if kind := c.kindOf(r.Name); kind != "" {
		detail += fmt.Sprintf(" Did you mean %s.%s?", kind, r.Name)
	} else if len(c.decls[r.Root]) == 0 {
		detail += fmt.Sprintf(" The pipeline declares no %s at all.", r.Root)
	}
	c.report(pl, "E-ref-unknown", r.Span, "%s", detail)
}

// kindOf returns the kind of declaration that has this name, or "".
func (c *checker) kindOf(name string) string {
	for _, kind := range roots {
		if c.decls[kind][name] != nil {
			return kind
		}
	}
	return ""
}

// nearest is nearest among the declarations of a kind. Answers are kept: a
// missing declaration may be asked for in a thousand places.
func (c *checker) nearest(kind, name string) string {
	id := kind + "." + name
	best, known := c.suggested[id]
	if known || len(c.suggested) > 100 {
		return best
	}
	names := make([]string, 0, len(c.decls[kind]))
	for n := range c.decls[kind] {
		names = append(names, n)
	}
	slices.Sort(names)
	best = Nearest(name, names)
	c.suggested[id] = best
	return best
}

// constants is how words that are constants in other languages are written here.
var constants = map[string]string{
	"True": "true", "TRUE": "true", "yes": "true", "Yes": "true", "on": "true", "On": "true",
	"False": "false", "FALSE": "false", "no": "false", "No": "false", "off": "false", "Off": "false",
	"None": "null", "nil": "null", "NULL": "null", "Null": "null",
}

func (c *checker) unknownRoot(pl place, r *Ref) {
	detail := fmt.Sprintf("There is nothing called %q.", r.Root)
	kind := c.kindOf(r.Root)
	best, elsewhere := Nearest(r.Root, roots), rootElsewhere(r.Root, r.Name)
	switch {
	case r.Name == "" && constants[r.Root] != "":
		detail += fmt.Sprintf(" Write %s.", constants[r.Root])
	case kind != "":
		detail += fmt.Sprintf(" Did you mean %s.%s?", kind, r.Root)
	case elsewhere != "":
		detail += " " + elsewhere
	case r.Name == "" && c.funcs[r.Root] != nil:
		detail += fmt.Sprintf(" The function of this name is called with its arguments: %s.", Signature(r.Root, c.funcs[r.Root].params))
	case r.Inside && r.Name == "" && (best == "" || shellName(r.Root)):
		detail += fmt.Sprintf(" If this is a variable of the shell, write $${%s}.", r.Root)
	case best != "":
		detail += fmt.Sprintf(" Did you mean %q?", best)
	case r.Name == "":
		detail += fmt.Sprintf(" If a text is meant, put it in quotes: %q.", r.Root)
	default:
		detail += " References begin with " + strings.Join(roots, ", ") + "."
	}
	c.report(pl, "E-ref-unknown", r.Span, "%s", detail)
}

// shellName reports whether s looks like a variable of the environment.
func shellName(s string) bool {
	return strings.ToUpper(s) == s && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

func (c *checker) call(pl place, call Call) {
	if f := c.funcs[call.Name]; f != nil {
		c.ownCall(pl, f, call)
		return
	}
	if c.functions.Names[call.Name] {
		return
	}
	detail := fmt.Sprintf("There is no function %q.", call.Name)
	switch best, instead := Nearest(call.Name, c.names), c.functions.instead(call.Name); {
	case instead != "":
		detail += " " + instead
	case best != "":
		detail += fmt.Sprintf(" Did you mean %q?", best)
	}
	c.report(pl, "E-function-unknown", call.Span, "%s", detail)
}

// object reports names that an object gives twice: hcl takes the last one.
func (c *checker) object(pl place, o *hclsyntax.ObjectConsExpr) {
	if len(o.Items) < 2 {
		return
	}
	first := make(map[string]hcl.Range, len(o.Items))
	for _, item := range o.Items {
		name := keyName(item.KeyExpr)
		if name == "" {
			continue
		}
		if at, twice := first[name]; twice {
			c.ds = append(c.ds, diag.Diagnostic{
				Code: "E-duplicate", Span: Span(item.KeyExpr.Range()), Subject: pl.subject,
				Detail: fmt.Sprintf("The object gives %q twice. Rename or remove one.", name),
				Notes:  []diag.Note{{Span: Span(at), Text: "given first here"}},
			})
			continue
		}
		first[name] = item.KeyExpr.Range()
	}
}
