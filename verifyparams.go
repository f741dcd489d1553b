package dewar

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp/metric"
	"github.com/dewar-build/dewar/graph"
)

// A command sees of a params file what its stage declares. One that reads more, and takes a default for what it
// does not find, is reproducible, and yet not what its author meant: the value in the file has no effect.
// So it is shown the whole file, with the declared params as they are for it.

// varyParams shows whole params files. why says what could not be done; both are empty if nothing is withheld.
func (v *verifier) varyParams(x *graph.Instance) (one *variation, why string) {
	whole := map[string][]byte{}
	for _, sec := range x.Params {
		if len(sec.Withheld) == 0 {
			continue
		}
		i := slices.IndexFunc(x.Inputs, func(in graph.Input) bool { return in.Kind == graph.Literal && in.At == sec.Path })
		if i < 0 {
			continue
		}
		b, err := v.wholeParams(sec, x.Inputs[i].Bytes)
		if err != nil {
			why = err.Error()
			continue
		}
		whole[sec.Path] = b
	}
	if len(whole) == 0 {
		return nil, why
	}
	return &variation{apply: func(_ context.Context, a *graph.Action, _ string) (*graph.Action, func(), error) {
		return v.withParams(x, a, whole)
	}}, why
}

// wholeParams is the file of the workspace with what is declared as the projection has it.
func (v *verifier) wholeParams(sec graph.Section, projected []byte) ([]byte, error) {
	b, err := v.p.view.ReadFile(sec.Path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", sec.Path, err)
	}
	f, diags := param.Decode(param.Source{Path: sec.Path, Bytes: b})
	if f == nil || diags.HasErrors() {
		return nil, fmt.Errorf("%s cannot be read", sec.Path)
	}
	doc, err := metric.Content(sec.Path, projected)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read", sec.Path)
	}
	var edits []param.Edit
	for _, name := range sec.Keys {
		names := strings.Split(name, ".")
		value, ok := under(doc, names)
		if !ok {
			continue // a param that is not set
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		edits = append(edits, param.Edit{Path: names, JSON: string(text)})
	}
	out, diags := f.Edit(edits)
	if diags.HasErrors() {
		return nil, fmt.Errorf("what was set with -p or override cannot be written into %s", sec.Path)
	}
	return out, nil
}

// under is a value of a document.
func under(doc any, names []string) (any, bool) {
	for _, name := range names {
		m, ok := doc.(map[string]any)
		if !ok {
			return nil, false
		}
		if doc, ok = m[name]; !ok {
			return nil, false
		}
	}
	return doc, true
}

// withParams is x's action with other params files. What other variations did to its inputs stays.
func (v *verifier) withParams(x *graph.Instance, a *graph.Action, whole map[string][]byte) (*graph.Action, func(), error) {
	y := *x
	y.Inputs = slices.Clone(x.Inputs)
	for i := range y.Inputs {
		if b := whole[y.Inputs[i].At]; b != nil && y.Inputs[i].Kind == graph.Literal {
			y.Inputs[i].Bytes = b
			if _, err := v.p.store.Put(b); err != nil {
				return nil, nil, err
			}
		}
	}
	b, dirs, err := v.resolver.Resolve(&y)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range dirs {
		if _, err := v.p.store.Put(d); err != nil {
			return nil, nil, err
		}
	}
	for i := range b.Inputs {
		for _, l := range a.Inputs {
			if l.At == b.Inputs[i].At && l.Content == b.Inputs[i].Content {
				b.Inputs[i].Host = l.Host
			}
		}
	}
	return b, nil, nil
}

// maxSource is how large a source is that is searched for names of params.
const maxSource = 1 << 20

// withheldParams are the params that x is not shown, and those of them that its sources speak of.
func (v *verifier) withheldParams(id graph.ID) (withheld, mentions []string) {
	x := &v.g.Instances[id]
	for _, sec := range x.Params {
		withheld = append(withheld, sec.Withheld...)
	}
	texts := map[string][]byte{"the command": []byte(x.Script)}
	order := []string{"the command"}
	for _, l := range v.state[id].action.Inputs {
		if l.Content.Kind != digest.File || l.Content.Digest.Size > maxSource || slices.ContainsFunc(x.Params, func(s graph.Section) bool { return s.Path == l.At }) {
			continue
		}
		if b, err := v.p.store.ReadAll(l.Content.Digest, maxSource); err == nil && bytes.IndexByte(b, 0) < 0 {
			texts[l.At] = b
			order = append(order, l.At)
		}
	}
	for _, name := range withheld {
		last := name[strings.LastIndexByte(name, '.')+1:]
		for _, at := range order {
			if line := lineOf(texts[at], last); line > 0 {
				mentions = append(mentions, fmt.Sprintf("%s (%s:%d)", name, at, line))
				break
			}
		}
	}
	return withheld, mentions
}

// lineOf returns the first line that has a word, counted from 1; 0 if none has.
func lineOf(text []byte, word string) int {
	for n, line := range bytes.Split(text, []byte("\n")) {
		for from := 0; ; {
			i := bytes.Index(line[from:], []byte(word))
			if i < 0 {
				break
			}
			i += from
			if !wordByte(line, i-1) && !wordByte(line, i+len(word)) {
				return n + 1
			}
			from = i + 1
		}
	}
	return 0
}

func wordByte(line []byte, i int) bool {
	if i < 0 || i >= len(line) {
		return false
	}
	c := line[i]
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
