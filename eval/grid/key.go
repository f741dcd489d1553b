package grid

import "github.com/zclconf/go-cty/cty"

// Key returns the point key: `axis=value` in the order of axis names, joined
// by commas. A value that has no text of its own (object, list) is a
// *KeyNeededError, null a *NullError.
//
// Different points have different point keys with one exception: the number 1
// and the string "1" (true and "true") are written alike, and so are equal
// point keys, which eval reports as it does any other pair.
func (p Point) Key() (string, error) { panic("unwritten") }

// Text returns the canonical text of a scalar: a string itself, a number by
// number.Text, true or false. Errors as Point.Key's.
func Text(v cty.Value) (string, error) { panic("unwritten") }

// EncodeValue writes a text as the value part of a point key.
func EncodeValue(text string) string { panic("unwritten") }

// DecodeValue is the inverse of EncodeValue. A text that was cut and hashed
// cannot be recovered; ok is false for it and for what EncodeValue never writes.
func DecodeValue(encoded string) (text string, ok bool) { panic("unwritten") }
