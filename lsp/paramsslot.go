package lsp

import (
	"path/filepath"
	"slices"

	"github.com/dewar-build/dewar/eval/param"
)

// slot is what can be written at a place of a params file, of any format.
type slot struct {
	path     []string // the names that it lies in
	name     string   // whose value is written; "": a name is
	from, to int      // what is replaced
	given    []string // the names that stand beside it
	quote    string   // what texts stand in that are written as values
	spell    func(name string, deep bool) string
	// spell writes a name, deep if it has names of its own; "" where it cannot be written so.
}

// slot reads the text around the place; nil where nothing can be said.
func (x *paramsPlace) slot() *slot {
	switch filepath.Ext(x.name) {
	case ".json":
		return x.jsonSlot()
	case ".toml":
		return x.tomlSlot()
	}
	return x.yamlSlot()
}

// completion lists the names that params look for at the place, or the values that one can
// have.
func (x *paramsPlace) completion() completionList {
	out := completionList{Items: []completionItem{}}
	sl := x.slot()
	if sl == nil {
		return out
	}
	at := x.doc.span(sl.from, sl.to)
	add := func(name, detail string, kind int, text string) {
		if text != "" && !slices.Contains(sl.given, name) {
			sl.given = append(sl.given, name)
			out.Items = append(out.Items, completionItem{Label: name, Kind: kind, Detail: detail, Edit: &textEdit{at, text}})
		}
	}
	for _, c := range x.s.claims(x.name) {
		rest, inside := c.below(sl.path)
		switch {
		case sl.name != "":
			for _, v := range c.values(append(slices.Clip(sl.path), sl.name)) {
				add(v, "", itemValue, sl.value(&c, v))
			}
		case inside:
			if t := c.typeAt(rest); t != nil {
				for _, f := range t.Fields {
					add(f.Name, f.Type.String(), itemField, sl.spell(f.Name, len(f.Type.Fields) > 0))
				}
			}
		case len(sl.path) < len(c.at) && slices.Equal(c.at[:len(sl.path)], sl.path):
			detail, kind := "", itemField
			var t *param.Type
			if len(sl.path) == len(c.at)-1 {
				detail, t = c.sc.paramType(c.block.Label)
				kind = itemVariable
			}
			name := c.at[len(sl.path)]
			add(name, detail, kind, sl.spell(name, t == nil || len(t.Fields) > 0))
		}
	}
	return out
}

// value writes a value: the name of a choice is a text, a bool is none.
func (sl *slot) value(c *claim, v string) string {
	if c.block.Attr("choices") != nil && len(c.at) == len(sl.path)+1 {
		return sl.quote + v + sl.quote
	}
	return v
}
