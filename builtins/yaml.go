package builtins

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"go.yaml.in/yaml/v3"
)

// maxValues bounds what aliases may expand to.
const maxValues = 1_000_000

func yamlEncode(args []cty.Value) (cty.Value, error) {
	n, err := yamlValue(args[0])
	if err != nil {
		return cty.DynamicVal, err
	}
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		return cty.DynamicVal, err
	}
	return cty.StringVal(b.String()), enc.Close()
}

func yamlValue(v cty.Value) (*yaml.Node, error) {
	switch t := v.Type(); {
	case v.IsNull():
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
	case t.IsPrimitiveType():
		text, err := grid.Text(v)
		return yamlScalar(t, text), err
	case isList(v):
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, e := range v.AsValueSlice() {
			c, err := yamlValue(e)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, c)
		}
		return n, nil
	case isObject(v):
		return yamlMapping(v)
	}
	return nil, fmt.Errorf("%s has no YAML", grid.TypeName(v))
}

func yamlMapping(v cty.Value) (*yaml.Node, error) {
	attrs, sorted, err := attributes([]cty.Value{v}, 0)
	if err != nil {
		return nil, err
	}
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, name := range sorted {
		c, err := yamlValue(attrs[name])
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, yamlScalar(cty.String, name), c)
	}
	return n, nil
}

// isPlainYAML reports whether YAML 1.1 and 1.2 both read a text as that text:
// words of letters, digits and _ . / - that no number begins like.
func isPlainYAML(text string) bool {
	before := byte(' ')
	for i := 0; i < len(text); i++ {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '.' || c == '/'
		other := c == '-' || '0' <= c && c <= '9' || c == ' ' && before != ' '
		if !letter && (i == 0 || !other) {
			return false
		}
		before = c
	}
	return before != ' '
}

func yamlScalar(t cty.Type, text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: text}
	switch {
	case t == cty.Number && strings.Contains(text, "e") && !strings.Contains(text, "."):
		n.Value = strings.Replace(text, "e", ".0e", 1) // YAML 1.1 reads 1e-7 as a text
	case t != cty.String:
	case strings.Contains(text, "\n"):
		n.Style = yaml.LiteralStyle
	case !isPlainYAML(text) || isWordYAML(text):
		n.Style = yaml.DoubleQuotedStyle
	}
	if t == cty.String {
		n.Tag = "!!str"
	}
	return n
}

// isWordYAML reports whether some YAML reads a text as a bool, null or number.
func isWordYAML(text string) bool {
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", ".nan", ".":
		return true
	}
	return text[0] == '.' && len(text) > 1 && '0' <= text[1] && text[1] <= '9'
}

func yamlDecode(args []cty.Value) (cty.Value, error) {
	var doc yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(args[0].AsString()))
	if err := dec.Decode(&doc); err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if dec.Decode(new(yaml.Node)) == nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "the text has several YAML documents; only one can be read")
	}
	r := yamlReader{left: maxValues, open: map[*yaml.Node]bool{}}
	v, err := r.read(&doc)
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "not usable YAML: %s", err)
	}
	return v, nil
}

// yamlReader turns nodes into values.
type yamlReader struct {
	left int                 // values that may still be read
	open map[*yaml.Node]bool // being read: an alias to one never ends
}

func (r *yamlReader) read(n *yaml.Node) (cty.Value, error) {
	if r.left--; r.left < 0 || r.open[n] {
		return cty.DynamicVal, fmt.Errorf("line %d: aliases expand without end", n.Line)
	}
	r.open[n] = true
	defer delete(r.open, n)
	switch n.Kind {
	case yaml.DocumentNode:
		return r.read(n.Content[0])
	case yaml.AliasNode:
		return r.read(n.Alias)
	case yaml.SequenceNode:
		var list []cty.Value
		for _, c := range n.Content {
			v, err := r.read(c)
			if err != nil {
				return cty.DynamicVal, err
			}
			list = append(list, v)
		}
		return listOf(list), nil
	case yaml.MappingNode:
		return r.mapping(n)
	}
	return readYAMLScalar(n)
}

func (r *yamlReader) mapping(n *yaml.Node) (cty.Value, error) {
	attrs := map[string]cty.Value{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i]
		if name.Kind != yaml.ScalarNode || name.Tag == "!!merge" {
			return cty.DynamicVal, fmt.Errorf("line %d: a name must be plain text here", name.Line)
		}
		if err := putNew(attrs, name.Value, func() (cty.Value, error) { return r.read(n.Content[i+1]) }); err != nil {
			return cty.DynamicVal, err
		}
	}
	return cty.ObjectVal(attrs), nil
}

// readYAMLScalar reads a scalar by the core schema of YAML 1.2: yes and 12:30
// are texts, 017 is seventeen.
func readYAMLScalar(n *yaml.Node) (cty.Value, error) {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 || n.ShortTag() == "!!str" && n.Style&yaml.TaggedStyle != 0 {
		return cty.StringVal(n.Value), nil
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return cty.NullVal(cty.DynamicPseudoType), nil
	case "true", "True", "TRUE":
		return cty.True, nil
	case "false", "False", "FALSE":
		return cty.False, nil
	}
	if i, ok := otherBase(n.Value); ok {
		return cty.NumberVal(new(big.Float).SetInt(i)), nil
	}
	switch strings.TrimLeft(strings.ToLower(n.Value), "+-") {
	case ".inf", ".nan":
		return cty.DynamicVal, fmt.Errorf("line %d: %s is not a number that can be used", n.Line, n.Value)
	}
	if v, err := number.Parse(strings.TrimPrefix(n.Value, "+")); err == nil && !strings.HasPrefix(n.Value, "+-") {
		return v, nil
	}
	return cty.StringVal(n.Value), nil
}

// otherBase reads 0x1F and 0o17.
func otherBase(text string) (*big.Int, bool) {
	digits, hex := strings.CutPrefix(text, "0x")
	base := 16
	if !hex {
		var octal bool
		if digits, octal = strings.CutPrefix(text, "0o"); !octal {
			return nil, false
		}
		base = 8
	}
	if strings.ContainsAny(digits, "+-_") {
		return nil, false
	}
	return new(big.Int).SetString(digits, base)
}
