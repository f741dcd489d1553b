package eval

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// reports gathers diagnostics: one for each mistake, however many points of a
// stage it shows at.
type reports struct {
	list   diag.List
	groups map[groupID]int // index in list
}

// groupID is what makes two reports the same mistake.
type groupID struct {
	code string
	span diag.Span
	at   *stage // nil outside stages
	text string // the detail, where there are no points to differ in
}

// add reports d, found at fr's instance; fr may be nil.
func (r *reports) add(d diag.Diagnostic, fr *frame) {
	id := groupID{code: d.Code, span: d.Span}
	point := ""
	if fr == nil || fr.in == nil || !fr.st.template {
		id.text = d.Detail
	} else {
		if id.at, point = fr.st, fr.in.key; point == "" && len(fr.in.point.Axes) > 0 {
			point = shorten(describe(fr.in)) // it has no name yet
		}
		d.Total = fr.st.total()
	}
	if fr != nil && d.Subject == "" {
		d.Subject = fr.st.subject()
	}
	i, ok := r.groups[id]
	if !ok {
		if r.groups == nil {
			r.groups = map[groupID]int{}
		}
		i = len(r.list)
		r.groups[id] = i
		r.list = append(r.list, d)
	}
	if id.at == nil {
		return
	}
	if point == "" { // not named yet: the mistake is in what names it
		r.list[i].Total = 0
		return
	}
	points := &r.list[i].Instances
	if n := len(*points); n == 0 || (*points)[n-1] != point {
		*points = append(*points, point)
	}
}

// forget takes back what was reported with a code inside of a span.
func (r *reports) forget(code string, at diag.Span) {
	r.list = slices.DeleteFunc(r.list, func(d diag.Diagnostic) bool {
		return d.Code == code && d.Span.File == at.File && d.Span.Start.Byte >= at.Start.Byte && d.Span.End.Byte <= at.End.Byte
	})
	r.groups = map[groupID]int{} // positions have changed; nothing more is evaluated
}

// done returns what was reported, in the order people see it. A mistake that shows at
// every point is not about points.
func (r *reports) done() diag.List {
	for i := range r.list {
		d := &r.list[i]
		if d.Total > 0 && len(d.Instances) >= d.Total {
			d.Instances = nil
		}
	}
	return r.list.Sorted()
}

// taken returns what was reported outside of stages since the last time, and forgets it.
func (ev *evaluator) taken() diag.List {
	out := ev.reports.list
	ev.reports = reports{}
	return out
}

// coded in a diagnostic of hcl makes it one of ours.
type coded struct {
	code     string
	notes    []diag.Note
	withheld string // in place of the detail, if that may quote a value; "": it quotes none

	inFunction bool // it was found in the body of a function of the pipeline
}

// poison in a diagnostic of hcl says that the reason was reported already.
type poison struct{}

func poisoned() hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Extra: poison{}}}
}

// fault returns a mistake found while a node was evaluated.
func fault(code string, at hcl.Range, notes []diag.Note, format string, args ...any) hcl.Diagnostics {
	return hcl.Diagnostics{{
		Severity: hcl.DiagError,
		Detail:   fmt.Sprintf(format, args...),
		Subject:  &at,
		Extra:    coded{code: code, notes: notes},
	}}
}

// take reports what went wrong in x, and whether anything did.
func (ev *evaluator) take(ds hcl.Diagnostics, x *compiled) (failed bool) {
	var operator *hcl.Range
	for _, d := range unwrapped(ds) {
		if d.Summary == "Invalid operand" { // of an operator with two wrong sides, the left one is enough
			if operator != nil && d.Context != nil && *operator == *d.Context {
				continue
			}
			operator = d.Context
		}
		if _, ok := d.Extra.(poison); ok {
			failed = true
			continue
		}
		failed = failed || d.Severity == hcl.DiagError
		out := fromHCL(d)
		if out.Span.IsZero() {
			out.Span = lang.Span(x.expr.Range())
		}
		if out.Subject == "" {
			out.Subject = x.subject
		}
		if ev.fresh(out, x.fr) {
			out.Values = x.values()
		}
		if instead := quoting(d); instead != "" && x.secret() {
			out.Detail = instead
		}
		if c, ok := d.Extra.(coded); ok && c.inFunction && ev.said(out, x.fr) {
			continue
		}
		ev.reports.add(out, x.fr)
	}
	return failed
}

// secret reports whether x reads a sensitive value. What functions and hcl say of such
// an expression may quote it; our own words never quote values.
func (x *compiled) secret() bool {
	for _, r := range x.refs {
		if r.root == "stage" || r.root == "toolchain" {
			continue // neither can hold one
		}
		v, ds := r.Value(nil)
		if ds.HasErrors() {
			continue
		}
		if text, _ := shown(v); text == hidden {
			return true
		}
	}
	return false
}

// quoting returns what is said in place of a text that may quote a value, or "" if it
// quotes none.
func quoting(d *hcl.Diagnostic) string {
	if c, ours := d.Extra.(coded); ours {
		return c.withheld
	}
	return withheld(d)
}

// withheld stands in for a text that may quote a sensitive value.
func withheld(d *hcl.Diagnostic) string {
	what := "The expression has no value."
	if c, ok := d.Extra.(hclsyntax.FunctionCallDiagExtra); ok {
		what = c.CalledFunctionName() + " cannot take its arguments."
	}
	return what + " Why is not shown: a sensitive value is among those that it reads."
}

