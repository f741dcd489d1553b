package eval

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty/function"
)

// Filter is a condition on the rows of a table: an expression of the language over
// the names of columns. It has no params and no project.
//
// Rows differ: one experiment has a metric that another lacks, or a number where that
// has a text. So a comparison with what a row does not have is false, and so is one
// of two kinds of values; neither is a mistake. `x == null` asks whether it is there.
type Filter struct {
	expr      hclsyntax.Expression
	names     []string
	functions map[string]function.Function
}

const longestFilter = 64 << 10

// filterSource is the synthetic source of a filter.
const filterSource = "<--filter>"

// ParseFilter reads a filter, and reports what cannot be one whatever the rows are.
func ParseFilter(text string) (*Filter, diag.List) {
	if len(text) > longestFilter { // the parser recurses
		return nil, diag.List{{Code: "E-filter", Span: diag.Span{File: filterSource}, Detail: fmt.Sprintf("The filter is longer than %d bytes.", longestFilter)}}
	}
	parsed, ds := lang.ParseExpression(filterSource, []byte(text))
	if len(ds) > 0 {
		return nil, diag.List{filterSyntax(text, ds[0])}
	}
	expr := parsed.(hclsyntax.Expression)
	c := &filterChecker{functions: pureFunctions()}
	c.check(expr)
	if len(c.diags) == 0 && neverBool(expr) {
		c.fail(expr.Range(), "This is no condition. Compare it with something: test_accuracy > 0.9.")
	}
	if len(c.diags) > 0 {
		return nil, c.diags.Sorted()
	}
	return &Filter{expr: expr, names: unique(c.names), functions: c.functions}, nil
}

// Names returns the names that the filter asks for, sorted.
func (f *Filter) Names() []string { return f.names }

// Match reports whether a row passes. get returns what the row has under a name: nil
// if nothing, a bool, a float64 or a string. The error is that of a filter that is no
// condition for this row.
func (f *Filter) Match(get func(name string) any) (bool, error) {
	r := &filterRow{get: get, functions: f.functions}
	switch v := r.value(f.expr).(type) {
	case bool:
		return v, nil
	case float64, string:
		return false, fmt.Errorf("the filter is %s here, which is neither true nor false: compare it with something", filterText(v))
	}
	return false, nil
}

func filterText(v any) string {
	if s, ok := v.(string); ok {
		return "the text " + quoteJSON(s)
	}
	return fmt.Sprintf("the number %v", v)
}

// filterName is the name of a column that a reference means: train.C,
// folds[0].acc, scores["f1 macro"]; and metrics["any name"] is that very name.
func filterName(steps hcl.Traversal) string {
	name := steps.RootName()
	for i, s := range steps[1:] {
		part := stepName(s)
		_, indexed := s.(hcl.TraverseIndex)
		switch {
		case part == "":
			if n, ok := positionOf(s); ok {
				name += "[" + strconv.Itoa(n) + "]"
			}
		case indexed && i == 0 && (name == "metrics" || name == "params"):
			name = part
		case filterWord(part):
			name += "." + part
		default:
			name += "[" + strconv.Quote(part) + "]"
		}
	}
	return name
}

// filterWord reports whether a name stands without quotes in the names of metrics.
func filterWord(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("_-/@%+", r) {
			return false
		}
	}
	return s != ""
}

// filterSyntax words what the parser says, which knows of pipelines, for filters.
func filterSyntax(text string, d diag.Diagnostic) diag.Diagnostic {
	d.Code = "E-filter"
	rest := text[min(d.Span.Start.Byte, len(text)):]
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(rest)), " ")
	switch {
	case strings.TrimSpace(text) == "":
		d.Detail = "The filter is empty. It is a condition: test_accuracy > 0.9."
	case strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "=="):
		d.Detail = "Equality is written ==."
	case strings.HasPrefix(rest, "'"):
		d.Detail = "Texts stand in double quotes (\")."
	case word == "and" || word == "or" || word == "not":
		d.Detail = "Conditions are put together with && and ||, and ! is the opposite of one."
	default:
		d.Detail = "This is not an expression. " + d.Detail
	}
	return d
}
