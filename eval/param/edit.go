package param

import (
	"slices"

	"github.com/dewar-build/dewar/diag"
)

// Edit is one value to be changed in a params file.
type Edit struct {
	Path []string // names from the top of the file
	JSON string   // the new value: `0.1`, `"adam"`, `[1, 2]`, `{"a": 1}`; null is written, and removes nothing
	Like *File    // the file as it was when the value was used, for how to spell it; nil: as what stands there now

	ty     *Type // a float is written as one ("1.0"), as Project does; nil if it is not known
	chosen *Tree // how a file that is chosen spells the part; nil if it says nothing of it
}

// Typed returns edits of one of the files of params, spelled as Project spells values that
// are not in the file: scripts then read what they read before.
func (p *Params) Typed(file string, edits []Edit) []Edit {
	out := slices.Clone(edits)
	for i := range out {
		e := &out[i]
		for k := range p.List {
			b := &p.List[k]
			if b.File != file || len(e.Path) < len(b.Key) || !slices.Equal(e.Path[:len(b.Key)], b.Key) {
				continue
			}
			if ty, ok := b.Type.at(e.Path[len(b.Key):]); ok {
				e.ty, e.chosen = &ty, b.likeness(&Leaf{Path: e.Path[len(b.Key):]})
			}
		}
	}
	return out
}

// Edit returns the text of the file with values changed and every other byte as
// it was: comments, order, blank lines, quotes, line endings. The edits are made in
// their order. What has the value already is left alone, spelled as it is; a name
// that is not there is added after its siblings; of a mapping that is given all its
// names only the values that differ are changed.
//
// How it works: each format says where the value stands and how it is spelled there,
// as cuts of the text. The text that results is decoded, and must be the tree
// that was with the value in its place. Where it is not, or where a format cannot
// tell the place, the edit is a diagnostic that says what to do by hand, and there
// are no bytes. So what the formats know of layout may be less than all of it, and
// the person's file is safe all the same.
func (f *File) Edit(edits []Edit) ([]byte, diag.List) {
	var diags diag.List
	now := f
	for _, e := range edits {
		value, why := editValue(e)
		if why != "" {
			diags = append(diags, f.byHand(e.Path, e.JSON, why))
			continue
		}
		next, failed := now.set(e, value)
		if failed != nil {
			diags = append(diags, *failed)
			continue
		}
		now = next
	}
	if diags.HasErrors() {
		return nil, diags
	}
	if f.format == formatYAML {
		diags = append(diags, f.sharedEdits(edits)...)
	}
	return now.Bytes, diags
}

// set makes one edit.
func (f *File) set(e Edit, value *Tree) (*File, *diag.Diagnostic) {
	then := e.then()
	if like := (&projector{file: f}); like.alike(e.chosen, value) && (then == nil || !sameTree(then, value)) {
		then = e.chosen
	}
	if e.ty != nil {
		floats(*e.ty, value)
	}
	for _, c := range changes(f.Root.at(e.Path), then, e.Path, value) {
		next, why := f.splice(c.path, c.value)
		if why != "" {
			d := f.byHand(c.path, compactText(c.value), why)
			return nil, &d
		}
		f = next
	}
	return f, nil
}

// splice changes the text, and makes sure of what it says then.
func (f *File) splice(path []string, value *Tree) (next *File, why string) {
	want, why := put(f.Root, path, 0, value)
	if why != "" {
		return nil, why
	}
	var cuts []cut
	switch f.format {
	case formatYAML:
		var shared *Tree
		if cuts, shared, why = f.editYAML(path, value); shared != nil {
			want = shared
		}
	case formatJSON:
		cuts, why = f.editJSON(path, value)
	case formatTOML:
		cuts, why = f.editTOML(path, value)
	}
	if why != "" {
		return nil, why
	}
	const unsafe = "dewar cannot do it without changing something else in the file."
	text, ok := applyCuts(f.Bytes, cuts)
	if !ok {
		return nil, unsafe
	}
	src := f.Source
	src.Bytes = text
	next, diags := Decode(src)
	if next == nil || diags.HasErrors() || !sameTree(next.Root, want) {
		return nil, unsafe
	}
	next.eol = f.layout().eol
	return next, ""
}

// byHand says what the person has to do.
func (f *File) byHand(path []string, json, why string) diag.Diagnostic {
	span := diag.Span{File: f.Path}
	for n := len(path); n > 0 && span.Start.Line == 0; n-- {
		if t := f.Root.at(path[:n]); t != nil {
			span = t.Span
		}
	}
	what := "Set " + dotted(path) + " in " + f.Path + " to " + shorten(json) + " by hand."
	switch {
	case len(path) == 0:
		what = "Change " + f.Path + " by hand."
	case f.Masked:
		what = "Set " + dotted(path) + " in " + f.Path + " by hand."
	}
	return report("E-params-edit", span, "%s %s", what, why)
}
