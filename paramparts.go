package dewar

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
)

// paramPart is a part of a param that is not what it was: a leaf, or an element of a list.
type paramPart struct {
	ParamChange
	leaf   string // that it is, or is in
	at     []any  // where in it: positions and names; empty: it is the leaf
	was    any    // its value, decoded; nil: it was absent
	now    any    // the leaf's value now; nil: it is absent
	choice bool   // the leaf is the name of what was chosen
}

const manyParts = 4 // of one leaf; where more of it differ it counts as one

// changedParts compares params as they were with what they are, by name.
func changedParts(was paramState, params []graph.Param) []paramPart {
	var out []paramPart
	gone := maps.Clone(was)
	for i := range params {
		out = append(out, changedIn(&params[i], was, gone)...)
	}
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		out = append(out, paramPart{leaf: name}.part(nil, decoded(gone[name]), nil))
	}
	slices.SortStableFunc(out, func(a, b paramPart) int { return strings.Compare(a.leaf, b.leaf) })
	return out
}

// changedIn does so for one param, and takes from gone what is accounted for. What follows from another choice is no
// change of its own.
func changedIn(p *graph.Param, was, gone paramState) []paramPart {
	var out []paramPart
	for i, l := range p.Leaves {
		old := was[l.Name]
		delete(gone, l.Name)
		if p.Sensitive || l.Value == "{}" || bytes.Equal(old, []byte(l.Value)) {
			continue
		}
		of := paramPart{leaf: l.Name, choice: i == 0 && p.Chosen != "", now: decoded([]byte(l.Value))}
		of.Origin = l.Origin
		if of.choice && old != nil {
			gone.forget(p.Name)
		}
		if len(out) > 0 && out[0].choice && !l.Set && (p.File == "" || !strings.HasPrefix(l.Origin, p.File+":")) {
			continue
		}
		parts := of.parts(nil, decoded(old), of.now)
		if len(parts) > manyParts {
			parts = []paramPart{of.part(nil, decoded(old), of.now)}
		}
		out = append(out, parts...)
	}
	return out
}

// parts lists where two values differ, as deep as they are alike.
func (of paramPart) parts(at []any, was, now any) []paramPart {
	var out []paramPart
	switch a := was.(type) {
	case []any:
		b, ok := now.([]any)
		if !ok || len(a) != len(b) {
			break
		}
		for i := range a {
			out = append(out, of.parts(append(slices.Clone(at), i), a[i], b[i])...)
		}
		return out
	case map[string]any:
		b, ok := now.(map[string]any)
		if !ok || !slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))) {
			break
		}
		for _, name := range slices.Sorted(maps.Keys(a)) {
			out = append(out, of.parts(append(slices.Clone(at), name), a[name], b[name])...)
		}
		return out
	}
	if reflect.DeepEqual(was, now) {
		return nil
	}
	return []paramPart{of.part(at, was, now)}
}

// part is the part of a leaf at a place. Of a list with one element more or less it is called by that element.
func (of paramPart) part(at []any, was, now any) paramPart {
	of.at, of.was = at, was
	a, isList := was.([]any)
	b, stillIs := now.([]any)
	if i, one := oneMore(a, b); one && isList {
		at, of.New = append(slices.Clone(at), i), shownValue(b[i])
	} else if i, one := oneMore(b, a); one && stillIs {
		at, of.Old = append(slices.Clone(at), i), shownValue(a[i])
	} else {
		of.Old, of.New = of.shown(was), of.shown(now)
	}
	of.Name = of.leaf + placeIn(at)
	return of
}

// shown writes what a part is; "" if there is no such leaf. Inside of one null is a value like others.
func (of paramPart) shown(v any) string {
	if v == nil && len(of.at) == 0 {
		return ""
	}
	return shownValue(v)
}

// oneMore returns the position of the only element that long has and short has not.
func oneMore(short, long []any) (int, bool) {
	if len(long) != len(short)+1 {
		return 0, false
	}
	i := 0
	for i < len(short) && reflect.DeepEqual(short[i], long[i]) {
		i++
	}
	return i, reflect.DeepEqual(short[i:], long[i+1:])
}

// placeIn writes a place in a value as the language does: [2].width.
func placeIn(at []any) string {
	var b strings.Builder
	for _, p := range at {
		switch p := p.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(p) + "]")
		case string:
			b.WriteString(param.Below(p))
		}
	}
	return b.String()
}

// shownValue writes a value for people: a text as it is, all else as JSON.
func shownValue(v any) string {
	if s, ok := v.(string); ok && s != "" {
		return s
	}
	return string(encoded(v))
}

// asTheyWere are the values that parts had, for an evaluation.
func asTheyWere(parts []paramPart) (set []param.Setting, instead []param.Instead) {
	for i := 0; i < len(parts); {
		p, value := parts[i], parts[i].now
		for ; i < len(parts) && parts[i].leaf == p.leaf; i++ {
			value = replaced(value, parts[i].at, parts[i].was)
		}
		name, chosen := value.(string)
		switch {
		case p.choice && chosen: // it says which file is read
			set = append(set, param.Setting{Name: p.leaf, Text: name})
		case value == nil:
			instead = append(instead, param.Instead{Name: p.leaf})
		default:
			instead = append(instead, param.Instead{Name: p.leaf, JSON: string(encoded(value))})
		}
	}
	return set, instead
}

// replaced is a copy of value with another part at a place.
func replaced(value any, at []any, part any) any {
	if len(at) == 0 {
		return part
	}
	switch v := value.(type) {
	case []any:
		v = slices.Clone(v)
		i := at[0].(int)
		v[i] = replaced(v[i], at[1:], part)
		return v
	case map[string]any:
		v = maps.Clone(v)
		name := at[0].(string)
		v[name] = replaced(v[name], at[1:], part)
		return v
	}
	return value
}

// decoded reads JSON; nil if there is none.
func decoded(b []byte) any {
	var v any
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return nil
	}
	return v
}

func encoded(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("dewar.encoded: " + err.Error()) // it was decoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
