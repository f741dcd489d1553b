package grid_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"
)

var num = cty.MustParseNumberVal

func str(s string) cty.Value { return cty.StringVal(s) }

func nums(texts ...string) []cty.Value {
	var values []cty.Value
	for _, t := range texts {
		values = append(values, num(t))
	}
	return values
}

func keys(t testing.TB, points []grid.Point) []string {
	t.Helper()
	var all []string
	for _, p := range points {
		k, err := p.Key()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, k)
	}
	return all
}

func TestProductOrder(t *testing.T) {
	got := keys(t, grid.Product(map[string][]cty.Value{
		"b": nums("1", "2"), "a": {str("x"), cty.True, num("0.1")},
	}))
	want := []string{"a=x,b=1", "a=x,b=2", "a=true,b=1", "a=true,b=2", "a=0.1,b=1", "a=0.1,b=2"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestEmptyProducts(t *testing.T) {
	if n := len(grid.Product(map[string][]cty.Value{"a": nums("1"), "b": nil})); n != 0 {
		t.Errorf("an empty axis gives %d points", n)
	}
	if n := len(grid.Product(nil)); n != 1 {
		t.Errorf("no axes give %d points", n)
	}
	big := make([]cty.Value, 2000)
	if _, ok := grid.Size(map[string][]cty.Value{"a": big, "b": big}); ok {
		t.Error("4,000,000 points are allowed")
	}
}

func TestZip(t *testing.T) {
	points, err := grid.Zip(map[string][]cty.Value{"b": nums("1", "2"), "a": {str("x"), str("y")}})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a=x,b=1", "a=y,b=2"}, keys(t, points)); d != "" {
		t.Error(d)
	}
	_, err = grid.Zip(map[string][]cty.Value{"b": nums("1", "2"), "a": nums("1")})
	var e *grid.LengthError
	if !errors.As(err, &e) {
		t.Errorf("unequal lengths: %v", err)
	}
}

func TestPointKeys(t *testing.T) {
	for _, c := range []struct {
		point map[string]cty.Value
		want  string
	}{
		{map[string]cty.Value{"C": num("0.1"), "solver": str("lbfgs")}, "C=0.1,solver=lbfgs"},
		{map[string]cty.Value{"C": num("1e-1")}, "C=0.1"},
		{map[string]cty.Value{"C": cty.NumberFloatVal(0.1)}, "C=0.1"},
		{map[string]cty.Value{"on": cty.False}, "on=false"},
		{map[string]cty.Value{"f": str("a/b c,d=e")}, "f=a%2Fb%20c%2Cd%3De"},
		{map[string]cty.Value{"f": str("é~%")}, "f=%C3%A9%7E%25"},
		{map[string]cty.Value{"f": str("")}, "f="},
		{map[string]cty.Value{"f": str(strings.Repeat("a", 60))}, "f=" + strings.Repeat("a", 60)},
		{map[string]cty.Value{"f": str(strings.Repeat("a", 61))}, "f=" + strings.Repeat("a", 40) + "~35d5fc17cfbb"},
	} {
		got, err := grid.New(c.point).Key()
		if err != nil {
			t.Error(err)
		}
		if got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestLongPointKeys(t *testing.T) {
	seen := map[string]string{}
	for _, last := range []string{"x", "y"} {
		values := map[string]cty.Value{}
		for _, axis := range "abcdef" {
			values[string(axis)] = str(strings.Repeat("v", 59) + last)
		}
		k, err := grid.New(values).Key()
		if err != nil {
			t.Fatal(err)
		}
		if len(k) > 200 || seen[k] != "" {
			t.Errorf("%d bytes: %s", len(k), k)
		}
		seen[k] = last
	}
}

func TestEscapesAreNotCutInTwo(t *testing.T) {
	for n := 30; n < 50; n++ {
		enc := grid.EncodeValue(strings.Repeat("a", n) + strings.Repeat("/", 40))
		head, _, _ := strings.Cut(enc, "~")
		if _, ok := grid.DecodeValue(head); !ok {
			t.Error(enc)
		}
	}
}

func TestKeyErrors(t *testing.T) {
	var needed *grid.KeyNeededError
	var null *grid.NullError
	_, err := grid.New(map[string]cty.Value{"m": cty.EmptyObjectVal}).Key()
	if !errors.As(err, &needed) || needed.Axis != "m" {
		t.Errorf("object: %v", err)
	}
	_, err = grid.New(map[string]cty.Value{"m": cty.NullVal(cty.String)}).Key()
	if !errors.As(err, &null) || null.Axis != "m" {
		t.Errorf("null: %v", err)
	}
}

func TestCheckAxis(t *testing.T) {
	for name, ok := range map[string]bool{
		"C": true, "max_iter": true, "a-b": true, "_x": true, "x2": true,
		"": false, "2x": false, "-x": false, "a b": false, "key": false, "outputs": false, "metrics": false,
		"plots": false, "params": false, "from": false,
	} {
		if err := grid.CheckAxis(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestFromInstance(t *testing.T) {
	p, err := grid.FromInstance(cty.ObjectVal(map[string]cty.Value{
		"C": num("0.1").Mark("param"), "key": str("C=0.1"),
		"outputs": cty.ObjectVal(map[string]cty.Value{"m": str("x").Mark("artifact")}),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if k, err := p.Key(); k != "C=0.1" || err != nil {
		t.Error(k, err)
	}
}

func TestIndex(t *testing.T) {
	x := grid.NewIndex(grid.Product(map[string][]cty.Value{
		"C": nums("0.1", "1"), "solver": {str("saga"), str("lbfgs")}, "depth": nums("3", "5"),
	}))
	for _, c := range []struct {
		want map[string]cty.Value
		at   []int
	}{
		{nil, []int{0, 1, 2, 3, 4, 5, 6, 7}},
		{map[string]cty.Value{"C": num("1e-1")}, []int{0, 1, 2, 3}},
		{map[string]cty.Value{"C": num("1"), "depth": num("5")}, []int{6, 7}},
		{map[string]cty.Value{"C": num("7")}, nil},
	} {
		got, err := x.Where(grid.New(c.want))
		if err != nil {
			t.Error(err)
		}
		if d := cmp.Diff(c.at, got); d != "" {
			t.Error(d)
		}
	}
	_, err := x.Where(grid.New(map[string]cty.Value{"sovler": str("saga")}))
	var unknown *grid.UnknownAxisError
	if !errors.As(err, &unknown) || unknown.Suggestion != "solver" {
		t.Error(err)
	}
}

func TestPick(t *testing.T) {
	x := grid.NewIndex(grid.Product(map[string][]cty.Value{"C": nums("0.1", "1"), "depth": nums("3", "5")}))
	if i, err := x.Pick(grid.New(map[string]cty.Value{"C": num("1"), "depth": num("3")})); i != 2 || err != nil {
		t.Error(i, err)
	}
	for want, text := range map[string]string{
		"0.1": "2 of 4 points have C=0.1: C=0.1,depth=3; C=0.1,depth=5; name more axes, or use where for all of them",
		"0.2": "none of 4 points has C=0.2; near it: C=0.1,depth=3; C=0.1,depth=5; C=1,depth=3; C=1,depth=5",
	} {
		_, err := x.Pick(grid.New(map[string]cty.Value{"C": num(want)}))
		var e *grid.PickError
		if !errors.As(err, &e) || e.Error() != text {
			t.Error(err)
		}
	}
	_, err := x.Pick(grid.New(map[string]cty.Value{"C": num("1"), "depth": num("4")}))
	var e *grid.PickError
	if !errors.As(err, &e) || e.Near[0].Get("C").Equals(num("1")).False() {
		t.Error(err)
	}
}

func TestObjectValuesAreFound(t *testing.T) {
	model := func(lr string) cty.Value { return cty.ObjectVal(map[string]cty.Value{"lr": num(lr)}) }
	x := grid.NewIndex(grid.Product(map[string][]cty.Value{"model": {model("0.1"), model("0.2")}}))
	if i, err := x.Pick(grid.New(map[string]cty.Value{"model": model("2e-1")})); i != 1 || err != nil {
		t.Error(i, err)
	}
}

// Texts come back from their encoding, or were cut; and no two have the same.
func TestEncodingIsInjective(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		ea, eb := grid.EncodeValue(a), grid.EncodeValue(b)
		if (ea == eb) != (a == b) {
			t.Fatalf("%q and %q: %s, %s", a, b, ea, eb)
		}
		if len(ea) > 60 {
			t.Fatalf("%d bytes", len(ea))
		}
		back, ok := grid.DecodeValue(ea)
		if ok && back != a || !ok && !strings.Contains(ea, "~") {
			t.Fatalf("%q came back as %q, %v", a, back, ok)
		}
	})
}

func FuzzDecodeValue(f *testing.F) {
	for _, s := range []string{"a", "%2F", "%2f", "%41", "%", "a~0123456789ab", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		if text, ok := grid.DecodeValue(encoded); ok && grid.EncodeValue(text) != encoded {
			t.Errorf("%q", encoded)
		}
	})
}

func axes10000() map[string][]cty.Value {
	axes := map[string][]cty.Value{}
	for _, name := range []string{"C", "depth", "seed", "rate"} {
		for i := range 10 {
			axes[name] = append(axes[name], num(fmt.Sprintf("%d.%d", i, i%3)))
		}
	}
	return axes
}

func BenchmarkProduct10000(b *testing.B) {
	axes := axes10000()
	b.ReportAllocs()
	for b.Loop() {
		grid.Product(axes)
	}
}

func BenchmarkKeys10000(b *testing.B) {
	points := grid.Product(axes10000())
	b.ReportAllocs()
	for b.Loop() {
		keys(b, points)
	}
}

func BenchmarkIndex10000(b *testing.B) {
	points := grid.Product(axes10000())
	b.ReportAllocs()
	for b.Loop() {
		grid.NewIndex(points)
	}
}

func BenchmarkPickAmong10000(b *testing.B) {
	points := grid.Product(axes10000())
	x := grid.NewIndex(points)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Pick(points[i%len(points)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
