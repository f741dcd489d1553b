package builtins

import (
	"math/big"
	"testing"

	"github.com/zclconf/go-cty/cty"
)

// TestConstant: what is written down is what the series gives, to the last bit.
func TestConstant(t *testing.T) {
	third := float().Quo(float().SetInt64(1), float().SetInt64(3))
	if got, want := ln2(), artanh2(third); got.Cmp(want) != 0 || got.Prec() != want.Prec() {
		t.Errorf("ln 2 is %s, written down as %s", want.Text('p', 0), got.Text('p', 0))
	}
}

// TestSpacesArePowers: logspace takes the logarithm of ten once, and gives the same powers.
func TestSpacesArePowers(t *testing.T) {
	for _, c := range [][3]int64{{-3, 1, 50}, {-20, 21, 40}, {5, 5, 3}, {300, -300, 30}} {
		list, err := logspace([]cty.Value{cty.NumberIntVal(c[0]), cty.NumberIntVal(c[1]), cty.NumberIntVal(c[2])})
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range list.AsValueSlice() {
			want, err := power(big.NewRat(10, 1), big.NewRat(c[0]*(c[2]-1)+(c[1]-c[0])*int64(i), c[2]-1))
			if err != nil || !got.RawEquals(want) {
				t.Errorf("logspace%v[%d] is %#v; as a power it is %#v, %v", c, i, got, want, err)
			}
		}
	}
}

func BenchmarkLogspace(b *testing.B) {
	const n = 1000
	args := []cty.Value{cty.NumberIntVal(-3), cty.NumberIntVal(1), cty.NumberIntVal(n)}
	for b.Loop() {
		if _, err := logspace(args); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/value")
}
