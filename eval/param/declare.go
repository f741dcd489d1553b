package param

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// decl is a param block, read.
type decl struct {
	name      string
	ty        Type
	def       *Tree // nil if there is none
	file      string
	fileSpan  diag.Span
	key       []string
	sensitive bool
	choices   []choice
	picks     []*Tree // what chooses one of them in each layer, lowest first
	span      diag.Span
	typeSpan  diag.Span
	broken    bool
	unknown   bool // its user gives a value that is not known

	choicesSpan diag.Span
}

// declare reads a param block; what is wrong with it makes it broken.
func declare(b *lang.Block, dir string) (decl, diag.List) {
	d := decl{name: b.Name, span: b.Span, typeSpan: b.Span, key: []string{b.Name}}
	var diags diag.List
	if a := b.Attr("type"); a != nil {
		ty, dd := ParseType(a.Expr)
		d.ty, d.typeSpan = ty, a.Span
		diags = append(diags, dd...)
	} else {
		diags = append(diags, report("E-attribute-missing", b.Span, "param %q needs a type: type = number.", b.Name))
	}
	if a := b.Attr("sensitive"); a != nil {
		v, ok := constant(a.Expr, cty.Bool)
		if !ok {
			diags = append(diags, report("E-param-attribute", a.Span, "sensitive is true or false."))
		}
		d.sensitive = ok && v.True()
	}
	if a := b.Attr("choices"); a != nil {
		d.choicesSpan = a.Span
		if !diags.HasErrors() {
			diags = append(diags, d.readChoices(b, dir)...)
		}
	} else if a := b.Attr("default"); a != nil && !diags.HasErrors() {
		def, dd := literal(a.Expr, d.sensitive)
		diags = append(diags, dd...)
		if def != nil && def.Shape != Null {
			d.def = def
			diags = append(diags, checker{subject: "the default of param." + d.name, sensitive: d.sensitive}.check(d.ty, def)...)
		}
	}
	diags = append(diags, d.readFile(b, dir)...)
	d.broken = diags.HasErrors()
	return d, diags
}

// readFile reads the attributes file and key.
func (d *decl) readFile(b *lang.Block, dir string) (diags diag.List) {
	if a := b.Attr("file"); a != nil {
		v, ok := constant(a.Expr, cty.String)
		if !ok || v.AsString() == "" {
			return diag.List{report("E-param-attribute", a.Span, "file is the path of a params file, as a string: file = \"params.yaml\".")}
		}
		d.file, d.fileSpan = path.Join(dir, v.AsString()), lang.Span(a.Expr.Range())
		if path.IsAbs(v.AsString()) || d.file == ".." || strings.HasPrefix(d.file, "../") {
			diags = append(diags, report("E-param-attribute", d.fileSpan, "A params file must lie inside the project; this path leads out of it."))
		}
	}
	a := b.Attr("key")
	if a == nil {
		return diags
	}
	v, ok := constant(a.Expr, cty.String)
	if !ok {
		return append(diags, report("E-param-attribute", a.Span, "key says where in the file the param is, as a string: key = \"model.train\"; \"\" is the whole file."))
	}
	if d.file == "" && !diags.HasErrors() {
		return append(diags, report("E-param-attribute", a.Span, "key needs a file to be in: file = \"params.yaml\"."))
	}
	d.key = nil
	if v.AsString() != "" {
		key, ok := splitName(v.AsString())
		if !ok {
			return append(diags, report("E-param-attribute", a.Span, "key is names with dots between them: key = \"model.train\"."))
		}
		d.key = key
	}
	return diags
}

// stringOf evaluates an expression that must be a literal text.
func stringOf(expr hcl.Expression) (string, bool) {
	v, ok := constant(expr, cty.String)
	if !ok {
		return "", false
	}
	return v.AsString(), true
}

// constant evaluates an attribute that must be a literal of a type.
func constant(expr hcl.Expression, ty cty.Type) (cty.Value, bool) {
	if len(expr.Variables()) > 0 {
		return cty.NilVal, false
	}
	v, diags := expr.Value(nil)
	ok := !diags.HasErrors() && v.IsKnown() && !v.IsNull() && v.Type() == ty
	return v, ok
}
