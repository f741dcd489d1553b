package builtins

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// jsonText writes a known, unmarked value as JSON: names sorted, numbers with
// their canonical text, only what must be escaped escaped.
func jsonText(v cty.Value) (string, error) {
	var b strings.Builder
	err := writeJSON(&b, v)
	return b.String(), err
}

func writeJSON(b *strings.Builder, v cty.Value) error {
	switch t := v.Type(); {
	case v.IsNull():
		b.WriteString("null")
	case t == cty.String:
		return writeJSONString(b, v.AsString())
	case t.IsPrimitiveType():
		text, err := grid.Text(v)
		b.WriteString(text)
		return err
	case isList(v):
		return writeJSONList(b, v)
	case isObject(v):
		return writeJSONObject(b, v)
	default:
		return fmt.Errorf("%s has no JSON", grid.TypeName(v))
	}
	return nil
}

func writeJSONString(b *strings.Builder, s string) error {
	enc := json.NewEncoder(trimmer{b})
	enc.SetEscapeHTML(false)
	return enc.Encode(s)
}

// trimmer leaves out the newline that an Encoder writes after a value.
type trimmer struct{ b *strings.Builder }

func (t trimmer) Write(p []byte) (int, error) {
	t.b.Write(bytes.TrimSuffix(p, []byte("\n")))
	return len(p), nil
}

func writeJSONList(b *strings.Builder, v cty.Value) error {
	b.WriteByte('[')
	for i, e := range v.AsValueSlice() {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeJSON(b, e); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

func writeJSONObject(b *strings.Builder, v cty.Value) error {
	attrs, sorted, err := attributes([]cty.Value{v}, 0)
	if err != nil {
		return err
	}
	b.WriteByte('{')
	for i, name := range sorted {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeJSONString(b, name); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := writeJSON(b, attrs[name]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func jsonDecode(args []cty.Value) (cty.Value, error) {
	src := args[0].AsString()
	if tooDeep(src) {
		return cty.DynamicVal, function.NewArgErrorf(0, "not JSON that can be read: it is nested too deeply")
	}
	dec := json.NewDecoder(strings.NewReader(src))
	dec.UseNumber()
	v, err := readJSON(dec)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = errors.New("there is more text after the value")
		}
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errors.New("the text ends too early")
	}
	if err != nil {
		line := 1 + strings.Count(src[:min(int(dec.InputOffset()), len(src))], "\n")
		return cty.DynamicVal, function.NewArgErrorf(0, "not JSON: line %d: %s", line, err)
	}
	return v, nil
}

// readJSON reads a value token by token, so that a name given twice is seen.
func readJSON(dec *json.Decoder) (cty.Value, error) {
	token, err := dec.Token()
	if err != nil {
		return cty.DynamicVal, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return readJSONList(dec)
		}
		return readJSONObject(dec)
	case json.Number:
		return number.Parse(token.String())
	case string:
		return cty.StringVal(token), nil
	case bool:
		return cty.BoolVal(token), nil
	}
	return cty.NullVal(cty.DynamicPseudoType), nil
}

func readJSONList(dec *json.Decoder) (cty.Value, error) {
	var list []cty.Value
	for dec.More() {
		v, err := readJSON(dec)
		if err != nil {
			return cty.DynamicVal, err
		}
		list = append(list, v)
	}
	_, err := dec.Token()
	return listOf(list), err
}

func readJSONObject(dec *json.Decoder) (cty.Value, error) {
	attrs := map[string]cty.Value{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return cty.DynamicVal, err
		}
		if err := putNew(attrs, name.(string), func() (cty.Value, error) { return readJSON(dec) }); err != nil {
			return cty.DynamicVal, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return cty.DynamicVal, err
	}
	return cty.ObjectVal(attrs), nil
}

// putNew reads the attribute name into attrs, where it must not be yet.
func putNew(attrs map[string]cty.Value, name string, read func() (cty.Value, error)) error {
	name = cty.NormalizeString(name)
	if _, twice := attrs[name]; twice {
		return errors.New("the name " + strconv.Quote(name) + " occurs twice")
	}
	v, err := read()
	attrs[name] = v
	return err
}
