package param_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A file as a test thinks of it: nil, bool, float64, string, []any and map[string]any,
// with the order of names beside it.
type entries []entry

type entry struct {
	name  string
	value any // a scalar, []any of scalars, or entries
}

func plainOf(v any) any {
	switch v := v.(type) {
	case entries:
		out := map[string]any{}
		for _, e := range v {
			out[e.name] = plainOf(e.value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plainOf(v[i])
		}
		return out
	default:
		return v
	}
}

// plainTree is the same of what was decoded.
func plainTree(t *param.Tree) any {
	switch t.Shape {
	case param.Null:
		return nil
	case param.Boolean:
		return t.Text == "true"
	case param.Numeral:
		f, err := strconv.ParseFloat(t.Text, 64)
		if err != nil {
			return err
		}
		return f
	case param.Sequence:
		out := make([]any, len(t.Items))
		for i, item := range t.Items {
			out[i] = plainTree(item)
		}
		return out
	case param.Mapping:
		out := map[string]any{}
		for _, e := range t.Entries {
			out[e.Name] = plainTree(e.Value)
		}
		return out
	default:
		return t.Text
	}
}

var someNames = []string{"a", "b", "lr", "C", "max_iter", "a b", "yes", "1", "ü", "x.y", "n-2", "it's", "q\"", ": ", "#"}

var someTexts = []string{"adam", "", "yes", "1e-3", "017", "null", "a, b", "it's", "\"q\"", "x: y", "# no", "ü", "line\nfeed", "tab\t", "\\", "[x]", "{", "- x", "*a", "&b", "!t", " lead", "trail ", "'", "12:30", "2024-01-01", "...", "\u2028", "😀", "x#y", "-", "?", "a:b", "<<"}

func genScalar(t *rapid.T, null bool) any {
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return float64(rapid.IntRange(-50, 5000).Draw(t, "int"))
	case 1:
		return rapid.SampledFrom([]float64{0.1, 1e-3, 2.5, 1e-9, 1e22, -0.25}).Draw(t, "float")
	case 2:
		return rapid.Bool().Draw(t, "bool")
	case 3:
		if null {
			return nil
		}
	}
	return rapid.SampledFrom(someTexts).Draw(t, "text")
}

