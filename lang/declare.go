package lang

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// declare sorts what the bodies of the files say into p.
func declare(p *Pipeline, bodies []*hclsyntax.Body) diag.List {
	d := &declarer{p: p, first: make(map[[2]string]diag.Span)}
	for _, body := range bodies {
		for _, a := range attributes(body) {
			d.strayAttribute(a)
		}
		for _, b := range body.Blocks {
			d.topLevel(b)
		}
	}
	return d.ds
}

// declarer is a declaration in progress.
type declarer struct {
	p     *Pipeline
	ds    diag.List
	first map[[2]string]diag.Span // by kind and name, where it is declared
}

func (d *declarer) report(x diag.Diagnostic) { d.ds = append(d.ds, x) }

func (d *declarer) topLevel(b *hclsyntax.Block) {
	spec := blockSpec(schema, b.Type)
	if spec == nil {
		d.unknownBlock(b, schema, "")
		return
	}
	if spec.NotYet != "" {
		d.notYet(spec.NotYet, "as a "+spec.Kind+" block", Span(b.TypeRange), "")
		return
	}
	out, ok := d.header(b, spec)
	if !ok {
		return
	}
	d.body(out, b.Body, spec)
	switch spec.Kind {
	case "pipeline":
		d.p.Settings = out
	case "param":
		d.p.Params = append(d.p.Params, out)
	case "locals":
		d.p.Locals = append(d.p.Locals, out.Attrs...)
	case "data":
		d.p.Data = append(d.p.Data, out)
	case "toolchain":
		d.p.Toolchains = append(d.p.Toolchains, out)
	case "stage":
		d.p.Stages = append(d.p.Stages, out)
	case "function":
		d.p.Functions = append(d.p.Functions, out)
	case "experiment":
		d.p.Experiments = append(d.p.Experiments, out)
	case "module":
		d.p.Modules = append(d.p.Modules, out)
	case "output":
		d.p.Outputs = append(d.p.Outputs, out)
	default:
		panic("lang.Load: no place for a block of kind " + spec.Kind)
	}
}

// header checks the words before the brace. It reports false if the block
// cannot be told from another.
func (d *declarer) header(b *hclsyntax.Block, spec *BlockSpec) (*Block, bool) {
	out := &Block{Kind: spec.Kind, Span: Span(b.DefRange())}
	if spec.Label != (len(b.Labels) == 1) || len(b.Labels) > 1 {
		d.report(diag.Diagnostic{Code: "E-block-label", Detail: labelAdvice(b, spec), Span: out.Span})
		return nil, false
	}
	if !spec.Label {
		return out, !spec.Once || d.unique(spec.Kind, "", out.Span, "")
	}
	out.Name = b.Labels[0]
	at := Span(b.LabelRanges[0])
	if !d.name(out.Name, at, out.Subject()) {
		return nil, false
	}
	return out, d.unique(spec.Kind, out.Name, out.Span, out.Subject()) && d.apart(out)
}

func labelAdvice(b *hclsyntax.Block, spec *BlockSpec) string {
	if spec.Label {
		return fmt.Sprintf("%s block has one name: %s \"NAME\" { … }.", article(spec.Kind), spec.Kind)
	}
	return fmt.Sprintf("%s block has no name: %s { … }.", article(spec.Kind), spec.Kind)
}

// unique reports a second declaration of one name, with both places.
func (d *declarer) unique(kind, name string, at diag.Span, subject string) bool {
	id := [2]string{kind, name}
	first, taken := d.first[id]
	if !taken {
		d.first[id] = at
		return true
	}
	what := fmt.Sprintf("There are two declarations of %s %q. Rename or remove one.", kind, name)
	if name == "" {
		what = fmt.Sprintf("A pipeline has one %s block, whatever the number of its files. Join the two.", kind)
	}
	d.report(diag.Diagnostic{
		Code: "E-duplicate", Detail: what, Span: at, Subject: subject,
		Notes: []diag.Note{{Span: first, Text: "declared first here"}},
	})
	return false
}

// body reads attributes and nested blocks of b, allowed ones only.
func (d *declarer) body(out *Block, body *hclsyntax.Body, spec *BlockSpec) {
	for _, a := range attributes(body) {
		if d.attribute(out, a, spec) {
			out.Attrs = append(out.Attrs, newAttr(a))
		}
	}
	for _, b := range body.Blocks {
		d.nested(out, b, spec)
	}
	d.required(out, body, spec)
}

func newAttr(a *hclsyntax.Attribute) *Attr {
	return &Attr{Name: a.Name, Expr: a.Expr, Span: Span(a.SrcRange), NameSpan: Span(a.NameRange)}
}

// attribute reports whether a may stand in a block of the kind.
func (d *declarer) attribute(out *Block, a *hclsyntax.Attribute, spec *BlockSpec) bool {
	at := Span(a.NameRange)
	if spec.Free {
		return d.name(a.Name, at, "local."+a.Name) && d.unique("local", a.Name, at, "local."+a.Name)
	}
	as := spec.attr(a.Name)
	if as == nil {
		detail := fmt.Sprintf("%s block has no attribute %q.", article(spec.Kind), a.Name)
		if nested := blockSpec(spec.Blocks, a.Name); nested != nil {
			detail = fmt.Sprintf("%q is a block: write it without =, as %s { … }.", a.Name, a.Name)
		} else {
			otherwise := ""
			if spec.Kind == "module" {
				otherwise = fmt.Sprintf(" What is for the module's own params stands in params = { %s = … }.", a.Name)
			}
			detail += orElse(didYouMean(a.Name, spec.attrNames()), otherwise)
		}
		d.report(diag.Diagnostic{Code: "E-attribute-unknown", Detail: detail, Span: at, Subject: out.Subject()})
		return false
	}
	if as.NotYet != "" {
		d.notYet(as.NotYet, "with the attribute "+a.Name, at, out.Subject())
		return false
	}
	return true
}

