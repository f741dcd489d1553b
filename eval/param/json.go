package param

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// json decodes the source as JSON.
func (d *decoder) json() *Tree {
	j := &jsonDecoder{decoder: d, tokens: d.jsonTokens()}
	t := j.value(0)
	if t == nil {
		return nil
	}
	if _, err := j.tokens.next(); !errors.Is(err, io.EOF) {
		off := j.tokens.start()
		d.fail("E-params-syntax", d.span(off, min(off+1, len(d.text))), "Something follows the end of the JSON value.")
		return nil
	}
	return t
}

type jsonDecoder struct {
	*decoder
	tokens jsonTokens
}

// value reads the next value; nil if it reported something.
func (j *jsonDecoder) value(depth int) *Tree {
	start := j.tokens.start()
	tok, err := j.tokens.next()
	if err != nil {
		j.error(err, start)
		return nil
	}
	if depth > maxDepth {
		j.fail("E-params-syntax", j.span(start, start+1), nestedTooDeep, maxDepth)
		return nil
	}
	switch tok.kind {
	case '[':
		return j.array(start, depth)
	case '{':
		return j.object(start, depth)
	case '"':
		return j.string(tok.text, start, tok.end)
	}
	t := j.part(Null, "", start, tok.end)
	t.raw = j.source[start:tok.end]
	switch tok.kind {
	case 'n':
	case 't', 'f':
		t.Shape, t.Text = Boolean, t.raw
	default:
		t.Shape, t.Text = Numeral, t.raw
	}
	return t
}

// string checks that no part of the text was lost: the library replaces halves of
// surrogate pairs silently.
func (j *jsonDecoder) string(text string, start, end int) *Tree {
	t := j.part(String, text, start, end)
	t.raw = j.source[start:end]
	if strings.ContainsRune(text, unicode.ReplacementChar) && halfPair(t.raw) {
		j.fail("E-params-syntax", t.Span, "The string has half of a surrogate pair: it is no Unicode text.")
		return nil
	}
	return t
}

// halfPair reports whether an escape in a string of JSON is half of a surrogate pair.
func halfPair(raw string) bool {
	for {
		at := strings.IndexByte(raw, '\\')
		if at < 0 {
			return false
		}
		raw = raw[at:]
		switch first, ok := jsonUnit(raw); {
		case !ok:
			raw = raw[len(`\n`):]
		case !utf16.IsSurrogate(first):
			raw = raw[len(`\ud83d`):]
		default:
			second, _ := jsonUnit(raw[len(`\ud83d`):])
			if utf16.DecodeRune(first, second) == unicode.ReplacementChar {
				return true
			}
			raw = raw[len(`\ud83d\ude00`):]
		}
	}
}

// jsonUnit reads the escape like \ud83d that s begins with.
func jsonUnit(s string) (unit rune, ok bool) {
	if !strings.HasPrefix(s, `\u`) || len(s) < len(`\ud83d`) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[len(`\u`):len(`\ud83d`)], 16, 16)
	return rune(n), err == nil
}

func (j *jsonDecoder) array(start, depth int) *Tree {
	t := j.part(Sequence, "", start, start+1)
	for j.tokens.more() {
		item := j.value(depth + 1)
		if item == nil {
			return nil
		}
		t.Items = append(t.Items, item)
	}
	return j.close(t)
}

func (j *jsonDecoder) object(start, depth int) *Tree {
	t := j.part(Mapping, "", start, start+1)
	for j.tokens.more() {
		key := j.value(depth + 1)
		if key == nil {
			return nil
		}
		val := j.value(depth + 1)
		if val == nil {
			return nil
		}
		j.add(t, j.named(key.Text, key, val, false))
	}
	return j.close(t)
}

func (j *jsonDecoder) close(t *Tree) *Tree {
	start := j.tokens.start()
	if _, err := j.tokens.next(); err != nil {
		j.error(err, start)
		return nil
	}
	return t
}

func (j *jsonDecoder) error(err error, at int) {
	msg := err.Error()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = max(at, int(syntax.Offset)-1)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		if len(bytes.TrimSpace(j.text)) == 0 {
			j.fail("E-params-syntax", j.span(0, 0), "The file is empty; JSON has at least {}.")
			return
		}
		at, msg = len(j.text), "it ends too early"
	}
	j.fail("E-params-syntax", j.span(at, min(at+1, len(j.text))), "This is not JSON: %s.", msg)
}
