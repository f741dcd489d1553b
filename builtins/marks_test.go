package builtins_test

import (
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

// marked describes a value with the marks of its leaves: "a<m>".
func marked(v cty.Value) any {
	bare, marks := v.Unmark()
	if t := bare.Type(); !bare.IsNull() && (t.IsTupleType() || t.IsListType()) {
		list := []any{}
		for it := bare.ElementIterator(); it.Next(); {
			_, e := it.Element()
			list = append(list, marked(e))
		}
		if len(marks) > 0 {
			return map[string]any{"marked": list}
		}
		return list
	} else if t.IsObjectType() || t.IsMapType() {
		attrs := map[string]any{}
		for name, a := range bare.AsValueMap() {
			attrs[name] = marked(a)
		}
		return attrs
	}
	text := "null"
	if !bare.IsNull() {
		switch bare.Type() {
		case cty.String:
			text = bare.AsString()
		case cty.Number:
			text = bare.AsBigFloat().Text('g', 6)
		case cty.Bool:
			text = map[bool]string{true: "true", false: "false"}[bare.True()]
		}
	}
	for _, m := range []string{"p", "q"} {
		if _, ok := marks[m]; ok {
			text += "<" + m + ">"
		}
	}
	return text
}

func TestMarksStayWhereTheyBelong(t *testing.T) {
	p, q := cty.StringVal("p").Mark("p"), cty.StringVal("q").Mark("q")
	vars := map[string]cty.Value{
		"p": p, "q": q, "n": cty.NumberIntVal(1).Mark("p"),
		"list":  cty.TupleVal([]cty.Value{p, cty.StringVal("x"), q}),
		"whole": cty.ListVal([]cty.Value{cty.StringVal("a"), cty.StringVal("b")}).Mark("p"),
		"obj":   cty.ObjectVal(map[string]cty.Value{"a": p, "b": cty.StringVal("x")}),
	}
	type l = []any
	type m = map[string]any
	for expr, want := range map[string]any{
		`concat(list, ["y"])`:                          l{"p<p>", "x", "q<q>", "y"},
		`concat(whole, ["y"])`:                         l{"a<p>", "b<p>", "y"},
		`flatten([list, [whole]])`:                     l{"p<p>", "x", "q<q>", "a<p>", "b<p>"},
		`reverse(list)`:                                l{"q<q>", "x", "p<p>"},
		`distinct(concat(list, list))`:                 l{"p<p>", "x", "q<q>"},
		`sort(list)`:                                   l{"p<p>", "q<q>", "x"},
		`slice(list, 0, 2)`:                            l{"p<p>", "x"},
		`element(list, 2)`:                             "q<q>",
		`element(["a", "b"], n)`:                       "b<p>",
		`merge(obj, { b = q })`:                        m{"a": "p<p>", "b": "q<q>"},
		`keys(obj)`:                                    l{"a", "b"},
		`values(obj)`:                                  l{"p<p>", "x"},
		`lookup(obj, "b")`:                             "x",
		`zipmap(["a"], [p])`:                           m{"a": "p<p>"},
		`chunklist(list, 2)`:                           l{l{"p<p>", "x"}, l{"q<q>"}},
		`setproduct([p], ["x"])`:                       l{l{"p<p>", "x"}},
		`coalesce("", p)`:                              "p<p>",
		`one([p])`:                                     "p<p>",
		`length(list)`:                                 "3",
		`length(whole)`:                                "2<p>",
		`join("/", list)`:                              "p/x/q<p><q>",
		`split(",", "${p},b")`:                         l{"p<p>", "b<p>"},
		`upper(p)`:                                     "P<p>",
		`dirname("a/${p}")`:                            "a<p>",
		`format("%s-%s", p, q)`:                        "p-q<p><q>",
		`jsondecode("[{\"a\":\"${p}\"}]")`:             l{m{"a": "p<p>"}},
		`jsonencode(list)`:                             `["p","x","q"]<p><q>`,
		`contains(list, "x")`:                          "true<p><q>",
		`max(n, 2)`:                                    "2<p>",
		`tostring(n)`:                                  "1<p>",
		`grid({ C = [p, "x"], d = [1] })`:              l{m{"C": "p<p>", "d": "1"}, m{"C": "x", "d": "1"}},
		`repeat([{ C = p }], 1)`:                       l{m{"C": "p<p>", "seed": "0"}},
		`sample([p], 1, 0)`:                            l{"p<p>"},
		`zip({ C = whole })`:                           l{m{"C": "a<p>"}, m{"C": "b<p>"}},
		`pick([{ C = "q", o = p }], { C = q })`:        m{"C": "q", "o": "p<p>"},
		`setunion(list, [q, "y"])`:                     l{"p<p>", "x", "q<q>", "y"},
		`setintersection(list, ["q", "p"])`:            l{"p<p>", "q<q>"},
		`setsubtract(list, [q])`:                       l{"p<p>", "x"},
		`matchkeys(list, [1, 2, 3], [2, 3])`:           l{"x", "q<q>"},
		`coalescelist([], list)`:                       l{"p<p>", "x", "q<q>"},
		`formatlist("%s/%s", list, q)`:                 l{"p/q<p><q>", "x/q<q>", "q/q<q>"},
		`csvencode([{ a = p }])`:                       "a\np\n<p>",
		`tomldecode("a = \"${p}\"")`:                   m{"a": "p<p>"},
		`substr(md5(p), 0, 4)`:                         "83878c91"[:4] + "<p>",
		`where([{ C = p }, { C = "x" }], { C = "p" })`: l{m{"C": "p<p>"}},
	} {
		got, err := eval(t, builtins.Env{}, expr, vars)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if d := cmp.Diff(want, marked(got)); d != "" {
			t.Errorf("%s: %s", expr, d)
		}
	}
}

// What is not known yet makes the result unknown, never a panic or an error.
func TestUnknownValues(t *testing.T) {
	unknown := []cty.Value{cty.DynamicVal, cty.UnknownVal(cty.String), cty.UnknownVal(cty.List(cty.String)),
		cty.TupleVal([]cty.Value{cty.UnknownVal(cty.Number)}), cty.ObjectVal(map[string]cty.Value{"C": cty.UnknownVal(cty.List(cty.Number))})}
	for _, f := range builtins.Table(env()) {
		for _, u := range unknown {
			for n := range 4 {
				args := make([]cty.Value, n)
				for i := range args {
					args[i] = u
				}
				_, _ = f.Impl.Call(args) // an error of type is fine
			}
		}
	}
	for expr, vars := range map[string]map[string]cty.Value{
		`grid({ C = u })`:              {"u": cty.UnknownVal(cty.List(cty.Number))},
		`pick([{ C = u }], { C = u })`: {"u": cty.UnknownVal(cty.Number)},
		`concat(["a"], u)`:             {"u": cty.DynamicVal},
		`join(",", ["a", u])`:          {"u": cty.UnknownVal(cty.String)},
		`distinct([u, "a"])`:           {"u": cty.UnknownVal(cty.String)},
		`sort([u, "a"])`:               {"u": cty.UnknownVal(cty.String)},
		`files("images", u)`:           {"u": cty.UnknownVal(cty.String)},
	} {
		got, err := eval(t, env(), expr, vars)
		if err != nil || got.IsKnown() {
			t.Errorf("%s: %#v, %v", expr, got, err)
		}
	}
}
