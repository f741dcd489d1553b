package number_test

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"pgregory.net/rapid"
)

// A number has one text wherever it came from.
func TestParseText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"0", "0"}, {"-0", "0"}, {"-0.0", "0"}, {"0e5", "0"}, {"+7", "7"}, {"017", "17"}, {"-3", "-3"},
		{"1.0", "1"}, {"1.", "1"}, {".5", "0.5"}, {"-.5", "-0.5"}, {"1e3", "1000"}, {"1E+3", "1000"}, {"0.10", "0.1"},
		{"1e-3", "0.001"}, {"0.000001", "0.000001"}, {"1e-6", "0.000001"}, {"0.0000012", "0.0000012"},
		{"1e-7", "1e-7"}, {"1.5e-7", "1.5e-7"}, {"0.00000015", "1.5e-7"}, {"-1e-7", "-1e-7"}, {"5e-324", "5e-324"}, {"1e-400", "0"},
		{"9007199254740993", "9007199254740993"}, {"9007199254740993.0", "9007199254740993"},
		{"18446744073709551616", "18446744073709551616"}, {"1e21", "1000000000000000000000"}, {"1e30", "1" + strings.Repeat("0", 30)},
		{"123456789012345678901234567890", "123456789012345678901234567890"},
		{"1" + strings.Repeat("0", 153), "1" + strings.Repeat("0", 153)},
		{"0.1000000000000000055511151231257827", "0.1"}, {"0.30000000000000004", "0.30000000000000004"},
		{"3.0000000000000000001", "3"}, {"1000000000000000000000.5", "1000000000000000000000"}, {"123456789.125", "123456789.125"},
		{"1e300", "1e+300"}, {"1.7976931348623157e308", "1.7976931348623157e+308"}, {"-2.5e200", "-2.5e+200"},
	} {
		v, err := number.Parse(c.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if got, err := number.Text(v); got != c.want || err != nil {
			t.Errorf("Text(Parse(%q)) = %q, %v, want %q", c.in, got, err, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		in   string
		want error
	}{
		{"", number.ErrSyntax}, {"-", number.ErrSyntax}, {"+-1", number.ErrSyntax}, {".", number.ErrSyntax}, {"-.", number.ErrSyntax},
		{"e3", number.ErrSyntax}, {"1e", number.ErrSyntax}, {"1e+", number.ErrSyntax}, {"1e3.5", number.ErrSyntax}, {"1.2.3", number.ErrSyntax},
		{"0x10", number.ErrSyntax}, {"1_000", number.ErrSyntax}, {"1,5", number.ErrSyntax}, {" 1", number.ErrSyntax}, {"1 ", number.ErrSyntax},
		{"inf", number.ErrSyntax}, {"NaN", number.ErrSyntax}, {".inf", number.ErrSyntax}, {"1p5", number.ErrSyntax}, {"٣", number.ErrSyntax},
		{"1e309", number.ErrRange}, {"-1e400", number.ErrRange}, {"1e99999999999999999999", number.ErrRange}, {"1e2147483647", number.ErrRange},
		{"9" + strings.Repeat("0", 154), number.ErrLong}, {strings.Repeat("9", 1_000_000), number.ErrLong},
	} {
		if v, err := number.Parse(c.in); !errors.Is(err, c.want) {
			t.Errorf("Parse(%.40q) = %#v, %v, want %v", c.in, v, err, c.want)
		}
	}
}

// Arithmetic leaves digits behind that no float64 has; the text does not show them.
func TestTextOfComputed(t *testing.T) {
	third := cty.NumberIntVal(1).Divide(cty.NumberIntVal(3))
	for _, c := range []struct {
		v    cty.Value
		want string
	}{
		{third, "0.3333333333333333"},
		{third.Multiply(cty.NumberIntVal(3)), "1"},
		{cty.NumberFloatVal(0.1), "0.1"},
		{cty.MustParseNumberVal("0.1").Multiply(cty.NumberIntVal(3)), "0.3"},
		{cty.NumberFloatVal(math.Copysign(0, -1)), "0"},
		{cty.NumberFloatVal(1e23), "99999999999999991611392"}, // that float64, exactly: an integer
	} {
		if got, err := number.Text(c.v); got != c.want || err != nil {
			t.Errorf("Text(%#v) = %q, %v, want %q", c.v, got, err, c.want)
		}
	}
	if _, err := number.Text(cty.PositiveInfinity); !errors.Is(err, number.ErrInfinite) {
		t.Errorf("Text(inf) = %v", err)
	}
}

func TestNormalize(t *testing.T) {
	mark := "origin"
	in := cty.ObjectVal(map[string]cty.Value{
		"a": cty.NumberFloatVal(0.1).Mark(mark),
		"b": cty.ListVal([]cty.Value{cty.NumberFloatVal(0.2), cty.NullVal(cty.Number), cty.UnknownVal(cty.Number)}).Mark(mark),
		"c": cty.TupleVal([]cty.Value{cty.StringVal("x"), cty.NumberIntVal(1).Divide(cty.NumberIntVal(3))}),
		"d": cty.MapVal(map[string]cty.Value{"k": cty.NumberFloatVal(0.3)}),
		"e": cty.SetVal([]cty.Value{cty.NumberFloatVal(0.1), cty.MustParseNumberVal("0.1")}),
		"f": cty.DynamicVal, "g": cty.EmptyTupleVal, "h": cty.ListValEmpty(cty.Number),
	})
	want := cty.ObjectVal(map[string]cty.Value{
		"a": cty.MustParseNumberVal("0.1").Mark(mark),
		"b": cty.ListVal([]cty.Value{cty.MustParseNumberVal("0.2"), cty.NullVal(cty.Number), cty.UnknownVal(cty.Number)}).Mark(mark),
		"c": cty.TupleVal([]cty.Value{cty.StringVal("x"), cty.MustParseNumberVal("0.3333333333333333")}),
		"d": cty.MapVal(map[string]cty.Value{"k": cty.MustParseNumberVal("0.3")}),
		"e": cty.SetVal([]cty.Value{cty.MustParseNumberVal("0.1")}),
		"f": cty.DynamicVal, "g": cty.EmptyTupleVal, "h": cty.ListValEmpty(cty.Number),
	})
	got, err := number.Normalize(in)
	if err != nil || !got.RawEquals(want) {
		t.Errorf("Normalize = %#v, %v\nwant %#v", got, err, want)
	}
	if _, err := number.Normalize(cty.TupleVal([]cty.Value{cty.NegativeInfinity})); err == nil {
		t.Error("Normalize accepted an infinity")
	}
}

// Text reads back as the same float64, and is a fixed point.
func TestFloatsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		v := cty.NumberFloatVal(x)
		s, err := number.Text(v)
		if err != nil {
			t.Fatal(err)
		}
		if y, err := strconv.ParseFloat(s, 64); y != x || err != nil {
			t.Fatalf("%v has text %s, which reads as %v", x, s, y)
		}
		fixed(t, s)
	})
}

func TestIntegersAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "bytes")
		i := new(big.Int).SetBytes(b)
		if rapid.Bool().Draw(t, "negative") {
			i.Neg(i)
		}
		v, err := number.Parse(i.String())
		if err != nil {
			t.Fatal(err)
		}
		if s, err := number.Text(v); s != i.String() || err != nil {
			t.Fatalf("%s became %s, %v", i, s, err)
		}
	})
}

type failer interface{ Fatalf(string, ...any) }

// fixed fails unless s is the text of what it reads back as, also for cty's own reader.
func fixed(t failer, s string) {
	ours, err := number.Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q): %v", s, err)
	}
	for _, v := range []cty.Value{ours, cty.MustParseNumberVal(s)} {
		if again, err := number.Text(v); again != s || err != nil {
			t.Fatalf("text %q reads back as %q, %v", s, again, err)
		}
		if n, err := number.Normalize(v); err != nil || !n.RawEquals(ours) {
			t.Fatalf("%q normalises to %#v, read as %#v", s, n, ours)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "-0.5e-7", "1e300", ".5", "0x1", "1e-400", "340282366920938463463374607431768211456.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := number.Parse(s)
		if err != nil {
			return
		}
		text, err := number.Text(v)
		if err != nil {
			t.Fatalf("Parse(%q) = %#v has no text: %v", s, v, err)
		}
		fixed(t, text)
		if x, err := strconv.ParseFloat(s, 64); err == nil && len(s) < 100 {
			if y, _ := strconv.ParseFloat(text, 64); x != y && !(x == 0 && y == 0) {
				t.Fatalf("%q is %v, its text %q is %v", s, x, text, y)
			}
		}
	})
}

func BenchmarkText(b *testing.B) {
	v := cty.MustParseNumberVal("0.1")
	for b.Loop() {
		if _, err := number.Text(v); err != nil {
			b.Fatal(err)
		}
	}
}