func genValue(t *rapid.T, depth int, null bool) any {
	switch k := rapid.IntRange(0, 9).Draw(t, "value"); {
	case k < 5 || depth == 0 && k > 6:
		return genScalar(t, null)
	case k < 7:
		list := make([]any, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range list {
			list[i] = genScalar(t, null)
		}
		return list
	default:
		return genEntries(t, depth-1, null)
	}
}

func genEntries(t *rapid.T, depth int, null bool) entries {
	var out entries
	names := slices.Clone(someNames)
	for range rapid.IntRange(0, 4).Draw(t, "names") {
		i := rapid.IntRange(0, len(names)-1).Draw(t, "name")
		out = append(out, entry{names[i], genValue(t, depth, null)})
		names = slices.Delete(names, i, i+1)
	}
	return out
}

func jsonText(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(plainOf(v)); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// writer lays a file out by chance.
type writer struct {
	t    *rapid.T
	unit string
	note int
}

// maybe is a comment at the end of a line, or a few lines of their own.
func (w *writer) comment() string {
	w.note++
	return rapid.SampledFrom([]string{"", "", " # " + strconv.Itoa(w.note)}).Draw(w.t, "comment")
}

func (w *writer) between(indent string) string {
	w.note++
	return rapid.SampledFrom([]string{"", "", "\n", indent + "# between " + strconv.Itoa(w.note) + "\n"}).Draw(w.t, "between")
}

func (w *writer) yaml(b *strings.Builder, list entries, indent string) {
	for _, e := range list {
		b.WriteString(w.between(indent))
		b.WriteString(indent + w.yamlScalar(e.name) + ":")
		switch v := e.value.(type) {
		case entries:
			if len(v) == 0 || rapid.IntRange(0, 3).Draw(w.t, "flow") == 0 {
				b.WriteString(" " + w.yamlFlow(v) + w.comment() + "\n")
				continue
			}
			b.WriteString(w.comment() + "\n")
			w.yaml(b, v, indent+w.unit)
		case []any:
			if len(v) == 0 || rapid.Bool().Draw(w.t, "flow") {
				b.WriteString(" " + w.yamlFlow(v) + w.comment() + "\n")
				continue
			}
			b.WriteString(w.comment() + "\n")
			deeper := rapid.SampledFrom([]string{"", w.unit}).Draw(w.t, "deeper")
			for _, item := range v {
				b.WriteString(indent + deeper + "- " + w.yamlScalar(item) + w.comment() + "\n")
			}
		default:
			b.WriteString(" " + w.yamlScalar(v) + w.comment() + "\n")
		}
	}
}

func (w *writer) yamlFlow(v any) string {
	switch v := v.(type) {
	case entries:
		var parts []string
		for _, e := range v {
			parts = append(parts, w.yamlScalar(e.name)+": "+w.yamlFlow(e.value))
		}
		return "{" + strings.Join(parts, rapid.SampledFrom([]string{", ", ",  "}).Draw(w.t, "gap")) + "}"
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, w.yamlFlow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	default:
		return w.yamlScalar(v)
	}
}

func (w *writer) yamlScalar(v any) string {
	s, ok := v.(string)
	if !ok {
		return jsonText(v)
	}
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_ü") == "" && s != "" && s != "yes" && s != "null" && rapid.Bool().Draw(w.t, "plain") {
		return s
	}
	if !strings.ContainsAny(s, "\n\t\u2028") && rapid.Bool().Draw(w.t, "single") {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return jsonText(s)
}

func (w *writer) json(v any, indent string) string {
	wide := rapid.Bool().Draw(w.t, "wide")
	open, end, parts := "[", "]", []string{}
	inner := indent
	if wide {
		inner += w.unit
	}
	switch v := v.(type) {
	case entries:
		open, end = "{", "}"
		for _, e := range v {
			parts = append(parts, jsonText(e.name)+": "+w.json(e.value, inner))
		}
	case []any:
		for _, item := range v {
			parts = append(parts, w.json(item, inner))
		}
	default:
		return jsonText(v)
	}
	if wide && len(parts) > 0 {
		return open + "\n" + inner + strings.Join(parts, ",\n"+inner) + "\n" + indent + end
	}
	return open + strings.Join(parts, ", ") + end
}

func (w *writer) toml(b *strings.Builder, list entries, path string) {
	var tables entries
	for _, e := range list {
		v, ok := e.value.(entries)
		if ok && rapid.IntRange(0, 3).Draw(w.t, "inline") > 0 {
			tables = append(tables, e)
			continue
		}
		name := w.tomlName(e.name)
		if ok && len(v) > 0 && rapid.Bool().Draw(w.t, "dotted") {
			for _, sub := range v {
				b.WriteString(name + "." + w.tomlName(sub.name) + " = " + w.tomlValue(sub.value) + w.comment() + "\n")
			}
			continue
		}
		b.WriteString(w.between("") + name + " = " + w.tomlValue(e.value) + w.comment() + "\n")
	}
	for _, e := range tables {
		full := path + w.tomlName(e.name)
		b.WriteString(w.between("") + "[" + full + "]" + w.comment() + "\n")
		w.toml(b, e.value.(entries), full+".")
	}
}

func (w *writer) tomlName(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_1C") == "" && s != "" {
		return s
	}
	return jsonText(s)
}

func (w *writer) tomlValue(v any) string {
	switch v := v.(type) {
	case entries:
		var parts []string
		for _, e := range v {
			parts = append(parts, w.tomlName(e.name)+" = "+w.tomlValue(e.value))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, w.tomlValue(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case float64:
		return strings.Replace(jsonText(v), "e+", "e", 1)
	case string:
		if !strings.ContainsAny(v, "'\n\t") && rapid.Bool().Draw(w.t, "literal") {
			return "'" + v + "'"
		}
		return jsonText(v)
	default:
		return jsonText(v)
	}
}

func (w *writer) write(format string, list entries) string {
	var b strings.Builder
	switch format {
	case "yaml":
		w.yaml(&b, list, "")
	case "toml":
		w.toml(&b, list, "")
	default:
		b.WriteString(w.json(list, "") + "\n")
	}
	return b.String()
}

// apply makes an edit of the model; false if something on the way is no mapping.
func apply(at map[string]any, path []string, value any) bool {
	for _, name := range path[:len(path)-1] {
		switch next := at[name].(type) {
		case map[string]any:
			at = next
		case nil:
			made := map[string]any{}
			at[name], at = made, made
		default:
			return false
		}
	}
	at[path[len(path)-1]] = value
	return true
}

// Whatever a file looks like and whatever is set in it, the result says what is
// asked, and the lines that have nothing to do with it are as they were.
func TestEdit_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom([]string{"yaml", "yaml", "json", "toml"}).Draw(t, "format")
		model := genEntries(t, 3, format != "toml")
		w := &writer{t: t, unit: rapid.SampledFrom([]string{"  ", "    ", " "}).Draw(t, "unit")}
		in := w.write(format, model)
		if rapid.Bool().Draw(t, "crlf") {
			in = strings.ReplaceAll(in, "\n", "\r\n")
		}
		if rapid.Bool().Draw(t, "cut") {
			in = strings.TrimRight(in, "\r\n")
		}
		path := "a." + format
		f, diags := param.Decode(param.Source{Path: path, Bytes: []byte(in)})
		if f == nil {
			t.Fatalf("the test writes no %s: %s\n%s", format, lines(diags), in)
		}
		if d := cmp.Diff(plainOf(model), plainTree(f.Root)); d != "" {
			t.Fatalf("the test writes something else:\n%s\n%s", in, d)
		}
		want := plainOf(model).(map[string]any)
		var list []param.Edit
		var values []any
		for range rapid.IntRange(1, 3).Draw(t, "edits") {
			e := param.Edit{Path: genPath(t, f.Root)}
			v := genValue(t, 2, format != "toml")
			if !apply(want, e.Path, plainOf(v)) {
				return
			}
			e.JSON = jsonText(v)
			list, values = append(list, e), append(values, v)
		}
		out, diags := f.Edit(list)
		if out == nil {
			if format != "toml" || !strings.Contains(lines(diags), "tables of its own") {
				t.Fatalf("refused: %s\n%+v\n%s", lines(diags), list, in)
			}
			return
		}
		g, diags := param.Decode(param.Source{Path: path, Bytes: out})
		if g == nil {
			t.Fatalf("%+v\n%s\nbecomes\n%s\n%s", list, in, out, lines(diags))
		}
		if d := cmp.Diff(want, plainTree(g.Root)); d != "" {
			t.Fatalf("%+v\n%s\nbecomes\n%s\n%s", list, in, out, d)
		}
		if strings.Contains(in, "\r\n") && strings.Contains(strings.ReplaceAll(string(out), "\r\n", ""), "\n") || !strings.Contains(in, "\r") && strings.Contains(string(out), "\r") {
			t.Fatalf("line ends: %q becomes %q", in, out)
		}
		if len(list) == 1 {
			onlyTouched(t, f, list[0], values[0], in, string(out))
		}
	})
}

