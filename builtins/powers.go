package builtins

import (
	"fmt"
	"math/big"

	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Powers and logarithms are computed here with math/big, because the results of
// libm differ between machines in the last digit, and a digit makes another
// action key. 256 bits are worked with and 15 decimal digits kept.
const (
	precision = 256
	digits    = 15
)

func float() *big.Float { return new(big.Float).SetPrec(precision) }

// rounded keeps 15 digits of f.
func rounded(f *big.Float) (cty.Value, error) {
	v, err := number.Parse(f.Text('e', digits-1))
	if err != nil {
		return cty.DynamicVal, fmt.Errorf("the result cannot be a number: %w", err)
	}
	return v, nil
}

// ln returns the natural logarithm of x > 0: with x = m·2^e and m in
// [1/2, 1), ln x = e·ln 2 + 2·artanh((m-1)/(m+1)).
func ln(x *big.Float) *big.Float {
	m := float()
	e := x.MantExp(m)
	m.SetPrec(precision)
	one := float().SetInt64(1)
	if e == 0 && m.Cmp(float().SetFloat64(0.5)) == 0 {
		return artanh2(float().Quo(float().SetInt64(-1), float().SetInt64(3)))
	}
	sum := artanh2(float().Quo(float().Sub(m, one), float().Add(m, one)))
	return sum.Add(sum, float().Mul(float().SetInt64(int64(e)), ln2()))
}

// ln2Text is -ln(1/2) to 256 bits. It is asked for at every power, and its series
// takes as long as all the rest.
const ln2Text = "0x.b17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2cp0"

func ln2() *big.Float {
	f, _, err := big.ParseFloat(ln2Text, 0, precision, big.ToNearestEven)
	if err != nil {
		panic("builtins.ln2: " + err.Error())
	}
	return f
}

// artanh2 returns 2·artanh(z) for |z| <= 1/3: 2·(z + z³/3 + z⁵/5 + …).
func artanh2(z *big.Float) *big.Float {
	square := float().Mul(z, z)
	power, sum := float().Set(z), float()
	for k := int64(1); k < 200; k += 2 { // (1/9)^100 is below 2^-300
		sum.Add(sum, float().Quo(power, float().SetInt64(k)))
		power.Mul(power, square)
	}
	return sum.Mul(sum, float().SetInt64(2))
}

// exp returns e to the x, for |x| < 2^10: with x = k·ln 2 + r and |r| <= ln 2,
// it is 2^k·(exp(r/2^16))^(2^16), and the series for that needs few terms.
func exp(x *big.Float) *big.Float {
	two := ln2()
	k, _ := float().Quo(x, two).Int64()
	r := float().Sub(x, float().Mul(float().SetInt64(k), two))
	r.SetMantExp(r, -16)
	sum, term := float().SetInt64(1), float().SetInt64(1)
	spare, n := float(), float()     // a product in its own factor's place costs an allocation
	for i := int64(1); i < 24; i++ { // 2^-16^24 is below 2^-384
		term.Quo(spare.Mul(term, r), n.SetInt64(i))
		sum.Add(sum, term)
	}
	for range 16 {
		sum, spare = spare.Mul(sum, sum), sum
	}
	return sum.SetMantExp(sum, int(k))
}

func pow(args []cty.Value) (cty.Value, error) {
	r, err := rats(args)
	if err != nil {
		return cty.DynamicVal, err
	}
	return power(r[0], r[1])
}

// power returns base to the exponent.
func power(base, exponent *big.Rat) (cty.Value, error) {
	switch {
	case base.Sign() == 0 && exponent.Sign() < 0:
		return cty.DynamicVal, function.NewArgErrorf(1, "0 has no negative power")
	case exponent.IsInt():
		return wholePower(base, exponent.Num())
	case base.Sign() < 0:
		return cty.DynamicVal, function.NewArgErrorf(0, "a negative number has only whole powers")
	case base.Sign() == 0:
		return cty.Zero, nil
	}
	return fractionalPower(ln(float().SetRat(base)), exponent)
}

// fractionalPower returns a base, of which it takes the logarithm, to the exponent.
func fractionalPower(base *big.Float, exponent *big.Rat) (cty.Value, error) {
	x := float().Mul(base, float().SetRat(exponent))
	if x.MantExp(nil) > 10 { // e^1024 is no float64
		return outOfRange(x.Sign() < 0)
	}
	return rounded(exp(x))
}

// wholePower is exact for whole numbers.
func wholePower(base *big.Rat, exponent *big.Int) (cty.Value, error) {
	if base.IsInt() && base.Num().IsInt64() && abs64(base.Num().Int64()) <= 1 { // 0, 1 and -1 have any power
		odd := exponent.Bit(0) == 1
		if exponent.Sign() == 0 || base.Num().Int64() == -1 && !odd {
			return cty.NumberIntVal(1), nil
		}
		return cty.NumberIntVal(base.Num().Int64()), nil
	}
	n := new(big.Int).Abs(exponent)
	if n.BitLen() > 16 || int64(base.Num().BitLen()+base.Denom().BitLen())*n.Int64() > 1<<16 { // exact digits would be many
		return estimatedPower(base, exponent)
	}
	out := new(big.Rat).SetFrac(new(big.Int).Exp(base.Num(), n, nil), new(big.Int).Exp(base.Denom(), n, nil))
	if exponent.Sign() < 0 {
		out.Inv(out)
	}
	if out.IsInt() {
		return fromRat(out), nil
	}
	return rounded(float().SetRat(out))
}

// estimatedPower works by logarithms.
func estimatedPower(base *big.Rat, exponent *big.Int) (cty.Value, error) {
	size := float().SetRat(new(big.Rat).Abs(base))
	x := float().Mul(ln(size), float().SetInt(exponent))
	if x.MantExp(nil) > 10 { // e^1024 is no float64
		return outOfRange(x.Sign() < 0)
	}
	out := exp(x)
	if base.Sign() < 0 && exponent.Bit(0) == 1 {
		out.Neg(out)
	}
	return rounded(out)
}

func outOfRange(tiny bool) (cty.Value, error) {
	if tiny {
		return cty.Zero, nil
	}
	return cty.DynamicVal, fmt.Errorf("the result is too large to be a number")
}

func abs64(n int64) int64 { return max(n, -n) }

func logarithm(args []cty.Value) (cty.Value, error) {
	r, err := rats(args)
	switch {
	case err != nil:
		return cty.DynamicVal, err
	case r[0].Sign() <= 0:
		return cty.DynamicVal, function.NewArgErrorf(0, "only a positive number has a logarithm")
	case r[1].Sign() <= 0 || r[1].Cmp(big.NewRat(1, 1)) == 0:
		return cty.DynamicVal, function.NewArgErrorf(1, "the base is a positive number other than 1")
	}
	return rounded(float().Quo(ln(float().SetRat(r[0])), ln(float().SetRat(r[1]))))
}
