package builtins

import (
	"math/big"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func spaceFuncs() []Func {
	three := func(last string) signature { return takes(count("start"), count("stop"), count(last)) }
	return []Func{
		{Name: "linspace", Doc: "Lists n numbers from start to stop, evenly spaced. They are rounded to 15 digits, the same on every machine.", Example: `linspace(0, 1, 4)`, Want: `[0, 0.333333333333333, 0.666666666666667, 1]`, Impl: making(cty.DynamicPseudoType, three("n"), linspace)},
		{Name: "logspace", Doc: "Lists n powers of ten, with exponents evenly spaced from start to stop. They are rounded to 15 digits, the same on every machine.", Example: `logspace(-3, 1, 5)`, Want: `[0.001, 0.01, 0.1, 1, 10]`, Impl: making(cty.DynamicPseudoType, three("n"), logspace)},
		{Name: "range", Doc: "Lists numbers: range(n) from 0 up to n, range(start, n) from start, range(start, n, interval) with an interval. The limit itself is left out.", Example: `[range(3), range(1, 3), range(1, 0, -0.5)]`, Want: `[[0, 1, 2], [1, 2], [1, 0.5]]`, Impl: making(cty.DynamicPseudoType, takes(count("limit")).then(count("number")), rangeOf)},
	}
}

// spaced calls f with n evenly spaced numbers.
func spaced(args []cty.Value, f func(*big.Rat) (cty.Value, error)) (cty.Value, error) {
	r, err := rats(args[:2])
	if err != nil {
		return cty.DynamicVal, err
	}
	n, err := wholeNumber(args, 2)
	if err != nil {
		return cty.DynamicVal, err
	}
	if n < 0 || n > grid.MaxPoints {
		return cty.DynamicVal, function.NewArgErrorf(2, "between 0 and %d numbers are possible, not %d", grid.MaxPoints, n)
	}
	width := new(big.Rat).Sub(r[1], r[0])
	list := make([]cty.Value, n)
	for i := range list {
		x := new(big.Rat)
		if n > 1 {
			x.Mul(width, big.NewRat(int64(i), int64(n-1)))
		}
		if list[i], err = f(x.Add(x, r[0])); err != nil {
			return cty.DynamicVal, err
		}
	}
	return listOf(list), nil
}

func linspace(args []cty.Value) (cty.Value, error) {
	return spaced(args, func(x *big.Rat) (cty.Value, error) {
		if x.IsInt() {
			return fromRat(x), nil
		}
		return rounded(float().SetRat(x))
	})
}

func logspace(args []cty.Value) (cty.Value, error) {
	ten, log := big.NewRat(10, 1), ln(float().SetInt64(10)) // once for all
	return spaced(args, func(x *big.Rat) (cty.Value, error) {
		if x.IsInt() {
			return wholePower(ten, x.Num())
		}
		return fractionalPower(log, x)
	})
}

func rangeOf(args []cty.Value) (cty.Value, error) {
	if len(args) > 3 {
		return cty.DynamicVal, function.NewArgErrorf(3, "range takes a limit, or a start and a limit, or these and an interval")
	}
	r, err := rats(args)
	if err != nil {
		return cty.DynamicVal, err
	}
	start, limit, interval := new(big.Rat), r[0], big.NewRat(1, 1)
	if len(r) > 1 {
		start, limit = r[0], r[1]
		if limit.Cmp(start) < 0 {
			interval = big.NewRat(-1, 1)
		}
	}
	if len(r) > 2 {
		interval = r[2]
	}
	if limit.Cmp(start) != 0 && interval.Sign() != limit.Cmp(start) {
		return cty.DynamicVal, function.NewArgErrorf(len(args)-1, "the interval never leads to the limit")
	}
	if n := new(big.Rat).Sub(limit, start); n.Sign() != 0 && n.Quo(n, interval).Cmp(big.NewRat(grid.MaxPoints, 1)) > 0 {
		return cty.DynamicVal, function.NewArgErrorf(0, "the range has more than %d numbers", grid.MaxPoints)
	}
	var list []cty.Value
	for x := new(big.Rat).Set(start); x.Cmp(limit) == -interval.Sign(); x.Add(x, interval) {
		list = append(list, fromRat(x))
	}
	return listOf(list), nil
}
