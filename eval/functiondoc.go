package eval

import (
	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

// FunctionDoc tells people about a function.
type FunctionDoc struct {
	Name    string
	Family  string // of the language's; "pipeline" of those that the pipeline declares
	Call    string // how it is called: "round(number, decimals...)"
	Doc     string // sentences; the first one is the summary
	Example string // an expression; "" of the pipeline's
	Equal   string // an expression that the example is equal to; "" if there is none
	Params  []FunctionParamDoc
	Result  string    // the declared type of the result; "" of the language's
	Span    diag.Span // where the pipeline declares it
}

// FunctionParamDoc is one parameter.
type FunctionParamDoc struct {
	Name     string
	Type     string // in the words of the language; "any" where the function looks itself
	Optional bool
	Default  string // an expression; "" if there is none
	More     bool   // any number of arguments, none included
}

// FunctionInstead says what to write in place of a function that other languages have, in
// sentences; "" of any other name.
func FunctionInstead(name string) string { return builtins.Instead(name) }

// ownFamily is the family of the functions that a pipeline declares.
const ownFamily = "pipeline"

// Functions tells about the functions of the language, in the order of families.
func Functions() []FunctionDoc {
	var out []FunctionDoc
	for _, f := range builtins.Table(builtins.Env{}) {
		d := FunctionDoc{Name: f.Name, Family: f.Family, Doc: f.Doc, Example: f.Example, Equal: f.Want}
		d.Call = f.Name + "("
		for i, p := range f.Impl.Params() {
			if i > 0 {
				d.Call += ", "
			}
			d.Call += p.Name
			d.Params = append(d.Params, FunctionParamDoc{Name: p.Name, Type: wordOf(p.Type)})
		}
		if p := f.Impl.VarParam(); p != nil {
			if len(d.Params) > 0 {
				d.Call += ", "
			}
			d.Call += p.Name + "..."
			d.Params = append(d.Params, FunctionParamDoc{Name: p.Name, Type: wordOf(p.Type), Optional: true, More: true})
		}
		d.Call += ")"
		out = append(out, d)
	}
	return out
}

// wordOf is how the language calls the type of a parameter.
func wordOf(t cty.Type) string {
	switch t {
	case cty.String:
		return "string"
	case cty.Number:
		return "number"
	case cty.Bool:
		return "bool"
	}
	return "any"
}

// FunctionsOf tells about the functions that a pipeline declares, in the order of
// declaration. What is wrong with one is not said here: it has no types then.
func FunctionsOf(p *lang.Pipeline) []FunctionDoc {
	var out []FunctionDoc
	for _, b := range p.Functions {
		params, _ := lang.FunctionParams(b)
		d := FunctionDoc{Name: b.Name, Family: ownFamily, Call: lang.Signature(b.Name, params), Span: b.Span, Result: "any"}
		if a := b.Attr("description"); a != nil {
			if v, hds := a.Expr.Value(nil); !hds.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() {
				d.Doc = v.AsString()
			}
		}
		if a := b.Attr("type"); a != nil {
			t, _ := param.ParseType(a.Expr)
			d.Result = t.String()
		}
		for _, x := range params {
			field, _ := param.ParseField(x.Name, x.Type, x.Optional, x.Default)
			doc := FunctionParamDoc{Name: x.Name, Type: field.Type.String(), Optional: x.Optional}
			if v := field.Absent(); x.Optional && !v.IsNull() {
				doc.Default = jsonText(v)
			}
			d.Params = append(d.Params, doc)
		}
		out = append(out, d)
	}
	return out
}
