package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Functions are those of the language, of which lang knows the names.
type Functions struct {
	Names   map[string]bool
	Instead func(name string) string // what to write for a function that others have, or ""; nil: nothing is known of others
}

func (f Functions) instead(name string) string {
	if f.Instead == nil {
		return ""
	}
	return f.Instead(name)
}

// FunctionParam is one parameter of a function block.
type FunctionParam struct {
	Name     string
	Type     hcl.Expression // as a param's type; the call of optional is taken off
	Default  hcl.Expression // of an optional parameter; nil: null
	Optional bool
	Span     diag.Span // of name and type
}

// FunctionParams returns the parameters of a function block in the order of writing,
// which is that of the arguments, and what is wrong with how they are declared. Types
// are not looked at.
func FunctionParams(b *Block) ([]FunctionParam, diag.List) {
	a := b.Attr("params")
	if a == nil {
		return nil, nil
	}
	o, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil, diag.List{{
			Code: "E-function-params", Span: Span(a.Expr.Range()), Subject: b.Subject(),
			Detail: "params names the parameters and their types, in the order of the arguments: params = { base = number, decay = optional(number, 0.5) }.",
		}}
	}
	r := paramReader{block: b}
	for _, item := range o.Items {
		r.read(item)
	}
	return r.params, r.ds
}

// paramReader reads the parameters of one function.
type paramReader struct {
	block  *Block
	params []FunctionParam
	ds     diag.List
}

func (r *paramReader) fail(at hcl.Range, format string, args ...any) {
	r.ds = append(r.ds, diag.Diagnostic{Code: "E-function-params", Span: Span(at), Subject: r.block.Subject(), Detail: fmt.Sprintf(format, args...)})
}

func (r *paramReader) read(item hclsyntax.ObjectConsItem) {
	p := FunctionParam{
		Name: keyName(item.KeyExpr), Type: item.ValueExpr,
		Span: Span(hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range())),
	}
	if !validName(p.Name) || reserved(p.Name) {
		r.fail(item.KeyExpr.Range(), "The name of a parameter begins with a letter (a to z), and letters, digits, _ and - follow.")
		return
	}
	if slices.ContainsFunc(r.params, func(q FunctionParam) bool { return q.Name == p.Name }) {
		r.fail(item.KeyExpr.Range(), "There are two parameters %s. Rename or remove one.", p.Name)
		return
	}
	if call, hds := hcl.ExprCall(item.ValueExpr); !hds.HasErrors() && call.Name == "optional" {
		p.Optional = true
		if n := len(call.Arguments); n < 1 || n > 2 {
			r.fail(item.ValueExpr.Range(), "optional takes a type and, if what is left out is not to be null, a default: optional(number, 0.5).")
			return
		}
		p.Type = call.Arguments[0]
		if len(call.Arguments) == 2 {
			p.Default = call.Arguments[1]
		}
	}
	if n := len(r.params); n > 0 && r.params[n-1].Optional && !p.Optional {
		r.fail(item.KeyExpr.Range(), "%s must be given, and stands behind %s, which may be left out. Put it before, or make it optional too.", p.Name, r.params[n-1].Name)
	}
	r.params = append(r.params, p)
}

// Signature is how a function is called: lr(base, decay).
func Signature(name string, params []FunctionParam) string {
	words := make([]string, len(params))
	for i, p := range params {
		if words[i] = p.Name; p.Optional {
			words[i] = "[" + p.Name + "]"
		}
	}
	return name + "(" + strings.Join(words, ", ") + ")"
}

// function is a function of the pipeline as the checker knows it.
type function struct {
	decl   *decl
	params []FunctionParam
	broken bool // its parameters are wrong, so nobody knows how to call it
	names  map[string]bool
}

// declareFunctions takes in the functions of the pipeline, so that calls can be
// checked. builtin are those of the language.
func (c *checker) declareFunctions(blocks []*Block) {
	c.funcs = make(map[string]*function, len(blocks))
	for _, b := range blocks {
		if c.functions.Names[b.Name] {
			c.ds = append(c.ds, diag.Diagnostic{
				Code: "E-function-name", Span: b.Span, Subject: b.Subject(),
				Detail: fmt.Sprintf("%s is a function of the language. Take another name.", b.Name),
			})
			continue
		}
		d := &decl{kind: "function", name: b.Name, block: b}
		c.add(d)
		f := &function{decl: d, names: map[string]bool{}}
		var ds diag.List
		f.params, ds = FunctionParams(b)
		f.broken = ds.HasErrors()
		for _, p := range f.params {
			f.names[p.Name] = true
		}
		c.ds = append(c.ds, ds...)
		c.funcs[b.Name] = f
		c.names = append(c.names, b.Name)
	}
}

// inFunction checks a reference inside of a function: it sees its parameters alone.
func (c *checker) inFunction(pl place, r *Ref) {
	if pl.from == nil {
		return // it has the name of another function, which was said
	}
	f := c.funcs[pl.from.name]
	switch {
	case f.names[r.Root] && pl.attr.Name == "result", f.broken:
		return
	case pl.attr.Name != "result":
		c.report(pl, "E-ref-scope", r.Span, "The %s of a function is a text.", pl.attr.Name)
		return
	}
	var names []string
	for _, p := range f.params {
		names = append(names, p.Name)
	}
	for _, root := range roots {
		if r.Root == root {
			c.report(pl, "E-ref-scope", r.Span, "A function sees its parameters alone, so that it is the same wherever it is called. Make %s an argument: declare a parameter for it in params.", orElse(written(r), root))
			return
		}
	}
	detail := fmt.Sprintf("The function has no parameter %q.", r.Root)
	switch best := Nearest(r.Root, names); {
	case best != "":
		detail += fmt.Sprintf(" Did you mean %q?", best)
	case len(names) == 0:
		detail += fmt.Sprintf(" Declare it: params = { %s = any }.", r.Root)
	default:
		detail += " It has " + strings.Join(names, ", ") + "."
	}
	c.report(pl, "E-ref-unknown", r.Span, "%s", detail)
}

// ownCall checks a call of a function of the pipeline, and notes it as an edge if it
// stands in another one.
func (c *checker) ownCall(pl place, f *function, call Call) {
	if pl.from != nil && pl.from.kind == "function" {
		pl.from.edges = append(pl.from.edges, edge{to: f.decl, at: call.Span})
	}
	if f.broken || call.Spread {
		return
	}
	least := 0
	for _, p := range f.params {
		if !p.Optional {
			least++
		}
	}
	if call.Args >= least && call.Args <= len(f.params) {
		return
	}
	c.ds = append(c.ds, diag.Diagnostic{
		Code: "E-call", Span: call.Span, Subject: pl.subject,
		Detail: ArgumentCount(f.decl.name, f.params, call.Args),
		Notes:  []diag.Note{{Span: f.decl.block.Span, Text: "declared here"}},
	})
}

// ArgumentCount says that a call has too many or too few arguments.
func ArgumentCount(name string, params []FunctionParam, n int) string {
	given := fmt.Sprintf("%d arguments are", n)
	switch n {
	case 0:
		given = "none is"
	case 1:
		given = "1 argument is"
	}
	return fmt.Sprintf("The function is %s, and %s given here.", Signature(name, params), given)
}
