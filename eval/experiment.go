package eval

import (
	"fmt"
	"math/big"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// experiments checks all experiment blocks, so that a mistake in one is found before
// somebody waits for it; unless loading found errors.
func (ev *evaluator) experiments(loading diag.List) diag.List {
	if loading.HasErrors() || len(ev.pipe.Experiments) == 0 {
		return nil
	}
	space, ds := param.NewSpace(ev.pipe.Params, ev.dir, ev.constantOf)
	if ds.HasErrors() {
		return nil // binding the params says so
	}
	for _, b := range ev.pipe.Experiments {
		_, more := ev.experiment(b, space)
		ds = append(ds, more...)
	}
	return ds
}

// experiment reads one experiment block.
func (ev *evaluator) experiment(b *lang.Block, space *param.Space) (Sweep, diag.List) {
	out := Sweep{Block: b.Name}
	var ds diag.List
	if a := b.Attr("params"); a != nil {
		tries, diags := space.Block(a)
		ds = append(ds, diags...)
		for _, t := range tries {
			out.Axes = append(out.Axes, Axis{Name: t.Name, Values: t.Texts, Span: t.Span})
		}
	}
	at := ev.attrs(b, nil, view{base: ev.dir})
	out.Description, _ = at.text("description", "")
	out.Zip, _ = at.flag("zip", false)
	out.Budget = at.budget()
	out.Seed = at.seed()
	out.Random = at.search()
	at.metric(&out)
	ds = append(ds, ev.taken()...)
	for i := range ds {
		if ds[i].Subject == "" {
			ds[i].Subject = b.Subject()
		}
	}
	return out, ds
}

// budget reads how many points there may be; 0 is all.
func (a *attrs) budget() int {
	n, _ := decode(a, "budget", 0, func(v cty.Value, at diag.Span) (int, bool) {
		if v.Type() == cty.Number {
			if n, acc := v.AsBigFloat().Int64(); acc == big.Exact && n > 0 && n <= MaxPoints {
				return int(n), true
			}
		}
		a.ev.errorf(a.fr, "E-attribute-value", at, "budget is how many points to try at most: a whole number from 1 to %d.", MaxPoints)
		return 0, false
	})
	return n
}

// seed reads what decides a sample, as text.
func (a *attrs) seed() string {
	s, _ := decode(a, "seed", "", func(v cty.Value, at diag.Span) (string, bool) {
		if v.Type() == cty.String && v.AsString() != "" || v.Type() == cty.Number {
			if s, err := text(v); err == nil {
				return s, true
			}
		}
		a.ev.errorf(a.fr, "E-attribute-value", at, "seed is a number, or a text that is not empty.")
		return "", false
	})
	return s
}

// search reads whether the points are in random order.
func (a *attrs) search() bool {
	random, _ := decode(a, "search", false, func(v cty.Value, at diag.Span) (bool, bool) {
		if v.Type() == cty.String && (v.AsString() == "grid" || v.AsString() == "random") {
			return v.AsString() == "random", true
		}
		a.ev.errorf(a.fr, "E-attribute-value", at, "search is \"grid\", every combination, or \"random\", a sample of them.")
		return false, false
	})
	return random
}

// metric reads what the experiment is to make better.
func (a *attrs) metric(out *Sweep) {
	high, _ := a.text("maximize", "")
	low, _ := a.text("minimize", "")
	for _, name := range []string{"maximize", "minimize"} {
		at := a.block.Attr(name)
		if at == nil {
			continue
		}
		if out.MetricSpan.IsZero() {
			out.MetricSpan = lang.Span(at.Expr.Range())
			continue
		}
		a.ev.errorf(a.fr, "E-attribute-value", at.Span, "An experiment makes one metric better: it has maximize or minimize, not both.")
	}
	if out.Metric = low; a.has("maximize") {
		out.Metric, out.Maximize = high, true
	}
	if out.Metric == "" && !out.MetricSpan.IsZero() && len(a.ev.reports.list) == 0 {
		a.ev.errorf(a.fr, "E-attribute-value", out.MetricSpan, "The name of the metric is empty.")
	}
}

// constantOf evaluates an expression that refers to nothing but functions.
func (ev *evaluator) constantOf(e hcl.Expression) (cty.Value, diag.List) {
	x := ev.compile(e, nil, view{base: ev.dir}, "")
	for _, call := range lang.Calls(e) {
		if _, ok := ev.ctx.Functions[call.Name]; !ok && ev.function(call.Name) == nil {
			names := make([]string, 0, len(ev.ctx.Functions))
			for n := range ev.ctx.Functions {
				names = append(names, n)
			}
			for _, b := range ev.pipe.Functions {
				names = append(names, b.Name)
			}
			ev.errorf(nil, "E-function-unknown", call.Span, "%s", noFunction(call.Name, names))
			return cty.DynamicVal, ev.taken()
		}
	}
	v, ok := x.value()
	ds := ev.taken()
	if !ok {
		return cty.DynamicVal, ds
	}
	v, _ = v.UnmarkDeep()
	if !v.IsWhollyKnown() || !plainType(v.Type()) {
		return cty.DynamicVal, append(ds, diag.Diagnostic{Code: "E-value", Span: lang.Span(e.Range()), Detail: fmt.Sprintf("This is %s, which no param can be.", kindOf(v))})
	}
	return v, ds
}

// plainType reports whether values of t are scalars, lists and objects, all the way down.
func plainType(t cty.Type) bool {
	switch {
	case t.IsPrimitiveType(), t == cty.DynamicPseudoType:
		return true
	case t.IsCollectionType():
		return plainType(t.ElementType())
	case t.IsTupleType():
		for _, e := range t.TupleElementTypes() {
			if !plainType(e) {
				return false
			}
		}
		return true
	case t.IsObjectType():
		for _, e := range t.AttributeTypes() {
			if !plainType(e) {
				return false
			}
		}
		return true
	}
	return false
}
