package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// value is a JSON document with its order.
type value struct {
	text  string // of a scalar, as JSON; of the others "{" or "["
	names []string
	items []*value
}

// json finds the first leaf that differs. A file that is no JSON as a whole is left to others.
func (c *comparer) json(_ string, a, b blob) *found {
	if a.size > maxParsed || b.size > maxParsed {
		return nil
	}
	x, err := parseJSON(a.head(0, a.size))
	if err != nil {
		return nil
	}
	y, err := parseJSON(b.head(0, b.size))
	if err != nil {
		return nil
	}
	d := &jsonDiff{e: &c.report.evidence}
	d.walk("", x, y)
	return d.first // nil: only spaces differ, which text shows
}

type jsonDiff struct {
	e     *evidence
	first *found
	count int
}

func (d *jsonDiff) differ(at, was, now string) {
	if at == "" {
		at = "."
	}
	if d.first == nil {
		d.first = &found{format: "json", where: at, excerpt: []string{"- " + clip(was, 0), "+ " + clip(now, 0)}}
	}
	if d.count++; d.count <= textHunks {
		d.e.pair(was, now, at)
	}
}

func (d *jsonDiff) walk(at string, x, y *value) {
	if x.text != y.text {
		d.differ(at, x.String(), y.String())
		return
	}
	if x.text == "{" {
		d.object(at, x, y)
		return
	}
	if len(x.items) != len(y.items) {
		d.differ(at, strconv.Itoa(len(x.items))+" items", strconv.Itoa(len(y.items))+" items")
		return
	}
	if a, b := all(x.items), all(y.items); len(a) <= 10_000 && reordered(a, b) {
		d.e.order("items of a list", a)
		for i := range a {
			if a[i] != b[i] {
				d.first = orElse(d.first, &found{format: "json", where: at + "[" + strconv.Itoa(i) + "], the same items in another order", excerpt: []string{"- " + clip(a[i], 0), "+ " + clip(b[i], 0)}})
				return
			}
		}
	}
	for i := range x.items {
		d.walk(at+"["+strconv.Itoa(i)+"]", x.items[i], y.items[i])
	}
}

func (d *jsonDiff) object(at string, x, y *value) {
	there, was := indexes(y.names), indexes(x.names)
	for i, name := range x.names {
		j, ok := there[name]
		if !ok {
			d.differ(at+named(name), x.items[i].String(), "(not there)")
			continue
		}
		d.walk(at+named(name), x.items[i], y.items[j])
	}
	for j, name := range y.names {
		if _, ok := was[name]; !ok {
			d.differ(at+named(name), "(not there)", y.items[j].String())
		}
	}
	if reordered(x.names, y.names) {
		d.e.order("names of an object", x.names)
		i := 0
		for x.names[i] == y.names[i] {
			i++
		}
		d.first = orElse(d.first, &found{format: "json", where: orText(at, ".") + ", the same names in another order",
			excerpt: []string{"- " + clip(x.names[i], 0), "+ " + clip(y.names[i], 0)}})
	}
}

func indexes(names []string) map[string]int {
	out := make(map[string]int, len(names))
	for i, name := range names {
		out[name] = i
	}
	return out
}

func orElse(f, other *found) *found {
	if f != nil {
		return f
	}
	return other
}

func orText(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// named is a name behind those that lead to it.
func named(name string) string {
	for _, r := range name {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return "[" + strconv.Quote(name) + "]"
		}
	}
	return "." + name
}

func all(items []*value) []string {
	out := make([]string, len(items))
	for i, x := range items {
		out[i] = x.String()
	}
	return out
}

// String is the value in one line.
func (v *value) String() string {
	switch v.text {
	case "{":
		s := "{"
		for i, name := range v.names {
			if i > 0 {
				s += ", "
			}
			s += strconv.Quote(name) + ": " + v.items[i].String()
		}
		return s + "}"
	case "[":
		s := "["
		for i, item := range v.items {
			if i > 0 {
				s += ", "
			}
			s += item.String()
		}
		return s + "]"
	}
	return v.text
}

// maxNested is how deep documents go.
const maxNested = 200

var (
	errTrailing = errors.New("there is more than one document")
	errNested   = errors.New("it is nested too deep")
)

// parseJSON reads one document. Numbers keep their text.
func parseJSON(b []byte) (*value, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	v, err := readValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errTrailing
	}
	return v, nil
}

func readValue(d *json.Decoder, depth int) (*value, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxNested {
		return nil, errNested
	}
	delim, ok := t.(json.Delim)
	if !ok {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(t)
		return &value{text: string(bytes.TrimSpace(b.Bytes()))}, err
	}
	v := &value{text: delim.String()}
	for d.More() {
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v.names = append(v.names, name.(string))
		}
		item, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	_, err = d.Token()
	return v, err
}
