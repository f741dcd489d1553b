package param

import "strings"

// Two ways lead to one value in the file that a script reads: it is put into the
// copy, by -p or a sweep, or the file itself is edited, as `dewar exp apply` does. Both
// have to write the same bytes, or applying an experiment would make other actions
// than those it was.

// asEdited spells a new value as an edit of the file would, where old stands; nil if
// nothing stands there. What means the same stays as it is. (Inside the braces of a
// flow mapping an edit also quotes a text with commas; there the two differ, and the
// action runs once more.)
func asEdited(t, old *Tree, fm format) *Tree {
	if old != nil && sameTree(old, t) {
		return old
	}
	out := alike(t, old)
	switch fm {
	case formatYAML:
		quoteLikeYAML(out, old, yamlSpeller{})
	case formatTOML:
		quoteLikeTOML(out, old)
	}
	return out
}

// quoteLikeYAML puts strings into the quotes that stood there.
func quoteLikeYAML(t, old *Tree, w yamlSpeller) {
	switch t.Shape {
	case String:
		t.raw = w.inline(t, old, 0)
	case Sequence:
		w.flow = w.flow || !w.tall(t)
		for i, item := range t.Items {
			quoteLikeYAML(item, itemOf(old, i), w)
		}
	case Mapping:
		for _, e := range t.Entries {
			quoteLikeYAML(e.Value, old.Get(e.Name), w)
		}
	}
}

// quoteLikeTOML does the same for TOML, where lists are always written anew.
func quoteLikeTOML(t, old *Tree) {
	switch {
	case t.Shape == String && old != nil && strings.HasPrefix(old.raw, "'"):
		t.raw = (&tomlEditor{}).write(t, old.raw)
	case covers(t, old):
		for _, e := range t.Entries {
			quoteLikeTOML(e.Value, old.Get(e.Name))
		}
	}
}
