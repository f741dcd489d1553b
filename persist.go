package dewar

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
)

// What persists is made of its own previous bytes, which its action key does not
// name. So in the workspace it is up to date by its action key, and no cache may
// bring a result back: it would undo what was added since.
//
// An experiment is different: the workspace is left alone, so that every experiment
// begins with the same previous bytes, those of the base evaluation. The action key and
// these bytes together say what an action is made of as completely as an action key
// says it elsewhere, and a result is kept under both, in the cache of this machine
// alone. An experiment takes what the lock has for its action key; else what an
// experiment has made of the same before; else it executes.

// mayRestore reports whether the results of x may come from the action cache by their
// action key.
func (s *session) mayRestore(x *graph.Instance) bool {
	if !x.Cache {
		return false
	}
	for _, o := range x.Outputs {
		if o.Persist {
			return false
		}
	}
	return true
}

// resultKey returns what the action cache has the result of x under; zero if it must
// not have any.
func (s *session) resultKey(ctx context.Context, x *graph.Instance, st *instance) (digest.Digest, error) {
	switch {
	case s.mayRestore(x):
		return st.key, nil
	case !x.Cache || !s.apart || x.Isolation == graph.IsolationOff:
		return digest.Digest{}, nil
	}
	if err := s.takeSeeds(ctx, x, st); err != nil {
		return digest.Digest{}, err
	}
	return seededKey(st.key, x, st.seeds), nil
}

// seededKey names an action together with the previous bytes of its outputs.
func seededKey(actionKey digest.Digest, x *graph.Instance, seeds []digest.Content) digest.Digest {
	w := digest.NewWriter()
	fmt.Fprintf(w, "dewar seeded action 1\n%s\n", actionKey)
	for i, o := range x.Outputs {
		if o.Persist {
			fmt.Fprintf(w, "%q %s\n", o.At, graph.FormatContent(seeds[i]))
		}
	}
	return w.Digest()
}

// kept is the name under which the action cache would have the result of x.
func (st *instance) kept(x *graph.Instance) digest.Digest {
	if st.seeds == nil {
		return st.key
	}
	return seededKey(st.key, x, st.seeds)
}

// takeSeeds takes the previous bytes of outputs that persist into the store, once an
// instance: what its result is kept under is what its command is given.
func (s *session) takeSeeds(ctx context.Context, x *graph.Instance, st *instance) error {
	if st.seeds != nil {
		return nil
	}
	seeds := make([]digest.Content, len(x.Outputs))
	for i, o := range x.Outputs {
		if !o.Persist || !s.mayFind(ctx, x, o) {
			continue
		}
		c, err := s.outputs.take.Content(ctx, o.Path)
		if err != nil && !isNotExist(err) {
			return err
		}
		if err == nil && kindFits(o, c) {
			seeds[i] = c
		}
	}
	st.seeds = seeds
	return nil
}

// mayFind reports whether a command may have what lies where its output is. One of a module from Git gets
// what it made: a file of its user's that lies there is none of its matters.
func (s *session) mayFind(ctx context.Context, x *graph.Instance, o graph.Output) bool {
	if projectOf(x.Span.File) == "." {
		return true
	}
	last := s.lock.Entry(x.Ref())
	if last == nil {
		return false
	}
	c, err := s.outputs.hash.Content(ctx, o.Path)
	return err == nil && slices.ContainsFunc(last.Outputs, func(was lock.Output) bool { return was.Path == o.Path && was.Content == c })
}

// seed puts the previous bytes of outputs that persist where the command will
// find them. In the workspace itself they are there already.
func (s *session) seed(ctx context.Context, x *graph.Instance, st *instance, dir string) error {
	if x.Isolation == graph.IsolationOff {
		return nil
	}
	if err := s.takeSeeds(ctx, x, st); err != nil {
		return err
	}
	for i, o := range x.Outputs {
		if !o.Persist || !kindFits(o, st.seeds[i]) {
			continue
		}
		if err := s.p.copyOut(st.seeds[i], hostJoin(filepath.Join(dir, run.WorkDir), o.At)); err != nil {
			return fmt.Errorf("copy the previous %s: %w", o.Path, err)
		}
	}
	return nil
}

// outputAt is the output at a path of the workspace.
func outputAt(x *graph.Instance, path string) graph.Output {
	i := slices.IndexFunc(x.Outputs, func(o graph.Output) bool { return o.Path == path })
	return x.Outputs[i]
}
