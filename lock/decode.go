package lock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	iofs "io/fs"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// record is what one line says: one of its fields, by kind.
type record struct {
	kind     recordKind
	version  int64
	override graph.Override
	data     Data
	entry    Entry
}

type recordKind uint8

const (
	headerLine recordKind = iota
	overrideLine
	dataLine
	entryLine
)

// decoder reads lines: those of instances as we write them by the fast scanner,
// the others, and those that somebody edited, by encoding/json.
type decoder struct{ fast scanner }

func (d *decoder) line(line string) (record, error) {
	if strings.HasPrefix(line, `{"instance":`) {
		if e, ok := d.fast.entry(line); ok {
			return record{kind: entryLine, entry: e}, nil
		}
	}
	return decodeJSON(line)
}

// wire is any line as JSON. Pointers tell absent fields from empty ones.
type wire struct {
	Version  *int64            `json:"dewar_lock"`
	Override *string           `json:"override"`
	Text     string            `json:"text"`
	Origin   string            `json:"origin"`
	Data     *string           `json:"data"`
	Path     string            `json:"path"`
	Kind     string            `json:"kind"`
	Exec     bool              `json:"exec"`
	Digest   string            `json:"digest"`
	Instance *string           `json:"instance"`
	Action   string            `json:"action"`
	Inputs   map[string]string `json:"inputs"`
	Outputs  []wireOutput      `json:"outputs"`
}

type wireOutput struct {
	Group  string `json:"group"`
	Name   string `json:"name"`
	Path   string `json:"path"`
	Kind   string `json:"kind"`
	Exec   bool   `json:"exec"`
	Digest string `json:"digest"`
	Files  int64  `json:"files"`
	Bytes  int64  `json:"bytes"`
}

func decodeJSON(line string) (record, error) {
	if !utf8.ValidString(line) {
		return record{}, errors.New("not UTF-8")
	}
	var w wire
	dec := json.NewDecoder(bytes.NewReader([]byte(line)))
	dec.DisallowUnknownFields() // what is not understood must not be lost by writing the line again
	if err := dec.Decode(&w); err != nil {
		return record{}, err
	}
	if dec.More() {
		return record{}, errors.New("more than one value")
	}
	return w.record()
}

func (w *wire) record() (rec record, err error) {
	switch {
	case w.Instance != nil:
		rec.kind = entryLine
		rec.entry, err = w.entry()
	case w.Data != nil:
		rec.kind = dataLine
		rec.data = Data{Name: *w.Data, Path: w.Path}
		rec.data.Content, err = content(w.Path, w.Kind, w.Exec, w.Digest)
	case w.Override != nil:
		rec.kind = overrideLine
		rec.override = graph.Override{Name: *w.Override, Text: w.Text, Origin: w.Origin}
	case w.Version != nil && *w.Version >= 1:
		rec.version = *w.Version
	default:
		err = errors.New("neither a header nor an instance, data or override")
	}
	return rec, err
}

func (w *wire) entry() (e Entry, err error) {
	e.Instance = *w.Instance
	if e.Instance == "" {
		return e, errors.New("the instance has no name")
	}
	var ok bool
	if e.Action, ok = parseDigest(w.Action); !ok {
		return e, fmt.Errorf("%q is not a digest", w.Action)
	}
	for at, text := range w.Inputs { // sorted below
		in, ok := parseInput(at, text)
		if !ok {
			return e, fmt.Errorf("an input is not a path of the project and a digest: %q", at)
		}
		e.Inputs = append(e.Inputs, in)
	}
	for _, o := range w.Outputs {
		out, err := o.output()
		if err != nil {
			return e, fmt.Errorf("output %q: %w", o.Path, err)
		}
		e.Outputs = append(e.Outputs, out)
	}
	e.sort()
	return e, e.check()
}

func (o *wireOutput) output() (Output, error) {
	if o.Files < 0 || o.Bytes < 0 {
		return Output{}, errors.New("a negative number")
	}
	c, err := content(o.Path, o.Kind, o.Exec, o.Digest)
	return Output{graph.Group(o.Group), o.Name, o.Path, c, o.Files, o.Bytes}, err
}

// check refuses a path that is there twice in a sorted entry.
func (e *Entry) check() error {
	for i := 1; i < len(e.Inputs); i++ {
		if e.Inputs[i].At == e.Inputs[i-1].At {
			return fmt.Errorf("input %q is there twice", e.Inputs[i].At)
		}
	}
	for i := 1; i < len(e.Outputs); i++ {
		if e.Outputs[i].Path == e.Outputs[i-1].Path {
			return fmt.Errorf("output %q is there twice", e.Outputs[i].Path)
		}
	}
	return nil
}

// parseInput reads a member of "inputs"; appendInput writes it.
func parseInput(at, text string) (in Input, ok bool) {
	in.Content.Kind = digest.File
	if dir, is := strings.CutSuffix(at, "/"); is {
		at, in.Content.Kind = dir, digest.Directory
	}
	in.At = at
	text, in.Content.Exec = strings.CutSuffix(text, execMark)
	if in.Content.Exec && in.Content.Kind == digest.Directory || !iofs.ValidPath(at) {
		return in, false
	}
	in.Content.Digest, ok = parseDigest(text)
	return in, ok
}

// content checks what "kind", "exec" and "digest" of path say.
func content(path, kind string, exec bool, text string) (c digest.Content, err error) {
	c.Exec = exec
	switch kind {
	case "file":
		c.Kind = digest.File
	case "directory":
		c.Kind = digest.Directory
	default:
		return c, fmt.Errorf("kind %q", kind)
	}
	if exec && c.Kind == digest.Directory {
		return c, errors.New("an executable directory")
	}
	if !iofs.ValidPath(path) {
		return c, fmt.Errorf("%q is not a path inside the project", path)
	}
	var ok bool
	if c.Digest, ok = parseDigest(text); !ok {
		return c, fmt.Errorf("%q is not a digest", text)
	}
	return c, nil
}

// parseDigest is digest.Parse without its error and its garbage: a lock of
// 10,000 instances has 100,000 digests.
func parseDigest(s string) (d digest.Digest, ok bool) {
	const n = 2 * len(d.Hash)
	if len(s) < n+2 || len(s) > n+19 || s[n] != '/' {
		return d, false
	}
	var wrong byte // no branches: those on random digits are half of them mispredicted
	for i := range d.Hash {
		hi, lo := nibble(s[2*i]), nibble(s[2*i+1])
		wrong |= hexDigits[hi] ^ s[2*i] | hexDigits[lo] ^ s[2*i+1]
		d.Hash[i] = hi<<4 | lo
	}
	if wrong != 0 {
		return d, false
	}
	size := s[n+1:]
	if size[0] == '0' && len(size) > 1 {
		return d, false
	}
	for i := range len(size) {
		if size[i] < '0' || size[i] > '9' {
			return d, false
		}
		d.Size = d.Size*10 + int64(size[i]-'0') // at most 18 digits: no overflow
	}
	return d, true
}

// nibble returns the value of a lower-case hexadecimal digit; of anything else
// some value, whose digit is another.
func nibble(c byte) byte { return (c&15 + 9*(c>>6)) & 15 }

const hexDigits = "0123456789abcdef"
