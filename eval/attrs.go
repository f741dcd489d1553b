package eval

import (
	"math/big"
	"sort"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// attrs reads the attributes of one block as Go values. What cannot differ from
// point to point is evaluated, and complained about, once.
type attrs struct {
	ev    *evaluator
	block *lang.Block
	fr    *frame
	vw    view
	read  map[string]*attr
}

type attr struct {
	x    *compiled
	done bool
	v    any
	ok   bool
}

func (ev *evaluator) attrs(b *lang.Block, fr *frame, vw view) *attrs {
	return &attrs{ev: ev, block: b, fr: fr, vw: vw, read: map[string]*attr{}}
}

func (a *attrs) has(name string) bool { return a.block.Attr(name) != nil }

// compiled returns the named attribute made ready; nil if it is not there.
func (a *attrs) compiled(name string) *attr {
	at, ok := a.read[name]
	if !ok {
		if d := a.block.Attr(name); d != nil {
			at = &attr{x: a.ev.compile(d.Expr, a.fr, a.vw, a.block.Subject())}
		}
		a.read[name] = at
	}
	return at
}

// decode reads an attribute. An attribute that is not there, null, or unknown while
// validating gives def; ok is false if it was wrong.
func decode[T any](a *attrs, name string, def T, f func(v cty.Value, at diag.Span) (T, bool)) (T, bool) {
	at := a.compiled(name)
	if at == nil {
		return def, true
	}
	if at.done {
		return at.v.(T), at.ok
	}
	if !at.x.varies {
		at.done = true
		if a.fr != nil {
			in := a.fr.in
			a.fr.in = nil // not about a point
			defer func() { a.fr.in = in }()
		}
	}
	at.v, at.ok = decodeValue(a, at.x, name, def, f)
	return at.v.(T), at.ok
}

func decodeValue[T any](a *attrs, x *compiled, name string, def T, f func(v cty.Value, at diag.Span) (T, bool)) (T, bool) {
	v, ok := x.value()
	if !ok {
		return def, false
	}
	span := lang.Span(a.block.Attr(name).Expr.Range())
	bare, marks := bareValue(v)
	if !a.ev.public(marks, a.fr, span, name) {
		return def, false
	}
	if bare.IsNull() || !bare.IsWhollyKnown() {
		return def, true
	}
	out, ok := f(bare, span)
	if !ok {
		return def, false
	}
	return out, true
}

// public reports whether a value may stand where it is; a sensitive one may not.
func (ev *evaluator) public(marks cty.ValueMarks, fr *frame, at diag.Span, where string) bool {
	if len(marks) == 0 {
		return true
	}
	var o origins
	o.add(marks)
	if o.sensitive == "" {
		return true
	}
	ev.errorf(fr, "E-sensitive", at, "param.%s is sensitive, and %s is written down, in the lock, the log or on disk. Secrets may not go there.", o.sensitive, where)
	return false
}

func (a *attrs) wrong(at diag.Span, format string, args ...any) {
	a.ev.errorf(a.fr, "E-attribute-type", at, format, args...)
}

func (a *attrs) text(name, def string) (string, bool) {
	return decode(a, name, def, func(v cty.Value, at diag.Span) (string, bool) {
		if v.Type() != cty.String {
			a.wrong(at, "%s is a text, not %s.", name, kindOf(v))
			return "", false
		}
		return v.AsString(), true
	})
}

func (a *attrs) flag(name string, def bool) (bool, bool) {
	return decode(a, name, def, func(v cty.Value, at diag.Span) (bool, bool) {
		if v.Type() != cty.Bool {
			a.wrong(at, "%s is true or false, not %s.", name, kindOf(v))
			return def, false
		}
		return v.True(), true
	})
}

// texts reads a list of texts.
func (a *attrs) texts(name string) ([]string, bool) {
	return decode(a, name, nil, func(v cty.Value, at diag.Span) ([]string, bool) {
		if !isList(v.Type()) {
			a.wrong(at, "%s is a list of texts, not %s.", name, kindOf(v))
			return nil, false
		}
		out := []string{}
		for _, e := range v.AsValueSlice() {
			if e.IsNull() {
				continue
			}
			if e.Type() != cty.String {
				a.wrong(at, "%s is a list of texts; one of them is %s.", name, kindOf(e))
				return nil, false
			}
			out = append(out, e.AsString())
		}
		return out, true
	})
}

// sorted is texts, sorted, each once.
func (a *attrs) sorted(name string) ([]string, bool) {
	list, ok := a.texts(name)
	return unique(list), ok
}

// entrySpan is where an attribute gives an entry of an object or an element of a list, or
// whole if that is not written out there.
func (a *attrs) entrySpan(attr, name string, whole diag.Span) diag.Span {
	at := a.block.Attr(attr)
	if at == nil {
		return whole
	}
	return entrySpan(at, name, whole)
}

func entrySpan(a *lang.Attr, name string, whole diag.Span) diag.Span {
	switch e := a.Expr.(type) {
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			if hcl.ExprAsKeyword(item.KeyExpr) == name {
				return lang.Span(hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range()))
			}
		}
	case *hclsyntax.TupleConsExpr:
		for _, x := range e.Exprs {
			t, ok := x.(*hclsyntax.TemplateExpr)
			if !ok || !t.IsStringLiteral() {
				continue
			}
			if v, _ := t.Value(nil); v.AsString() == name {
				return lang.Span(x.Range())
			}
		}
	}
	return whole
}

