package eval

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

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
		ev.errorf(nil, "E-condition", lang.Span(c.Expr.Range()), "The condition is %s. It must be true or false.", kindOf(cond))
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
