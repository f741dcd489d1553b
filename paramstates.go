package dewar

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// What the params were in the last runs is remembered beside their records, so that a plan can name those that a
// command changed with. The memory is a cache: nothing is said that an evaluation does not confirm, so
// without it less is said, and nothing else.

// paramState is the value of every leaf, in JSON, by name. Sensitive ones are not in it.
type paramState map[string]json.RawMessage

// paramStates is the file.
type paramStates struct {
	States []paramState `json:"states"` // the newest first, no two alike
}

const (
	keptStates   = 8
	largestState = 256 << 10 // bytes; who has more in his params looks at their file
)

func (p *Project) paramStatesPath(dir string) string { return p.besideRecords("params", dir) }

// paramStates are those that are kept, without what is sensitive now: it may not have been then. purged is
// whether the file has any of that.
func (p *Project) paramStates(g *graph.Graph) (states []paramState, purged bool) {
	var kept paramStates
	if b, err := fs.ReadFile(p.host.FS, p.paramStatesPath(g.Dir)); err == nil {
		_ = json.Unmarshal(b, &kept) // damaged: nothing is known
	}
	for i := range g.Params {
		if !g.Params[i].Sensitive {
			continue
		}
		for _, s := range kept.States {
			purged = s.forget(g.Params[i].Name) || purged
		}
	}
	return kept.States, purged
}

// keepParams remembers what the params of a run were. Failing to is no failure.
func (p *Project) keepParams(g *graph.Graph) {
	now := stateOf(g.Params)
	states, purged := p.paramStates(g)
	if len(now) > 0 && (len(states) == 0 || !now.equal(states[0])) {
		states = slices.DeleteFunc(states, now.equal)
		states = append([]paramState{now}, states[:min(len(states), keptStates-1)]...)
	} else if !purged {
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the values stay as they are spelled
	if enc.Encode(paramStates{states}) == nil && p.host.FS.MkdirAll(p.path("runs"), 0o777) == nil {
		_ = fs.WriteFile(p.host.FS, p.paramStatesPath(g.Dir), b.Bytes())
	}
}

// stateOf is what params are now; nil if that is too much to be kept.
func stateOf(params []graph.Param) paramState {
	state, size := paramState{}, 0
	for i := range params {
		for _, l := range params[i].Leaves {
			if params[i].Sensitive || l.Value == "" || l.Value == "{}" { // an empty object is one without leaves
				continue
			}
			state[l.Name] = json.RawMessage(l.Value)
			size += len(l.Name) + len(l.Value)
		}
	}
	if size > largestState {
		return nil
	}
	return state
}

func (s paramState) equal(other paramState) bool {
	return maps.EqualFunc(s, other, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
}

// forget drops the leaves of a param, and reports whether there were any.
func (s paramState) forget(param string) bool {
	before := len(s)
	maps.DeleteFunc(s, func(leaf string, _ json.RawMessage) bool {
		return leaf == param || strings.HasPrefix(leaf, param+".") || strings.HasPrefix(leaf, param+"[")
	})
	return len(s) < before
}
