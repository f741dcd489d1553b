package param

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// json decodes the source as JSON. The token reader of the standard library
// gives the offset after each token; where one starts is found from there.
func (d *decoder) json() *Tree {
	j := &jsonDecoder{decoder: d, dec: json.NewDecoder(bytes.NewReader(d.text))}
	j.dec.UseNumber()
	t := j.value(0)
	if t == nil {
		return nil
	}
	if _, err := j.dec.Token(); !errors.Is(err, io.EOF) {
		off := j.start()
		d.fail("E-params-syntax", d.span(off, min(off+1, len(d.text))), "Something follows the end of the JSON value.")
		return nil
	}
	return t
}

type jsonDecoder struct {
	*decoder
	dec *json.Decoder
}

// start returns where the next token starts.
func (j *jsonDecoder) start() int {
	off := int(j.dec.InputOffset())
	for off < len(j.text) && strings.IndexByte(" \t\r\n,:", j.text[off]) >= 0 {
		off++
	}
	return off
}

// value reads the next value; nil if it reported something.
func (j *jsonDecoder) value(depth int) *Tree {
	start := j.start()
	tok, err := j.dec.Token()
	if err != nil {
		j.error(err, start)
		return nil
	}
	if depth > maxDepth {
		j.fail("E-params-syntax", j.span(start, start+1), "The file is nested more than %d levels deep.", maxDepth)
		return nil
	}
	end := int(j.dec.InputOffset())
	switch v := tok.(type) {
	case json.Delim:
		if v == '[' {
			return j.array(start, depth)
		}
		return j.object(start, depth)
	case string:
		return j.string(v, start, end)
	default:
		t := j.part(Null, "", start, end)
		t.raw = string(j.text[start:end])
		switch v := tok.(type) {
		case bool:
			t.Shape, t.Text = Boolean, t.raw
		case json.Number:
			t.Shape, t.Text = Numeral, v.String()
		}
		return t
	}
}

// string checks that no part of the text was lost: the library replaces halves of
// surrogate pairs silently.
func (j *jsonDecoder) string(text string, start, end int) *Tree {
	t := j.part(String, text, start, end)
	t.raw = string(j.text[start:end])
	if strings.ContainsRune(text, '\ufffd') && !strings.Contains(t.raw, "\ufffd") && !strings.Contains(strings.ToLower(t.raw), `\ufffd`) {
		j.fail("E-params-syntax", t.Span, "The string has half of a surrogate pair: it is no Unicode text.")
		return nil
	}
	return t
}

func (j *jsonDecoder) array(start, depth int) *Tree {
	t := j.part(Sequence, "", start, start+1)
	for j.dec.More() {
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
	seen := map[string]diag.Span{}
	for j.dec.More() {
		key := j.value(depth + 1)
		if key == nil {
			return nil
		}
		val := j.value(depth + 1)
		if val == nil {
			return nil
		}
		j.add(t, Entry{Name: key.Text, Span: key.Span, Value: val, key: key}, seen)
	}
	return j.close(t)
}

func (j *jsonDecoder) close(t *Tree) *Tree {
	start := j.start()
	if _, err := j.dec.Token(); err != nil {
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
