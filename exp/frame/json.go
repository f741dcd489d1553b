package frame

import (
	"bytes"
	"encoding/json"
	"strings"
)

// parseJSON reads JSON. The standard library keeps neither the order of names
// nor their lines, and has no NaN, which a diverged training does write.
func parseJSON(b []byte, line int) (*Tree, *Error) {
	p := &jsonParser{text: b, line: line}
	p.space()
	if p.at == len(b) {
		return nil, failf(0, "The file is empty.")
	}
	t, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.at < len(b) {
		return nil, p.fail("something follows the end of the value")
	}
	return t, nil
}

type jsonParser struct {
	text  []byte
	at    int
	line  int
	parts int
}

func (p *jsonParser) fail(what string) *Error {
	if p.at >= len(p.text) {
		return failf(p.line, "This is not JSON: it ends too early.")
	}
	return failf(p.line, "This is not JSON: %s.", what)
}

// space skips white space.
func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case '\n':
			p.line++
		case ' ', '\t', '\r':
		default:
			return
		}
		p.at++
	}
}

// take skips c and the white space after it, if c is next.
func (p *jsonParser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		p.space()
		return true
	}
	return false
}

// value reads a value and the white space after it.
func (p *jsonParser) value(depth int) (*Tree, *Error) {
	if depth > maxDepth {
		return nil, failf(p.line, "The file is nested more than %d levels deep.", maxDepth)
	}
	if p.parts++; p.parts > maxParts {
		return nil, failf(p.line, "The file holds more than %d values.", maxParts)
	}
	t := &Tree{Line: p.line}
	var err *Error
	switch {
	case p.take('{'):
		t.Shape = Mapping
		err = p.entries(t, depth)
	case p.take('['):
		t.Shape = List
		err = p.items(t, depth)
	case p.at < len(p.text) && p.text[p.at] == '"':
		var s string
		s, err = p.string()
		t.Value = Str(s)
	default:
		t.Value, err = p.scalar()
	}
	return t, err
}

func (p *jsonParser) items(t *Tree, depth int) *Error {
	if p.take(']') {
		return nil
	}
	for {
		item, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		t.Items = append(t.Items, item)
		if p.take(']') {
			return nil
		}
		if !p.take(',') {
			return p.fail("a list goes on with , or ends with ]")
		}
	}
}

func (p *jsonParser) entries(t *Tree, depth int) *Error {
	if p.take('}') {
		return nil
	}
	seen := newNames(t)
	for {
		if p.at >= len(p.text) || p.text[p.at] != '"' {
			return p.fail(`a name in an object stands in quotes`)
		}
		line := p.line
		name, err := p.string()
		if err != nil {
			return err
		}
		if !p.take(':') {
			return p.fail("a : follows a name")
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		if !seen.add(name, item) {
			return failf(line, "The name %s is there twice.", clip(name))
		}
		if p.take('}') {
			return nil
		}
		if !p.take(',') {
			return p.fail("an object goes on with , or ends with }")
		}
	}
}

// string reads a text in quotes.
func (p *jsonParser) string() (string, *Error) {
	start, plain := p.at, true
	for p.at++; ; p.at++ {
		if p.at >= len(p.text) {
			return "", p.fail("")
		}
		c := p.text[p.at]
		if c == '"' {
			break
		}
		if c < ' ' {
			return "", p.fail("a text goes over the end of its line, or holds a control character that is not escaped")
		}
		if c == '\\' {
			plain = false
			p.at++
		}
	}
	raw := p.text[start : p.at+1]
	out := string(raw[1 : len(raw)-1])
	if !plain {
		if err := json.Unmarshal(raw, &out); err != nil {
			return "", p.fail("a text holds a \\ that escapes nothing")
		}
		if strings.Contains(out, "\ufffd") && !bytes.Contains(raw, []byte("\ufffd")) && !bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`)) {
			return "", p.fail("a text holds half of a surrogate pair")
		}
	}
	p.at++
	p.space()
	return out, nil
}

// scalar reads a number or a word.
func (p *jsonParser) scalar() (Value, *Error) {
	end := p.at
	for end < len(p.text) && strings.IndexByte(" \t\r\n,:[]{}\"", p.text[end]) < 0 {
		end++
	}
	v, ok := jsonScalar(string(p.text[p.at:end]))
	if !ok {
		return Value{}, p.fail(clip(string(p.text[p.at:max(end, min(p.at+1, len(p.text)))])) + " is no value")
	}
	p.at = end
	p.space()
	return v, nil
}

func jsonScalar(s string) (Value, bool) {
	switch s {
	case "null":
		return Value{}, true
	case "true", "false":
		return Boolean(s == "true"), true
	case "NaN":
		return Str("nan"), true
	case "Infinity":
		return Str("inf"), true
	case "-Infinity":
		return Str("-inf"), true
	}
	if !json.Valid([]byte(s)) { // only numbers are left
		return Value{}, false
	}
	if v, ok := numeral(s); ok {
		return v, true
	}
	return Str(s), true // beyond all float64
}

// clip quotes a text for a message, cut to a sensible length.
func clip(s string) string {
	if r := []rune(s[:min(len(s), 200)]); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return "\"" + strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '\ufffd'
		}
		return r
	}, s) + "\""
}
