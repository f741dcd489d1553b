package dewar

import (
	"cmp"
	"context"
	"slices"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
)

// otherData notes the tracked data that is not what the experiment read. Data is a person's, and
// not in the record of an experiment: it stays as it is, and what depends on it would run again.
type otherData struct {
	s    *session
	seen map[string]digest.Content // by path
}

func (o *otherData) note(ctx context.Context, x *graph.Instance, e *lock.Entry, names *[]string) {
	for i := range x.Inputs {
		in := &x.Inputs[i]
		if in.Kind != graph.Workspace || in.Data == "" || slices.Contains(*names, in.Data) {
			continue
		}
		at, ok := slices.BinarySearchFunc(e.Inputs, in.At, func(have lock.Input, want string) int { return cmp.Compare(have.At, want) })
		if !ok {
			continue // its stage has other inputs now
		}
		now, known := o.seen[in.Path]
		if !known {
			r, err := o.s.peek(ctx, in.Path)
			if err != nil {
				continue // a run says what is wrong with it
			}
			now = r.Content
			o.seen[in.Path] = now
		}
		if now != e.Inputs[at].Content {
			*names = append(*names, in.Data)
		}
	}
}
