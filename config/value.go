package config

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

func sortedAttrs(body *hclsyntax.Body) []*hclsyntax.Attribute {
	out := slices.Collect(maps.Values(body.Attributes))
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int { return a.SrcRange.Start.Byte - b.SrcRange.Start.Byte })
	return out
}

// value reads an expression. It is false where nothing is said: null, or a mistake that
// has been reported.
func (r *reader) value(as *Attribute, x hclsyntax.Expression, subject string) (attr, bool) {
	if as.form == entries || as.form == hidden {
		return r.object(as, x, subject)
	}
	v, ok := r.constant(x, subject, as.Name, false)
	if !ok || v.IsNull() {
		return attr{}, false
	}
	got, want := as.form.read(v)
	if want != "" {
		r.report("E-config-value", lang.Span(x.Range()), subject, "%s is %s, not %s.", as.Name, want, described(v))
		return attr{}, false
	}
	return attr{value: got}, true
}

// constant evaluates an expression that has to be one.
func (r *reader) constant(x hclsyntax.Expression, subject, name string, secret bool) (cty.Value, bool) {
	v, hds := x.Value(nil)
	if !hds.HasErrors() {
		return v, true
	}
	span := lang.Span(x.Range())
	span.Masked = secret
	r.report("E-config-value", span, subject, "%s is a plain value: configuration has no names, functions or templates. Texts stand in quotes, and in them $${ is written for ${.", name)
	return v, false
}

// read reads a value, or says what it ought to be.
func (f form) read(v cty.Value) (got any, want string) {
	switch f {
	case flag:
		if v.Type() == cty.Bool {
			return v.True(), ""
		}
		return nil, "true or false"
	case count:
		if v.Type() == cty.Number {
			if n, exact := v.AsBigFloat().Int64(); exact == 0 && n >= 1 && n <= math.MaxInt32 {
				return int(n), ""
			}
		}
		return nil, "a whole number from 1 on"
	case size:
		if s, err := convert.Convert(v, cty.String); err == nil {
			if n, ok := ParseSize(s.AsString()); ok {
				return n, ""
			}
		}
		return nil, `a size like "200GB" or "1.5TiB", or a number of bytes`
	case texts:
		if !v.CanIterateElements() || v.Type().IsObjectType() {
			return nil, "a list of texts"
		}
		out := []string{}
		for _, e := range v.AsValueSlice() {
			if e.IsNull() || e.Type() != cty.String {
				return nil, "a list of texts"
			}
			out = append(out, e.AsString())
		}
		return out, ""
	}
	if v.Type() == cty.String && v.AsString() != "" {
		return v.AsString(), ""
	}
	return nil, "a text in quotes"
}

// object reads { name = "text", … }.
func (r *reader) object(as *Attribute, x hclsyntax.Expression, subject string) (attr, bool) {
	o, ok := x.(*hclsyntax.ObjectConsExpr)
	secret := as.form == hidden
	if !ok {
		if v, hds := x.Value(nil); !hds.HasErrors() && v.IsNull() {
			return attr{}, false
		}
		span := lang.Span(x.Range())
		span.Masked = secret
		r.report("E-config-value", span, subject, "%s is an object, { name = \"text\" }.", as.Name)
		return attr{}, false
	}
	out := attr{entries: map[string]entry{}}
	for _, item := range o.Items {
		span := lang.Span(item.ValueExpr.Range())
		span.Masked = secret
		name, ok := r.constant(item.KeyExpr, subject, "A name in "+as.Name, secret)
		if !ok || name.IsNull() || name.Type() != cty.String {
			continue
		}
		what := as.Name + "." + name.AsString()
		e, ok := r.entry(item.ValueExpr, subject, what, span)
		if !ok {
			continue
		}
		if first, twice := out.entries[name.AsString()]; twice {
			r.ds = append(r.ds, diag.Diagnostic{
				Code: "E-duplicate", Span: span, Subject: subject, Detail: fmt.Sprintf("%s is set twice. Remove one of the two.", what),
				Notes: []diag.Note{{Span: first.span, Text: "set first here"}},
			})
			continue
		}
		out.entries[name.AsString()] = e
	}
	return out, true
}

func (r *reader) entry(x hclsyntax.Expression, subject, what string, span diag.Span) (entry, bool) {
	v, ok := r.constant(x, subject, what, span.Masked)
	if !ok {
		return entry{}, false
	}
	if v.IsNull() {
		return entry{gone: true, span: span, scope: r.scope}, true
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil || strings.ContainsRune(s.AsString(), 0) {
		r.report("E-config-value", span, subject, "%s is a text, a number, or true or false.", what)
		return entry{}, false
	}
	return entry{text: s.AsString(), span: span, scope: r.scope}, true
}

// described says what a value is. Only of what is no secret.
func described(v cty.Value) string {
	switch {
	case v.Type() == cty.String:
		return fmt.Sprintf("%q", v.AsString())
	case v.Type() == cty.Number:
		return v.AsBigFloat().Text('g', -1)
	case v.Type() == cty.Bool:
		return fmt.Sprint(v.True())
	case v.Type().IsObjectType() || v.Type().IsMapType():
		return "an object"
	}
	return "a list"
}
