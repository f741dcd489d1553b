package builtins

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Draws is the random numbers of sample(), and of whoever else must draw the same
// everywhere, defined to the bit so that a sample
// never changes. Block k, from 0, is the SHA-256 of
//
//	"dewar sample 1" NUL text NUL k
//
// with the seed's canonical text and k in decimal digits; it gives four numbers
// of 64 bits, big-endian, in order. A number below m is drawn by taking numbers x
// until x < 2^64 - 2^64 mod m, and returning x mod m.
//
// A sample of n of a list is the first n elements after this shuffle: for i
// from 0 to n-1, element i is exchanged with element i + (a number below len-i).
type Draws struct {
	seed  string
	block uint64
	left  []byte
}

// NewDraws returns the draws of a seed, given by its canonical text.
func NewDraws(seed string) *Draws { return &Draws{seed: seed} }

func (d *Draws) next() uint64 {
	if len(d.left) == 0 {
		sum := sha256.Sum256([]byte("dewar sample 1\x00" + d.seed + "\x00" + strconv.FormatUint(d.block, 10)))
		d.block++
		d.left = sum[:]
	}
	x := binary.BigEndian.Uint64(d.left)
	d.left = d.left[8:]
	return x
}

// Below draws a number from 0 to m-1.
func (d *Draws) Below(m uint64) uint64 {
	over := -m % m // 2^64 mod m
	for {
		if x := d.next(); x < -over || over == 0 {
			return x % m
		}
	}
}

func sample(args []cty.Value) (cty.Value, error) {
	all, err := elements(args, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	n, marks, err := position(args, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	if n < 0 || n > len(all) {
		return cty.DynamicVal, function.NewArgErrorf(1, "between 0 and %d elements can be drawn, not %d", len(all), n)
	}
	seed, seedMarks := args[2].Unmark()
	if !seed.IsKnown() {
		return cty.DynamicVal, errUnknown
	}
	text, err := scalarText(seed)
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(2, "a seed is a number or a text, not %s", grid.TypeName(seed))
	}
	drawn := slices.Clone(all)
	d := NewDraws(text)
	for i := range n {
		j := i + int(d.Below(uint64(len(drawn)-i)))
		drawn[i], drawn[j] = drawn[j], drawn[i]
	}
	return onLeaves(onLeaves(listOf(drawn[:n]), marks), seedMarks), nil
}