func unique(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := append([]string(nil), list...)
	sort.Strings(out)
	n := 1
	for _, s := range out[1:] {
		if s != out[n-1] {
			out[n] = s
			n++
		}
	}
	return out[:n]
}

// pairs reads an object of scalars, sorted by name; null leaves a name out.
func (a *attrs) pairs(name string) ([]graph.Var, bool) {
	return decode(a, name, nil, func(v cty.Value, at diag.Span) ([]graph.Var, bool) {
		if !isObject(v.Type()) {
			a.wrong(at, "%s is an object like { NAME = \"value\" }, not %s.", name, kindOf(v))
			return nil, false
		}
		var out []graph.Var
		m := v.AsValueMap()
		for _, n := range sortedNames(m) {
			e := m[n]
			if e.IsNull() {
				continue
			}
			s, err := text(e)
			if err != nil {
				a.wrong(at, "%s.%s is %s.", name, n, err)
				return nil, false
			}
			out = append(out, graph.Var{Name: n, Value: s})
		}
		return out, true
	})
}

func isObject(t cty.Type) bool { return t.IsObjectType() || t.IsMapType() }

func (a *attrs) isolation(def graph.Isolation) graph.Isolation {
	out, _ := decode(a, "isolation", def, func(v cty.Value, at diag.Span) (graph.Isolation, bool) {
		if v.Type() == cty.String {
			switch l := graph.Isolation(v.AsString()); l {
			case graph.IsolationProject, graph.IsolationHermetic, graph.IsolationImage, graph.IsolationOff:
				return l, true
			}
		}
		a.ev.errorf(a.fr, "E-attribute-value", at, "The levels of isolation are \"project\", \"hermetic\", \"image\" and \"off\".")
		return def, false
	})
	return out
}

// toolchains reads a list of references to toolchains.
func (a *attrs) toolchains(def []string) []string {
	out, _ := decode(a, "toolchains", def, func(v cty.Value, at diag.Span) ([]string, bool) {
		if !isList(v.Type()) {
			a.wrong(at, "toolchains is a list like [toolchain.python], not %s.", kindOf(v))
			return def, false
		}
		names := []string{}
		for _, e := range v.AsValueSlice() {
			if !e.Type().Equals(toolchainType) || e.IsNull() {
				a.wrong(at, "toolchains is a list of references like toolchain.python; one of them is %s.", kindOf(e))
				return def, false
			}
			names = append(names, *e.EncapsulatedValue().(*string))
		}
		return unique(names), true
	})
	return out
}

// duration reads "90s", "2h".
func (a *attrs) duration(name string) (time.Duration, bool) {
	return decode(a, name, 0, func(v cty.Value, at diag.Span) (time.Duration, bool) {
		if v.Type() == cty.String {
			if d, err := time.ParseDuration(v.AsString()); err == nil && d > 0 {
				return d, true
			}
		}
		a.ev.errorf(a.fr, "E-attribute-value", at, "%s is a time above zero with its unit, as \"90s\", \"30m\" or \"1h30m\".", name)
		return 0, false
	})
}

// count reads a whole number from 0.
func (a *attrs) count(name string) (int, bool) {
	return decode(a, name, 0, func(v cty.Value, at diag.Span) (int, bool) {
		if v.Type() == cty.Number {
			if n, acc := v.AsBigFloat().Int64(); acc == big.Exact && n >= 0 && n <= 1000 {
				return int(n), true
			}
		}
		a.ev.errorf(a.fr, "E-attribute-value", at, "%s is a whole number from 0 to 1000.", name)
		return 0, false
	})
}
