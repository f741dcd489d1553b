// Package number gives every number of the language one text, so that
// equality, point keys, arguments and JSON agree on every machine.
//
// It knows cty and nothing of ours; eval, builtins and param import it.
package number

import (
	"github.com/zclconf/go-cty/cty"
)

// Text returns the canonical text of a known, unmarked number.
//
//   - An integer of at most 512 bits is its exact decimal digits; -0 is 0.
//   - Any other number is rounded to the nearest float64 and written with the
//     fewest digits that read back as that float64: as plain decimals when its
//     decimal exponent is from -7 up to 20 ("0.000001", "123.5"), otherwise
//     as "d.ddde-7" or "d.ddde+21". It is what ECMAScript prints.
//
// A number outside the range of float64 is an error.
func Text(v cty.Value) (string, error) { panic("unwritten") }

// Parse reads a decimal number ("10", "-0.5", "1e-3", ".5", "1.") exactly if it
// is an integer, and otherwise as the number that its float64 has for a text.
// Infinities, NaN, hexadecimals and underscores are errors.
func Parse(text string) (cty.Value, error) { panic("unwritten") }

// Normalize returns v with every number in it, at any depth, replaced by the
// one that has the same Text, so that cty's equality is equality of texts.
// Marks, nulls and unknown values stay as they are.
func Normalize(v cty.Value) (cty.Value, error) { panic("unwritten") }