// genPath draws the path of a value, or of a name that may be added.
func genPath(t *rapid.T, root *param.Tree) []string {
	var path []string
	for {
		name := rapid.SampledFrom(someNames).Draw(t, "new")
		if n := len(root.Entries); n > 0 && rapid.IntRange(0, 4).Draw(t, "there") > 0 {
			name = root.Entries[rapid.IntRange(0, n-1).Draw(t, "which")].Name
		}
		path = append(path, name)
		child := root.Get(name)
		if child == nil || child.Shape != param.Mapping || rapid.IntRange(0, 3).Draw(t, "stop") == 0 {
			if child == nil && rapid.IntRange(0, 3).Draw(t, "deeper") == 0 {
				path = append(path, rapid.SampledFrom(someNames).Draw(t, "below"))
			}
			return path
		}
		root = child
	}
}

// onlyTouched: a scalar that a scalar replaces leaves all but its own bytes; a new
// name leaves all lines but one, which may get a comma.
func onlyTouched(t *rapid.T, f *param.File, e param.Edit, value any, in, out string) {
	old := f.Root
	for _, name := range e.Path {
		if old = old.Get(name); old == nil {
			break
		}
	}
	was, is := strings.Split(in, "\n"), strings.Split(out, "\n")
	switch value.(type) {
	case entries, []any:
	default:
		if old != nil && old.Shape != param.Mapping && old.Shape != param.Sequence {
			at := diag.NewLines([]byte(in))
			from, to := at.Offset(old.Span.Start), at.Offset(old.Span.End)
			if !strings.HasPrefix(out, in[:from]) || !strings.HasSuffix(out, in[to:]) {
				t.Fatalf("%+v\n%s\nbecomes\n%s", e, in, out)
			}
			return
		}
	}
	if old != nil {
		return
	}
	missing := 0
	for _, line := range was {
		i := slices.Index(is, line)
		if i < 0 {
			missing++
			continue
		}
		is = is[i+1:]
	}
	if missing > 1 {
		t.Fatalf("%+v: %d lines are others now\n%s\nbecomes\n%s", e, missing, in, out)
	}
}

// No file and no edit makes it fall over, and what comes out is what was asked.
func FuzzEdit(f *testing.F) {
	for i, seed := range []string{"a: 1\nb: {c: 2}\n", "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n", "? a\n: - 1\n", "a: |+\n x\n\n", "{\"a\":{\"b\":[1]}}", "a = 1\n[t]\nb.c = {d=1}\n[[l]]\nx=1\n", "a: !!str &x\nb: 'x\n y'\n", "- 1\n", ""} {
		f.Add(uint8(i), seed, "a", "b", `{"x": [1, "y"]}`)
		f.Add(uint8(i+1), seed, "t", "", "2.50")
	}
	f.Fuzz(func(t *testing.T, format uint8, text, name, below, value string) {
		path := []string{"a.yaml", "a.json", "a.toml"}[format%3]
		file, _ := param.Decode(param.Source{Path: path, Bytes: []byte(text)})
		if file == nil {
			return
		}
		e := param.Edit{Path: []string{name}, JSON: value}
		if below != "" {
			e.Path = append(e.Path, below)
		}
		out, diags := file.Edit([]param.Edit{e})
		if (out == nil) != diags.HasErrors() {
			t.Fatalf("%d bytes and %s", len(out), lines(diags))
		}
		if out == nil {
			return
		}
		next, ds := param.Decode(param.Source{Path: path, Bytes: out})
		if next == nil {
			t.Fatalf("%q becomes %q: %s", text, out, lines(ds))
		}
		again, ds := next.Edit([]param.Edit{e})
		if string(again) != string(out) || ds.HasErrors() {
			t.Fatalf("%q becomes %q, and then %q: %s", text, out, again, lines(ds))
		}
	})
}
