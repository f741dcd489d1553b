package grid

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
)

// The lengths, in bytes, at which point keys are cut so that they stay usable
// as file names: of one encoded value, and of a whole point key. What is cut
// keeps its first bytes, "~" and 12 hex digits of the SHA-256 of its full
// encoding; an escape is never cut in two.
const (
	maxValue, keptValue = 60, 40
	maxKey, keptKey     = 200, 160
	hashDigits          = 12
)

// Key returns the point key: `axis=value` in the order of axis names, joined
// by commas. A value that has no text of its own (object, list) is a
// *KeyNeededError, null a *NullError.
//
// Different points have different point keys with one exception: the number 1
// and the string "1" (true and "true") are written alike, and so are equal
// point keys, which eval reports as it does any other pair.
func (p Point) Key() (string, error) {
	full := make([]string, len(p.Axes))
	for i, a := range p.Axes {
		text, err := Text(a.Value)
		if err != nil {
			return "", onAxis(err, a.Name)
		}
		full[i] = percentEncode(text)
	}
	return p.key(full), nil
}

// key writes the point key from the full encodings of the values.
func (p Point) key(full []string) string {
	var short, long strings.Builder
	for i, a := range p.Axes {
		if i > 0 {
			short.WriteByte(',')
		}
		short.WriteString(a.Name)
		short.WriteByte('=')
		short.WriteString(cut(full[i], full[i], maxValue, keptValue))
	}
	if short.Len() <= maxKey {
		return short.String()
	}
	for i, a := range p.Axes {
		long.WriteString(a.Name + "=" + full[i] + ",")
	}
	return cut(short.String(), strings.TrimSuffix(long.String(), ","), maxKey, keptKey)
}

// Text returns the canonical text of a scalar: a string itself, a number's one
// text, true or false. Errors as Point.Key's.
func Text(v cty.Value) (string, error) {
	switch {
	case v == cty.NilVal || v.IsNull():
		return "", &NullError{}
	case !v.IsKnown():
		return "", &UnknownError{}
	case v.Type() == cty.String:
		return v.AsString(), nil
	case v.Type() == cty.Bool && v.True():
		return "true", nil
	case v.Type() == cty.Bool:
		return "false", nil
	case v.Type() == cty.Number:
		return number.Text(v)
	}
	return "", &KeyNeededError{Type: TypeName(v)}
}

// EncodeValue writes a text as the value part of a point key.
func EncodeValue(text string) string {
	full := percentEncode(text)
	return cut(full, full, maxValue, keptValue)
}

// DecodeValue is the inverse of EncodeValue. A text that was cut and hashed
// cannot be recovered; ok is false for it and for what EncodeValue never writes.
func DecodeValue(encoded string) (text string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(encoded); i++ {
		c := encoded[i]
		if c != '%' {
			b.WriteByte(c)
			continue
		}
		if i+2 >= len(encoded) {
			return "", false
		}
		raw, err := hex.DecodeString(encoded[i+1 : i+3])
		if err != nil {
			return "", false
		}
		b.WriteByte(raw[0])
		i += 2
	}
	// One encoding a text: lower-case escapes and needless ones are not ours.
	return b.String(), EncodeValue(b.String()) == encoded
}

const hexDigits = "0123456789ABCDEF"

func percentEncode(text string) string {
	n := 0
	for i := 0; i < len(text); i++ {
		if !isBare(text[i]) {
			n++
		}
	}
	if n == 0 {
		return text
	}
	b := make([]byte, 0, len(text)+2*n)
	for i := 0; i < len(text); i++ {
		if c := text[i]; isBare(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return string(b)
}

// cut shortens an encoding that is longer than limit. "~" is never bare, so
// nothing short looks like something cut.
func cut(short, full string, limit, keep int) string {
	if len(short) <= limit {
		return short
	}
	for i := keep - 1; i > keep-3; i-- {
		if short[i] == '%' {
			keep = i
		}
	}
	sum := sha256.Sum256([]byte(full))
	return short[:keep] + "~" + hex.EncodeToString(sum[:])[:hashDigits]
}

func isBare(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '_' || c == '.' || c == '+' || c == '-'
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
