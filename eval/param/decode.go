package param

import (
	"bytes"
	"path"
	"strconv"
	"unicode/utf8"

	"github.com/dewar-build/dewar/diag"
	"golang.org/x/text/unicode/norm"
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

// Decode reads a params file: YAML (1.2, core schema), JSON or TOML, by the
// extension of its path. The file is nil if there are errors.
func Decode(src Source) (*File, diag.List) {
	fm, ok := formatOf(src.Path)
	if !ok {
		return nil, diag.List{report("E-params-format", diag.Span{File: src.Path}, "%s is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml).%s", src.Path, pythonAdvice(src.Path))}
	}
	d := &decoder{places: newPlaces(src)}
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
		root = &Tree{Shape: Mapping, Layer: OwnFile, Origin: src.Path + ":1", Span: d.places.span(0, 0)}
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
	diags diag.List
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
	span := d.span(start, end)
	return &Tree{Shape: shape, Text: text, Span: span, Layer: OwnFile, Origin: d.file + ":" + strconv.Itoa(span.Start.Line)}
}

// add appends an entry, unless the mapping has its name already.
func (d *decoder) add(t *Tree, e Entry, seen map[string]diag.Span) {
	name := norm.NFC.String(e.Name)
	if first, ok := seen[name]; ok {
		dg := report("E-params-duplicate", e.Span, "%s is there twice; neither can win. Remove one.", shorten(e.Name))
		dg.Notes = []diag.Note{{Span: first, Text: "it is also here"}}
		d.diags = append(d.diags, dg)
		return
	}
	seen[name] = e.Span
	t.Entries = append(t.Entries, e)
}