// fresh reports whether d would be the first of its group: only that one's values
// are shown, and finding them takes time.
func (ev *evaluator) fresh(d diag.Diagnostic, fr *frame) bool {
	if fr == nil || fr.in == nil || !fr.st.template {
		return true
	}
	_, ok := ev.reports.groups[groupID{code: d.Code, span: d.Span, at: fr.st}]
	return !ok
}

// codeOf maps hcl's fixed summaries to codes.
var codeOf = []struct{ prefix, code string }{
	{"Unsupported attribute", "E-value-attribute"},
	{"Missing map element", "E-value-attribute"},
	{"Attempt to get attribute", "E-value-attribute"},
	{"Missing key", "E-value-attribute"},
	{"Invalid index", "E-value-index"},
	{"Attempt to index", "E-value-index"},
	{"Invalid function argument", "E-call"},
	{"Error in function call", "E-call"},
	{"Not enough function arguments", "E-call"},
	{"Too many function arguments", "E-call"},
	{"Invalid expanding argument", "E-call"},
	{"Invalid operand", "E-operand"},
	{"Operation failed", "E-operand"},
	{"Iteration over", "E-iteration"},
}

// unwrapped takes diagnostics out of the errors of functions that evaluated
// expressions themselves, as pick does.
func unwrapped(ds hcl.Diagnostics) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range ds {
		var inner hcl.Diagnostics
		if errors.As(callError(d), &inner) {
			out = append(out, unwrapped(inner)...)
			continue
		}
		out = append(out, d)
	}
	return out
}

// callError returns the error that a function gave, or nil.
func callError(d *hcl.Diagnostic) error {
	if c, ok := d.Extra.(hclsyntax.FunctionCallDiagExtra); ok {
		return c.FunctionCallError()
	}
	return nil
}

// fromCall words the error of a function: what hcl says of it begins with the
// function's own name for its argument, which nobody has written.
func fromCall(out *diag.Diagnostic, err error, name string) {
	out.Code, out.Detail = "E-call", fmt.Sprintf("%s: %s", name, sentence(err))
}

// sentence ends what an error says, unless it asks something.
func sentence(err error) string {
	if s := err.Error(); strings.HasSuffix(s, "?") {
		return s
	}
	return err.Error() + "."
}

func fromHCL(d *hcl.Diagnostic) diag.Diagnostic {
	out := diag.Diagnostic{Code: "E-value", Detail: d.Detail}
	if d.Severity == hcl.DiagWarning {
		out.Severity = diag.Warning
	}
	if d.Subject != nil {
		out.Span = lang.Span(*d.Subject)
	}
	if c, ok := d.Extra.(coded); ok {
		out.Code, out.Notes = c.code, c.notes
		return out
	}
	if err := callError(d); err != nil {
		fromCall(&out, err, d.Extra.(hclsyntax.FunctionCallDiagExtra).CalledFunctionName())
		return out
	}
	for _, m := range codeOf {
		if strings.HasPrefix(d.Summary, m.prefix) {
			out.Code = m.code
			break
		}
	}
	out.Detail = ourWords(d.Detail)
	if out.Code == "E-call" && strings.HasSuffix(out.Detail, "not a list.") {
		out.Detail += " The elements of a list are given one by one with (list...)."
	}
	return out
}

// phrases turns what hcl says in words of its own trade into ours: old, new, ….
var phrases = []string{
	"The given key does not identify an element in this collection value", "There is no such element here",
	"the given index is greater than or equal to the length of the collection", "the list is shorter",
	"a negative number is not a valid index for a sequence", "positions are counted from 0",
	"Can't access attributes on a primitive-typed value", "Only an object has attributes, not a single value",
	"argument(s)", "arguments",
	"\" parameter: ", "\": ",
	"number required, but have tuple.", "a number is required, not a list.",
	"required, but have object", "required, not an object",
}

func ourWords(s string) string {
	for i := 0; i < len(phrases); i += 2 {
		s = strings.ReplaceAll(s, phrases[i], phrases[i+1])
	}
	return strings.ReplaceAll(s, " 1 arguments", " 1 argument")
}

// values returns the names in x and what they are, sorted.
func (x *compiled) values() []diag.Value {
	seen := map[string]bool{}
	var out []diag.Value
	for _, r := range x.refs {
		if seen[r.text] || r.root == "stage" || r.root == "toolchain" {
			continue // these have no value worth reading
		}
		seen[r.text] = true
		v, ds := r.Value(nil)
		if ds.HasErrors() {
			continue
		}
		if text, ok := shown(v); ok {
			out = append(out, diag.Value{Name: r.text, Text: text})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// errorf reports a mistake at a place, at the point being evaluated.
func (ev *evaluator) errorf(fr *frame, code string, at diag.Span, format string, args ...any) {
	ev.reports.add(diag.Diagnostic{Code: code, Span: at, Detail: fmt.Sprintf(format, args...)}, fr)
}

func (ev *evaluator) warnf(fr *frame, code string, at diag.Span, format string, args ...any) {
	ev.reports.add(diag.Diagnostic{Severity: diag.Warning, Code: code, Span: at, Detail: fmt.Sprintf(format, args...)}, fr)
}
