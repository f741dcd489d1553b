package eval

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/dewar-build/dewar/graph"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// CheckAssert checks a condition on results. metrics has the content of each file that
// a.Metrics names, as decoded JSON: nil, bool, float64, json.Number, string, []any
// and map[string]any. message is what the pipeline says when the condition is false;
// ok is false as well if there are diagnostics, of a condition that has no answer.
func CheckAssert(a graph.Assert, metrics map[string]any) (ok bool, message string, diags diag.List) {
	ev := newEvaluator(Request{})
	ev.results = &results{metrics: metrics}
	dec := json.NewDecoder(strings.NewReader(a.Scope))
	dec.UseNumber()
	if err := dec.Decode(&ev.results.scope); err != nil {
		return false, "", diag.List{{Code: "E-value", Span: a.Span, Detail: fmt.Sprintf("What the condition refers to was not kept well: %v.", err)}}
	}
	ev.ctx = &hcl.EvalContext{Functions: pureFunctions()}
	if text, ok := ev.results.scope[functionScope].(string); ok {
		if ds := ev.withFunctions(text); ds.HasErrors() {
			return false, "", diag.List{{Code: "E-value", Span: a.Span, Detail: "The functions that the condition calls were not kept well."}}
		}
	}
	v, diags := ev.resultOf(a.Condition, a.Span)
	switch {
	case diags.HasErrors():
		return false, "", diags
	case v.IsNull() || !v.IsKnown() || v.Type() != cty.Bool:
		return false, "", diag.List{{Code: "E-condition", Span: a.Span, Detail: fmt.Sprintf("The condition is %s. It must be true or false.", kindOf(v))}}
	case v.True():
		return true, "", nil
	}
	const unsaid = "The results do not meet the condition."
	m, diags := ev.resultOf(a.Error, diag.Span{File: a.Span.File, Start: a.Span.Start})
	if diags.HasErrors() || m.IsNull() || !m.IsKnown() || m.Type() != cty.String {
		return false, unsaid, diags
	}
	return false, m.AsString(), nil
}

// pureFunctions are the functions of the language over a project without files.
var pureFunctions = sync.OnceValue(func() map[string]function.Function {
	return builtins.Impls(builtins.Table(builtins.Env{}))
})

// resultOf evaluates source text.
func (ev *evaluator) resultOf(src string, at diag.Span) (cty.Value, diag.List) {
	start := hcl.Pos{Line: max(1, at.Start.Line), Column: max(1, at.Start.Column), Byte: at.Start.Byte}
	expr, hds := hclsyntax.ParseExpression([]byte(src+"\n"), at.File, start) // a heredoc ends with its line
	if hds.HasErrors() {
		return cty.DynamicVal, diag.List{{Code: "E-syntax", Span: at, Detail: "This is not an expression: " + hds[0].Detail}}
	}
	v, ok := ev.compile(expr, nil, view{}, "").value()
	ds := ev.reports.done()
	ev.reports = reports{}
	atCondition(ds, at)
	if !ok {
		for i := range ds {
			if ds[i].Code == "E-value-attribute" { // what is no result was checked before
				ds[i].Code = "E-assert-unknown"
			}
		}
		return cty.DynamicVal, ds
	}
	v, _ = v.UnmarkDeep()
	return v, ds
}

// results are what references in a condition on results mean.
type results struct {
	scope   map[string]any
	metrics map[string]any
}

// value resolves a reference altogether.
func (s *results) value(r *refExpr) (cty.Value, int, hcl.Diagnostics) {
	from := any(s.scope[r.root])
	if r.root == "metrics" {
		from = s.metrics
	}
	path := r.root
	for i, at := range r.steps[1:] {
		var ds hcl.Diagnostics
		if m, ok := from.(map[string]any); ok && i == 0 && r.root == "metrics" {
			from = withLists(m, stepName(at))
		}
		if from, path, ds = partOf(from, path, at); ds.HasErrors() {
			return cty.DynamicVal, len(r.steps), ds
		}
	}
	v, err := contentValue(from)
	if err != nil {
		return cty.DynamicVal, len(r.steps), fault("E-assert-value", r.rng(), nil, "%s is or holds %s: no condition can be asked of it.", path, err)
	}
	return v, len(r.steps), nil
}

// withLists returns all metrics with the list called name in them, if there is one: as
// outputs, its elements have the names "folds.0", "folds.1" and so on.
func withLists(all map[string]any, name string) map[string]any {
	if _, ok := all[name]; ok {
		return all
	}
	var list []any
	for {
		v, ok := all[name+"."+strconv.Itoa(len(list))]
		if !ok {
			break
		}
		list = append(list, v)
	}
	if list == nil {
		return all
	}
	out := maps.Clone(all)
	out[name] = list
	return out
}

// partOf returns the part of decoded JSON that one step of a reference means.
func partOf(from any, path string, s hcl.Traverser) (any, string, hcl.Diagnostics) {
	unknown := func(format string, args ...any) (any, string, hcl.Diagnostics) {
		at := s.SourceRange()
		return nil, "", fault("E-assert-unknown", at, nil, format, args...)
	}
	switch x := from.(type) {
	case map[string]any:
		name := stepName(s)
		next, ok := x[name]
		if ok {
			return next, path + "." + name, nil
		}
		names := make([]string, 0, len(x))
		for n := range x {
			names = append(names, n)
		}
		return unknown("There is no %q in %s. %s", name, path, offer(name, names))
	case []any:
		if n, ok := positionOf(s); ok && n < len(x) {
			return x[n], path + "[" + strconv.Itoa(n) + "]", nil
		}
		return unknown("%s is a list of %d; its elements are %s[0] and so on.", path, len(x), path)
	}
	return unknown("%s is a single value, which has no parts.", path)
}

// positionOf returns the place in a list that a step names.
func positionOf(s hcl.Traverser) (int, bool) {
	i, ok := s.(hcl.TraverseIndex)
	if !ok || i.Key.Type() != cty.Number || i.Key.IsNull() || !i.Key.IsKnown() {
		return 0, false
	}
	n, acc := i.Key.AsBigFloat().Int64()
	return int(n), acc == big.Exact && n >= 0
}

// contentValue turns decoded JSON into a value. An error names what is no value.
func contentValue(x any) (cty.Value, error) {
	switch x := x.(type) {
	case nil:
		return cty.NullVal(cty.DynamicPseudoType), nil
	case bool:
		return cty.BoolVal(x), nil
	case string:
		return cty.StringVal(x), nil
	case json.Number:
		v, err := number.Parse(x.String())
		if err != nil {
			return cty.DynamicVal, errors.New("a number out of range")
		}
		return v, nil
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return cty.DynamicVal, errors.New("a number that is NaN or infinite")
		}
		return number.Parse(strconv.FormatFloat(x, 'g', -1, 64))
	case []any:
		return contentList(x)
	case map[string]any:
		return contentObject(x)
	}
	return cty.DynamicVal, fmt.Errorf("a value of type %T", x)
}

func contentList(list []any) (cty.Value, error) {
	out := make([]cty.Value, len(list))
	for i, x := range list {
		var err error
		if out[i], err = contentValue(x); err != nil {
			return cty.DynamicVal, err
		}
	}
	return cty.TupleVal(out), nil
}

func contentObject(m map[string]any) (cty.Value, error) {
	out := make(map[string]cty.Value, len(m))
	for _, n := range slices.Sorted(maps.Keys(m)) {
		var err error
		if out[n], err = contentValue(m[n]); err != nil {
			return cty.DynamicVal, err
		}
	}
	return cty.ObjectVal(out), nil
}
