package frame

import (
	"path"
	"strconv"
	"strings"
)

// Shape says what a part of a document is.
type Shape uint8

const (
	Scalar  Shape = iota // one value; null is one that is absent
	List                 // of Items
	Mapping              // of Names to Items
)

// Tree is a document of values, in the order it was written in.
type Tree struct {
	Shape Shape
	Line  int
	Value Value    // of a scalar
	Names []string // of a mapping, aligned with Items, each once
	Items []*Tree
}

// Document reads JSON, YAML (1.2) or TOML, as the extension of the name says.
// Any other extension is tried as JSON, then as YAML, as one holds the other.
// NaN and Infinity are read in JSON too: that is how Python writes them. A
// document without anything is an absent scalar. Its errors are *Error.
func Document(name string, b []byte) (*Tree, error) {
	t, err := document(strings.ToLower(path.Ext(name)), b)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func document(ext string, b []byte) (*Tree, *Error) {
	if len(b) > maxBytes {
		return nil, failf(0, "The file has %d bytes; at most %d are read.", len(b), maxBytes)
	}
	b, bad := text(b)
	if bad != nil {
		return nil, bad
	}
	switch ext {
	case ".json":
		return parseJSON(b, 1)
	case ".yaml", ".yml":
		return parseYAML(b)
	case ".toml":
		return parseTOML(b)
	}
	t, bad := parseJSON(b, 1)
	if bad == nil {
		return t, nil
	}
	y, badYAML := parseYAML(b)
	if badYAML != nil && strings.HasPrefix(strings.TrimSpace(string(b[:min(len(b), 1000)])), "{") {
		return nil, bad // meant as JSON
	}
	return y, badYAML
}

// appendJSON writes a part of a document in one line of JSON.
func appendJSON(b []byte, t *Tree) []byte {
	switch {
	case t.Shape == List:
		b = append(b, '[')
		for i, item := range t.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	case t.Shape == Mapping:
		b = append(b, '{')
		for i, item := range t.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, t.Names[i]), ':')
			b = appendJSON(b, item)
		}
		return append(b, '}')
	case t.Value.Kind == Absent:
		return append(b, "null"...)
	case t.Value.Kind == Text:
		return appendString(b, t.Value.Text)
	default:
		return append(b, t.Value.Text...)
	}
}

// appendString quotes a text as JSON does.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = append(b, `\u00`...)
			b = append(b, "0"[:2-len(strconv.FormatInt(int64(r), 16))]...)
			b = strconv.AppendInt(b, int64(r), 16)
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}
