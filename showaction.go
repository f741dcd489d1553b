package dewar

import (
	"context"
	"fmt"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// ShownAction is an action as it is executed: everything that its key is made of, and where it
// comes from.
type ShownAction struct {
	Shown
	Encoded    graph.Encoded // the messages of the Remote Execution API; empty without an Action
	Inputs     []ShownInput  // as they stand in the input root, sorted
	Toolchains []run.Binding // what they are on this machine, in the order of their names
}

// ShownInput is a file or a whole directory in an input root.
type ShownInput struct {
	graph.Leaf
	Amount Amount // of a directory: files, and their bytes
	Known  bool   // false: the directory is not in the cache, so nobody has counted
}

// ShowAction describes the actions of the selected instances.
func (p *Project) ShowAction(ctx context.Context, ev *Evaluation, selectors []string) ([]ShownAction, error) {
	named, diags := graph.Select(ev.Graph, selectors)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	s, shown, err := p.show(ctx, ev, named)
	if err != nil {
		return nil, err
	}
	out := make([]ShownAction, len(shown))
	for i, sh := range shown {
		a := ShownAction{Shown: sh, Toolchains: s.bindingsOf(sh.Instance)}
		if sh.Action != nil {
			if a.Encoded, err = sh.Action.Key(); err != nil {
				return nil, fmt.Errorf("action of %s: %w", sh.Ref, err)
			}
			for _, l := range sh.Action.Inputs {
				a.Inputs = append(a.Inputs, s.shownInput(l))
			}
		}
		out[i] = a
	}
	return out, nil
}

// shownInput counts what is in an input.
func (s *session) shownInput(l graph.Leaf) ShownInput {
	in := ShownInput{Leaf: l, Known: true}
	err := graph.EachFile(s.dir, l.Content, func(_ string, f digest.FileEntry) bool {
		in.Amount.Count++
		in.Amount.Bytes += f.Digest.Size
		return true
	})
	in.Known = err == nil
	return in
}
