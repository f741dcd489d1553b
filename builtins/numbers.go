package builtins

import (
	"math/big"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func numberFuncs() []Func {
	return []Func{
		{Name: "abs", Doc: "Returns a number without its sign.", Example: `abs(-0.5)`, Want: `0.5`, Impl: onNumber(func(r *big.Rat) *big.Rat { return r.Abs(r) })},
		{Name: "ceil", Doc: "Rounds up to a whole number.", Example: `ceil(1.2)`, Want: `2`, Impl: onNumber(func(r *big.Rat) *big.Rat { return r.Neg(floor(r.Neg(r))) })},
		{Name: "floor", Doc: "Rounds down to a whole number.", Example: `floor(-1.2)`, Want: `-2`, Impl: onNumber(floor)},
		{Name: "signum", Doc: "Returns -1, 0 or 1, as a number is negative, zero or positive.", Example: `signum(-12)`, Want: `-1`, Impl: onNumber(func(r *big.Rat) *big.Rat { return big.NewRat(int64(r.Sign()), 1) })},
		{Name: "round", Doc: "Rounds to so many decimals (default 0), halves away from zero.", Example: `[round(2.5), round(0.12345, 3)]`, Want: `[3, 0.123]`, Impl: making(cty.Number, takes(count("number")).then(count("decimals")), round)},
		{Name: "max", Doc: "Returns the largest of its arguments; of a list: max(list...).", Example: `max(1, 10, 2)`, Want: `10`, Impl: making(cty.Number, takes(count("number")).then(count("number")), func(a []cty.Value) (cty.Value, error) { return extreme(a, 1), nil })},
		{Name: "min", Doc: "Returns the smallest of its arguments; of a list: min(list...).", Example: `min([1, 10, 2]...)`, Want: `1`, Impl: making(cty.Number, takes(count("number")).then(count("number")), func(a []cty.Value) (cty.Value, error) { return extreme(a, -1), nil })},
		{Name: "sum", Doc: "Adds the numbers of a list; 0 for an empty one.", Example: `sum([0.1, 0.2, 1])`, Want: `1.3`, Impl: making(cty.Number, takes(anything("list")), sum)},
		{Name: "pow", Doc: "Raises a number to a power. Whole powers of whole numbers are exact, anything else is rounded to 15 digits, the same on every machine.", Example: `[pow(2, 10), pow(2, 0.5)]`, Want: `[1024, 1.4142135623731]`, Impl: making(cty.Number, takes(count("number"), count("power")), pow)},
		{Name: "log", Doc: "Returns the logarithm of a number in a base, rounded to 15 digits, the same on every machine.", Example: `[log(1000, 10), log(10, 2)]`, Want: `[3, 3.32192809488736]`, Impl: making(cty.Number, takes(count("number"), count("base")), logarithm)},
		{Name: "parseint", Doc: "Reads a whole number in a base from 2 to 36.", Example: `parseint("ff", 16)`, Want: `255`, Impl: making(cty.Number, takes(text("text"), count("base")), parseInt)},
	}
}

// rat returns a number as what its text says: 0.1 is one tenth.
func rat(v cty.Value) (*big.Rat, error) {
	t, err := number.Text(v)
	if err != nil {
		return nil, err
	}
	r, ok := new(big.Rat).SetString(t)
	if !ok {
		panic("builtins.rat: a number's text is no number: " + t)
	}
	return r, nil
}

// rats reads all arguments as numbers.
func rats(args []cty.Value) ([]*big.Rat, error) {
	all := make([]*big.Rat, len(args))
	for i, a := range args {
		r, err := rat(a)
		if err != nil {
			return nil, function.NewArgErrorf(i, "the number cannot be used: %s", err)
		}
		all[i] = r
	}
	return all, nil
}

// fromRat returns a number with the nearest canonical text.
func fromRat(r *big.Rat) cty.Value {
	if r.IsInt() {
		return cty.NumberVal(new(big.Float).SetInt(r.Num()))
	}
	return cty.NumberVal(new(big.Float).SetPrec(512).SetRat(r))
}

// onNumber makes a function of one number.
func onNumber(f func(*big.Rat) *big.Rat) function.Function {
	return making(cty.Number, takes(count("number")), func(args []cty.Value) (cty.Value, error) {
		r, err := rats(args)
		if err != nil {
			return cty.DynamicVal, err
		}
		return fromRat(f(r[0])), nil
	})
}

// floor returns the largest whole number not above r.
func floor(r *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(r.Num(), r.Denom())) // Euclidean: towards minus infinity for a positive denominator
}

func round(args []cty.Value) (cty.Value, error) {
	r, err := rats(args[:1])
	if err != nil {
		return cty.DynamicVal, err
	}
	digits := 0
	if len(args) > 1 {
		if digits, err = wholeNumber(args, 1); err != nil {
			return cty.DynamicVal, err
		}
	}
	if digits < 0 || digits > 300 || len(args) > 2 {
		return cty.DynamicVal, function.NewArgErrorf(1, "decimals are one number between 0 and 300")
	}
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
	sign := big.NewRat(int64(r[0].Sign()), 1)
	size := new(big.Rat).Mul(new(big.Rat).Abs(r[0]), unit)
	size = floor(size.Add(size, big.NewRat(1, 2)))
	return fromRat(size.Mul(size.Quo(size, unit), sign)), nil
}

// extreme returns the argument that is furthest in a direction.
func extreme(args []cty.Value, direction int) cty.Value {
	best := args[0]
	for _, a := range args[1:] {
		if a.AsBigFloat().Cmp(best.AsBigFloat()) == direction {
			best = a
		}
	}
	return best
}

func sum(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	total := new(big.Rat)
	for _, e := range all {
		if e.IsNull() || e.Type() != cty.Number {
			return cty.DynamicVal, function.NewArgErrorf(0, "only numbers can be added, and an element is %s", grid.TypeName(e))
		}
		r, err := rat(e)
		if err != nil {
			return cty.DynamicVal, function.NewArgErrorf(0, "a number cannot be used: %s", err)
		}
		total.Add(total, r)
	}
	return fromRat(total), nil
}

func parseInt(args []cty.Value) (cty.Value, error) {
	base, err := wholeNumber(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	if base < 2 || base > 36 {
		return cty.DynamicVal, function.NewArgErrorf(1, "the base is between 2 and 36, not %d", base)
	}
	digits := args[0].AsString()
	n, ok := new(big.Int).SetString(digits, base)
	if !ok || strings.HasPrefix(digits, "+") || len(digits) > 1000 {
		return cty.DynamicVal, function.NewArgErrorf(0, "%.40q is no whole number in base %d", digits, base)
	}
	return fromRat(new(big.Rat).SetInt(n)), nil
}
