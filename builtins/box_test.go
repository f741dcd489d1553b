package builtins_test

import (
	"fmt"
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/zclconf/go-cty/cty"
)

// TestBox: a box changes nothing, asked once or often.
func TestBox(t *testing.T) {
	impls := builtins.Impls(builtins.Table(builtins.Env{}))
	one, third := cty.NumberIntVal(1), cty.MustParseNumberVal("0.5")
	object := cty.ObjectVal(map[string]cty.Value{"a": one})
	lists := map[string]cty.Value{
		"marked": cty.TupleVal([]cty.Value{cty.StringVal("a").Mark("p"), one, third, cty.NullVal(cty.String), object.Mark("q"), cty.TupleVal([]cty.Value{one}), one}),
		"whole":  cty.ListVal([]cty.Value{cty.StringVal("a"), cty.StringVal("1")}).Mark("p"),
		"empty":  cty.EmptyTupleVal,
		"hazy":   cty.TupleVal([]cty.Value{cty.UnknownVal(cty.Number), one}),
		"object": object,
		"no":     one,
	}
	wants := []cty.Value{one, third, cty.StringVal("a").Mark("q"), cty.StringVal("1"), cty.True, cty.NullVal(cty.Number), object, cty.ListVal([]cty.Value{one}), cty.UnknownVal(cty.String)}
	for name, list := range lists {
		boxed := builtins.Box(list)
		for _, f := range []string{"contains", "index"} {
			for i, want := range wants {
				v, err := impls[f].Call([]cty.Value{list, want})
				b, berr := impls[f].Call([]cty.Value{boxed, want})
				if fmt.Sprint(err) != fmt.Sprint(berr) || err == nil && !b.RawEquals(v) {
					t.Errorf("%s(%s, %d): %#v, %v without a box, %#v, %v in one that was asked before", f, name, i, v, err, b, berr)
				}
			}
		}
	}
	v, err := impls["concat"].Call([]cty.Value{builtins.Box(lists["marked"]), builtins.Box(lists["whole"])})
	if err != nil || v.Type().Length() != 9 {
		t.Errorf("%#v, %v", v, err)
	}
}
