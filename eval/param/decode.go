package param

import (
	"bytes"
	"path"
	"unicode/utf8"

	"github.com/dewar-build/dewar/diag"
)

// Source is the text of a params file.
type Source struct {
	Path   string // project-relative; its extension names the format
	Bytes  []byte
	Masked bool // a sensitive param is in it: messages do not show its lines
}

// File is a decoded params file.
type File struct {
	Source
	Root *Tree // a mapping

	format format
	eol    string // how lines end, of a file that was edited: what is left may not say
}

// format is a way to write params.
type format uint8

const (
	formatYAML format = iota
	formatJSON
	formatTOML
)

func formatOf(name string) (format, bool) {
	switch path.Ext(name) {
	case ".yaml", ".yml":
		return formatYAML, true
	case ".json":
		return formatJSON, true
	case ".toml":
		return formatTOML, true
	default:
		return 0, false
	}
}

// limits of what a params file may hold; beyond them it is no file of params.
const (
	maxBytes = 16 << 20
	maxDepth = 1000
	maxParts = 1_000_000 // after aliases are expanded
)

const nestedTooDeep = "The file is nested more than %d levels deep."

// Decode reads a params file: YAML (1.2, core schema), JSON or TOML, by the
// extension of its path. The file is nil if there are errors.
func Decode(src Source) (*File, diag.List) { return decode(src, nil) }

func decode(src Source, going func()) (*File, diag.List) {
	fm, ok := formatOf(src.Path)
	if !ok {
		return nil, diag.List{report("E-params-format", diag.Span{File: src.Path}, "%s is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml).%s", src.Path, pythonAdvice(src.Path))}
	}
	d := newDecoder(src)
	d.going = going
	if !d.readable(src) {
		return nil, d.diags
	}
	var root *Tree
	switch fm {
	case formatYAML:
		root = d.yaml()
	case formatJSON:
		root = d.json()
	case formatTOML:
		root = d.toml()
	}
	if d.diags.HasErrors() {
		return nil, d.diags
	}
	if root == nil || root.Shape == Null { // an empty file has no params
		root = d.part(Mapping, "", 0, 0)
	}
	if root.Shape != Mapping {
		d.fail("E-params-syntax", root.Span, "A params file has names at its top, this one is %s.", checker{}.describe(root))
		return nil, d.diags
	}
	return &File{Source: src, Root: root, format: fm}, d.diags
}

// decoder is the state of reading one file.
type decoder struct {
	*places
	pulse
	source string // the text, for what is kept of it: parts of one string
	spare  *Tree  // one that nobody has any more, for part
	diags  diag.List
}

func newDecoder(src Source) *decoder {
	return &decoder{places: newPlaces(src), source: string(src.Bytes)}
}

func (d *decoder) fail(code string, span diag.Span, format string, args ...any) {
	d.diags = append(d.diags, report(code, span, format, args...))
}

// readable checks what all formats ask for.
func (d *decoder) readable(src Source) bool {
	if len(src.Bytes) > maxBytes {
		d.fail("E-params-syntax", diag.Span{File: src.Path}, "The file has %d bytes; params files have at most %d.", len(src.Bytes), maxBytes)
		return false
	}
	if !utf8.Valid(src.Bytes) {
		at := 0
		for at < len(src.Bytes) {
			r, n := utf8.DecodeRune(src.Bytes[at:])
			if r == utf8.RuneError && n <= 1 {
				break
			}
			at += n
		}
		d.fail("E-params-syntax", d.span(at, at+1), "The file is not UTF-8 text: save it so.")
		return false
	}
	if i := bytes.IndexByte(src.Bytes, 0); i >= 0 {
		d.fail("E-params-syntax", d.span(i, i+1), "The file holds a NUL byte: it is not text.")
		return false
	}
	return true
}

// part makes a tree of a scalar or collection whose text is from start up to end.
func (d *decoder) part(shape Shape, text string, start, end int) *Tree {
	d.beat()
	t := d.spare
	if d.spare = nil; t == nil {
		t = &Tree{}
	}
	*t = Tree{Shape: shape, Text: text, Span: d.span(start, end), Layer: OwnFile}
	return t
}

// named makes an entry of a name in the source. There are as many of them as values, so
// that of the ordinary ones the text alone is kept. Then key is for part to use again, if
// nobody else has it.
func (d *decoder) named(name string, key, value *Tree, shared bool) Entry {
	e := Entry{Name: name, Span: key.Span, Value: value}
	if key.Shape != String || key.Text != name || key.raw == "" {
		e.key = key
		return e
	}
	if e.raw = key.raw; !shared {
		d.spare = key
	}
	return e
}

// add appends an entry, unless the mapping has its name already.
func (d *decoder) add(t *Tree, e Entry) {
	if first := t.entry(e.Name); first != nil {
		d.twice(e, first.Span)
		return
	}
	t.push(e)
}

// twice reports a name that is there already.
func (d *decoder) twice(e Entry, first diag.Span) {
	dg := report("E-params-duplicate", e.Span, "%s is there twice; neither can win. Remove one.", shorten(e.Name))
	dg.Notes = []diag.Note{{Span: first, Text: "it is also here"}}
	d.diags = append(d.diags, dg)
}
