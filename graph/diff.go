package graph

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// Change is one difference between two explanations, or two trees. Old is ""
// for what was added, New for what was removed.
type Change struct{ Label, Old, New string }

// Diff compares two explanations field by field, in the order of new; what was
// removed stands where it was. Fields with the same label (platform
// properties) are compared in their order.
func Diff(old, new []Field) []Change {
	a, b := arguments(old)
	c, d := arguments(new)
	if b == 0 || d == 0 || b-a == d-c {
		return diffFields(old, new)
	}
	changes := diffFields(old[:a], new[:c])
	changes = append(changes, diffArguments(old[a:b], new[c:d])...)
	return append(changes, diffFields(old[b:], new[d:])...)
}

func diffFields(old, new []Field) []Change {
	type nth struct {
		label string
		n     int
	}
	at := func(fields []Field) map[nth]int {
		m, seen := make(map[nth]int, len(fields)), map[string]int{}
		for i, f := range fields {
			m[nth{f.Label, seen[f.Label]}] = i
			seen[f.Label]++
		}
		return m
	}
	oldAt, newAt := at(old), at(new)
	var changes []Change
	i, seenOld, seenNew := 0, map[string]int{}, map[string]int{}
	removed := func(until int) {
		for ; i < until; i++ {
			f := old[i]
			if _, kept := newAt[nth{f.Label, seenOld[f.Label]}]; !kept {
				changes = append(changes, Change{Label: f.Label, Old: f.Value})
			}
			seenOld[f.Label]++
		}
	}
	for _, f := range new {
		j, was := oldAt[nth{f.Label, seenNew[f.Label]}]
		seenNew[f.Label]++
		switch {
		case !was:
			changes = append(changes, Change{Label: f.Label, New: f.Value})
		default:
			removed(j)
			if old[j].Value != f.Value {
				changes = append(changes, Change{f.Label, old[j].Value, f.Value})
			}
		}
	}
	removed(len(old))
	return changes
}

// FormatContent returns the value of an input's field: "file <digest>",
// "executable <digest>" or "directory <digest>".
func FormatContent(c digest.Content) string {
	switch {
	case c.Kind == digest.Directory:
		return "directory " + c.Digest.String()
	case c.Exec:
		return "executable " + c.Digest.String()
	}
	return "file " + c.Digest.String()
}

// ParseContent reads what FormatContent wrote.
func ParseContent(s string) (digest.Content, error) {
	kind, text, _ := strings.Cut(s, " ")
	d, err := digest.Parse(text)
	c := digest.Content{Kind: digest.File, Digest: d}
	switch kind {
	case "file":
	case "executable":
		c.Exec = true
	case "directory":
		c.Kind = digest.Directory
	default:
		err = fmt.Errorf("content %q: unknown kind", s)
	}
	if err != nil {
		return digest.Content{}, err
	}
	return c, nil
}

// Expand replaces each change from one directory to another by the files that
// differ. What dirs does not have stays as it is: old trees may be gone.
func Expand(dirs DirGetter, changes []Change) []Change {
	var out []Change
	for _, c := range changes {
		old, err1 := ParseContent(c.Old)
		new, err2 := ParseContent(c.New)
		if err1 != nil || err2 != nil || old.Kind != digest.Directory || new.Kind != digest.Directory {
			out = append(out, c)
			continue
		}
		files, err := DiffTrees(dirs, old.Digest, new.Digest)
		if err != nil {
			out = append(out, c)
			continue
		}
		for _, f := range files {
			out = append(out, Change{c.Label + "/" + f.Label, f.Old, f.New})
		}
	}
	return out
}

// FormatFields and ParseFields are how an explanation is kept in a file: the
// lines of the salt.
func FormatFields(fields []Field) []byte {
	var b []byte
	for _, f := range fields {
		b = appendSaltLine(b, f)
	}
	return b
}

// ParseFields reads what FormatFields wrote, and refuses anything else.
func ParseFields(b []byte) ([]Field, error) {
	var fields []Field
	for len(b) > 0 {
		line, rest, ok := bytes.Cut(b, []byte{'\n'})
		label, value, ok2 := bytes.Cut(line, []byte{'\t'})
		l, ok3 := unescape(label)
		v, ok4 := unescape(value)
		if !ok || !ok2 || !ok3 || !ok4 {
			return nil, fmt.Errorf("explanation: line %d is malformed", len(fields)+1)
		}
		fields, b = append(fields, Field{l, v}), rest
	}
	return fields, nil
}

// unescape is the inverse of appendEscaped, on what that returns only.
func unescape(b []byte) (string, bool) {
	var s strings.Builder
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == '\t' || c == '\n' {
			return "", false
		}
		if c == '\\' {
			i++
			at := -1
			if i < len(b) {
				at = strings.IndexByte(`\tn`, b[i])
			}
			if at < 0 {
				return "", false
			}
			c = "\\\t\n"[at]
		}
		s.WriteByte(c)
	}
	return s.String(), true
}
