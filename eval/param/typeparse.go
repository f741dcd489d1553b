package param

import (
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
)

// ParseType reads a type expression: string number int float bool path any
// list(T) set(T) map(T) tuple([T, ...]) object({a = T, b = optional(T, default)}).
func ParseType(expr hcl.Expression) (Type, diag.List) {
	p := &typeParser{}
	t := p.parse(expr)
	return t, p.diags
}

// typeParser collects what is wrong with one type expression.
type typeParser struct{ diags diag.List }

func (p *typeParser) fail(code string, r hcl.Range, format string, args ...any) Type {
	p.diags = append(p.diags, report(code, lang.Span(r), format, args...))
	return Type{}
}

func (p *typeParser) parse(expr hcl.Expression) Type {
	if word := hcl.ExprAsKeyword(expr); word != "" {
		return p.word(word, expr.Range())
	}
	if _, ok := expr.(*hclsyntax.FunctionCallExpr); ok {
		call, diags := hcl.ExprCall(expr)
		if diags.HasErrors() {
			return p.fail("E-type-syntax", expr.Range(), "%s", diags[0].Detail)
		}
		return p.call(call, expr.Range())
	}
	if v, diags := expr.Value(nil); !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
		if s := v.AsString(); slices.Contains(kindNames[:], s) {
			return p.fail("E-type-syntax", expr.Range(), "Types are written without quotes: type = %s.", s)
		}
	}
	return p.fail("E-type-syntax", expr.Range(), "This is not a type. A type is one of string, number, int, float, bool, path, any, or list(T), set(T), map(T), tuple([T, …]), object({ name = T, … }).")
}

func (p *typeParser) word(word string, r hcl.Range) Type {
	i := slices.Index(kindNames[:], word)
	switch {
	case word == "optional":
		return p.fail("E-type-syntax", r, "optional stands only before the type of an object's attribute: object({ a = optional(number) }).")
	case i < 0:
		return p.fail("E-type-unknown", r, "There is no type %s.%s The types are string, number, int, float, bool, path, any, list, set, map, tuple and object.", word, nearestType(word))
	}
	switch k := Kind(i); k {
	case KindList, KindSet, KindMap:
		return p.fail("E-type-syntax", r, "A %s needs the type of its elements: %s(number).", word, word)
	case KindTuple:
		return p.fail("E-type-syntax", r, "A tuple needs the types of its elements: tuple([string, number]).")
	case KindObject:
		return p.fail("E-type-syntax", r, "An object needs its attributes: object({ C = number }).")
	default:
		return Type{Kind: k}
	}
}

// nearestType knows the words of other languages too.
func nearestType(word string) string {
	for _, alias := range [...][2]string{
		{"str", "string"}, {"text", "string"}, {"integer", "int"}, {"double", "float"}, {"float64", "float"}, {"boolean", "bool"},
		{"dict", "map"}, {"array", "list"}, {"struct", "object"}, {"file", "path"},
	} {
		if alias[0] == word {
			return " Did you mean " + alias[1] + "?"
		}
	}
	return nearest(word, kindNames[:])
}

func (p *typeParser) call(call *hcl.StaticCall, r hcl.Range) Type {
	i := slices.Index(kindNames[:], call.Name)
	if i < 0 {
		return p.word(call.Name, call.NameRange)
	}
	k := Kind(i)
	if k < KindList {
		return p.fail("E-type-syntax", r, "%s is written without parentheses.", call.Name)
	}
	if len(call.Arguments) != 1 {
		return p.fail("E-type-syntax", r, "%s takes one argument.", call.Name)
	}
	switch arg := call.Arguments[0]; k {
	case KindTuple:
		return p.tuple(arg)
	case KindObject:
		return p.object(arg)
	default:
		elem := p.parse(arg)
		if k == KindSet && elem.dynamic() && !p.diags.HasErrors() {
			return p.fail("E-type-syntax", r, "A set needs elements of one type: any cannot be in it. Use a list.")
		}
		return Type{Kind: k, Elem: &elem}
	}
}

func (p *typeParser) tuple(arg hcl.Expression) Type {
	exprs, diags := hcl.ExprList(arg)
	if diags.HasErrors() {
		return p.fail("E-type-syntax", arg.Range(), "A tuple takes a list of types: tuple([string, number]).")
	}
	t := Type{Kind: KindTuple}
	for _, e := range exprs {
		t.Elems = append(t.Elems, p.parse(e))
	}
	return t
}

func (p *typeParser) object(arg hcl.Expression) Type {
	pairs, diags := hcl.ExprMap(arg)
	if diags.HasErrors() {
		return p.fail("E-type-syntax", arg.Range(), "An object takes its attributes in braces: object({ C = number, solver = string }).")
	}
	t := Type{Kind: KindObject}
	for _, pair := range pairs {
		name, ok := fieldName(pair.Key)
		if !ok {
			p.fail("E-type-syntax", pair.Key.Range(), "The name of an attribute is a word or a string.")
			continue
		}
		if old := t.field(name); old != nil {
			p.fail("E-type-syntax", pair.Key.Range(), "The attribute %s is there twice.", name)
			continue
		}
		t.Fields = append(t.Fields, p.parseField(name, pair))
	}
	return t
}

// fieldName reads the name of an attribute, in NFC as cty has it.
func fieldName(key hcl.Expression) (string, bool) {
	if w := hcl.ExprAsKeyword(key); w != "" {
		return norm.NFC.String(w), true
	}
	v, diags := key.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() || !v.IsKnown() {
		return "", false
	}
	return v.AsString(), true
}

func (p *typeParser) parseField(name string, pair hcl.KeyValuePair) Field {
	f := Field{Name: name, Span: lang.Span(hcl.RangeBetween(pair.Key.Range(), pair.Value.Range()))}
	call, diags := hcl.ExprCall(pair.Value)
	if diags.HasErrors() || call.Name != "optional" {
		f.Type = p.parse(pair.Value)
		return f
	}
	f.Optional = true
	if n := len(call.Arguments); n < 1 || n > 2 {
		p.fail("E-type-syntax", pair.Value.Range(), "optional takes a type and, if absent is not to be null, a default: optional(int, 10).")
		return f
	}
	f.Type = p.parse(call.Arguments[0])
	if len(call.Arguments) == 2 && !p.diags.HasErrors() {
		p.fieldDefault(&f, call.Arguments[1])
	}
	return f
}

// fieldDefault reads the default of an optional attribute.
func (p *typeParser) fieldDefault(f *Field, expr hcl.Expression) {
	def, diags := literal(expr, false)
	p.diags = append(p.diags, diags...)
	if def != nil && def.Shape != Null {
		p.diags = append(p.diags, checker{subject: "the default of " + f.Name}.check(f.Type, def)...)
		f.Default = def
	}
}
