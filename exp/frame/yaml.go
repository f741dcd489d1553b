package frame

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads one document of YAML. What a scalar is, is decided here by the
// core schema of YAML 1.2, as for params: the library mixes two versions.
func parseYAML(b []byte) (*Tree, *Error) {
	if len(b) > maxYAMLBytes {
		return nil, failf(0, "The file has %d bytes; of YAML at most %d are read.", len(b), maxYAMLBytes)
	}
	dec := yaml.NewDecoder(strings.NewReader(string(b)))
	var doc, more yaml.Node
	if err := safely(func() error { return dec.Decode(&doc) }); err != nil {
		if err.Error() == "EOF" {
			return &Tree{}, nil
		}
		return nil, yamlError(err)
	}
	if err := safely(func() error { return dec.Decode(&more) }); err == nil {
		return nil, failf(more.Line, "The file holds more than one document.")
	} else if err.Error() != "EOF" {
		return nil, yamlError(err)
	}
	if len(doc.Content) == 0 {
		return &Tree{}, nil
	}
	y := &yamlReader{open: map[*yaml.Node]bool{}}
	return y.convert(doc.Content[0], 0)
}

// safely runs f, which is the library; its panics are errors of the file.
func safely(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Error{Text: "yaml: it cannot be read"}
		}
	}()
	return f()
}

// yamlWhere finds the line in the messages of the library.
var yamlWhere = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^yaml: (?:unmarshal errors:\s*)?(?:line (\d+): )?`)
})

func yamlError(err error) *Error {
	msg, line := err.Error(), 0
	if m := yamlWhere().FindStringSubmatch(msg); m != nil {
		msg = msg[len(m[0]):]
		line, _ = strconv.Atoi(m[1])
	}
	return failf(line, "This is not YAML: %s.", strings.TrimSuffix(msg, "."))
}

type yamlReader struct {
	open  map[*yaml.Node]bool // what is being converted
	parts int
}

func (y *yamlReader) convert(n *yaml.Node, depth int) (*Tree, *Error) {
	if y.parts++; y.parts > maxYAMLParts {
		return nil, failf(n.Line, "The file holds more than %d values, with its aliases expanded.", maxYAMLParts)
	}
	if depth > maxDepth {
		return nil, failf(n.Line, "The file is nested more than %d levels deep.", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		if n.Alias == nil || y.open[n.Alias] {
			return nil, failf(n.Line, "The alias *%s stands inside what it names.", n.Value)
		}
		return y.convert(n.Alias, depth)
	}
	y.open[n] = true
	defer delete(y.open, n)
	t := &Tree{Line: n.Line}
	switch n.Kind {
	case yaml.SequenceNode:
		t.Shape = List
		for _, c := range n.Content {
			item, err := y.convert(c, depth+1)
			if err != nil {
				return nil, err
			}
			t.Items = append(t.Items, item)
		}
		return t, nil
	case yaml.MappingNode:
		t.Shape = Mapping
		return t, y.mapping(t, n, depth)
	default:
		t.Value = yamlScalar(n)
		return t, nil
	}
}

// mapping reads names and values, then what `<<` takes over.
func (y *yamlReader) mapping(t *Tree, n *yaml.Node, depth int) *Error {
	seen := newNames(t)
	var merged []*Tree
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		item, err := y.convert(n.Content[i+1], depth+1)
		if err != nil {
			return err
		}
		if k.Kind == yaml.ScalarNode && k.Tag == "!!merge" {
			merged = append(merged, item)
			continue
		}
		for k.Kind == yaml.AliasNode && k.Alias != nil {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return failf(k.Line, "A name is a list or a mapping; names are words.")
		}
		name := yamlScalar(k).Text
		if name == "" {
			name = k.Value
		}
		if !seen.add(name, item) {
			return failf(k.Line, "The name %s is there twice.", clip(name))
		}
	}
	for _, m := range merged {
		if m.Shape != List {
			m = &Tree{Line: m.Line, Items: []*Tree{m}}
		}
		for _, from := range m.Items {
			if from.Shape != Mapping {
				return failf(m.Line, "<< takes over mappings: *name, or a list of them.")
			}
			for i, name := range from.Names {
				seen.add(name, from.Items[i]) // the first that has a name wins
			}
		}
	}
	return nil
}

// yamlScalar says what a scalar is: quoted ones and those with a tag that is not
// of the schema are texts.
func yamlScalar(n *yaml.Node) Value {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return Str(n.Value)
	}
	if n.Style&yaml.TaggedStyle != 0 {
		switch n.ShortTag() {
		case "!!int", "!!float", "!!bool", "!!null":
		default:
			return Str(n.Value)
		}
	}
	return plainScalar(n.Value)
}

func plainScalar(s string) Value {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Value{}
	case "true", "True", "TRUE":
		return Boolean(true)
	case "false", "False", "FALSE":
		return Boolean(false)
	case ".nan", ".NaN", ".NAN":
		return Str("nan")
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return Str("inf")
	case "-.inf", "-.Inf", "-.INF":
		return Str("-inf")
	}
	if len(s) < 1000 && (strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0o")) && !strings.ContainsAny(s, "_+-") {
		if i, ok := new(big.Int).SetString(s, 0); ok {
			s = i.String()
		}
	}
	if v, ok := numeral(s); ok {
		return v
	}
	return Str(s)
}