// keyName returns the name that an object's key expression stands for, or "".
func keyName(e hcl.Expression) string {
	if name := hcl.ExprAsKeyword(e); name != "" {
		return name
	}
	if k, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		e = k.Wrapped
	}
	if t, ok := e.(*hclsyntax.TemplateExpr); ok && t.IsStringLiteral() {
		v, _ := t.Value(nil)
		return v.AsString()
	}
	return ""
}

func (d *declarer) nested(out *Block, b *hclsyntax.Block, spec *BlockSpec) {
	inner := blockSpec(spec.Blocks, b.Type)
	if inner == nil {
		if spec.attr(b.Type) != nil {
			d.report(diag.Diagnostic{
				Code: "E-block-unknown", Span: Span(b.DefRange()), Subject: out.Subject(),
				Detail: fmt.Sprintf("%q is an attribute: write it with =, as %s = { … }.", b.Type, b.Type),
			})
			return
		}
		d.unknownBlock(b, spec.Blocks, out.Subject())
		return
	}
	if len(b.Labels) > 0 {
		d.report(diag.Diagnostic{Code: "E-block-label", Detail: labelAdvice(b, inner), Span: Span(b.DefRange()), Subject: out.Subject()})
		return
	}
	x := &Block{Kind: inner.Kind, Span: Span(b.DefRange())}
	d.body(x, b.Body, inner)
	out.Blocks = append(out.Blocks, x)
}

// required reports attributes that must be there and are not. It looks at the
// source, so that an attribute with another mistake is not missing as well; nor is one
// whose name is only spelled wrongly.
func (d *declarer) required(out *Block, body *hclsyntax.Body, spec *BlockSpec) {
	missing := func(what string) {
		d.report(diag.Diagnostic{
			Code: "E-attribute-missing", Span: out.Span, Subject: out.Subject(),
			Detail: fmt.Sprintf("%s block needs %s.", article(spec.Kind), what),
		})
	}
	there := meant(body, spec)
	for _, a := range spec.Attrs {
		if a.Required && !there[a.Name] {
			missing("the attribute " + a.Name + ": " + strings.TrimSuffix(lowerFirst(a.Doc), "."))
		}
	}
	if spec.Kind == "stage" && !there["command"] && !there["native"] {
		missing("a command, or a native action")
	}
}

// meant returns the names of the attributes in body, and of those that were meant.
func meant(body *hclsyntax.Body, spec *BlockSpec) map[string]bool {
	names := make(map[string]bool, len(body.Attributes))
	for name := range body.Attributes {
		if !spec.Free && spec.attr(name) == nil {
			name = Nearest(name, spec.attrNames())
		}
		names[name] = true
	}
	for _, b := range body.Blocks {
		names[b.Type] = true
	}
	return names
}

func (d *declarer) unknownBlock(b *hclsyntax.Block, specs []BlockSpec, subject string) {
	detail := fmt.Sprintf("There is no block of kind %q here.", b.Type)
	if len(specs) > 0 {
		detail += orElse(didYouMean(b.Type, kinds(specs)), " There are: "+strings.Join(kinds(specs), ", ")+".")
	}
	d.report(diag.Diagnostic{Code: "E-block-unknown", Detail: detail, Span: Span(b.DefRange()), Subject: subject})
}

func (d *declarer) strayAttribute(a *hclsyntax.Attribute) {
	detail := "Attributes stand inside of blocks."
	switch spec := blockSpec(schema, a.Name); {
	case spec != nil && spec.Label:
		detail += fmt.Sprintf(" Write %s \"NAME\" { … }, without =.", a.Name)
	case spec != nil:
		detail += fmt.Sprintf(" Write %s { … }, without =.", a.Name)
	default:
		detail += fmt.Sprintf(" For a value of your own write locals { %s = … }.", a.Name)
	}
	d.report(diag.Diagnostic{Code: "E-attribute-unknown", Detail: detail, Span: Span(a.NameRange)})
}

func (d *declarer) notYet(what, how string, at diag.Span, subject string) {
	d.report(diag.Diagnostic{
		Code: "E-not-yet", Span: at, Subject: subject,
		Detail: fmt.Sprintf("%s, %s, is planned and does not exist in this version of dewar.", what, how),
	})
}

// Subject is how a block is called in the header of a diagnostic: `stage "train"`.
func (b *Block) Subject() string {
	if b.Name == "" {
		return b.Kind
	}
	return fmt.Sprintf("%s %q", b.Kind, b.Name)
}

// attributes returns the attributes of a body in source order.
func attributes(body *hclsyntax.Body) []*hclsyntax.Attribute {
	out := make([]*hclsyntax.Attribute, 0, len(body.Attributes))
	for _, a := range body.Attributes {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
	return out
}
