package dewar

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/store"
)

// Resolve computes the action key of an instance: the scheduler asks when
// everything it waits for is done.
func (s *session) Resolve(ctx context.Context, id graph.ID) (digest.Digest, error) {
	x, st := &s.g.Instances[id], &s.state[id]
	if x.Frozen {
		return s.resolveFrozen(x, st)
	}
	a, dirs, err := s.resolver.Resolve(x)
	if err != nil {
		return digest.Digest{}, s.explainUnresolved(ctx, x, err)
	}
	enc, err := a.Key()
	if err != nil {
		return digest.Digest{}, fmt.Errorf("action of %s: %w", x.Ref(), err)
	}
	for _, b := range dirs { // directories that came into being by merging inputs
		if s.look {
			s.dirs.put(b)
		} else if _, err := s.p.store.Put(b); err != nil {
			return digest.Digest{}, err
		}
	}
	if err := s.keepLiterals(x); err != nil {
		return digest.Digest{}, err
	}
	if st.key = enc.Key; !s.look {
		st.action = a
	}
	return enc.Key, nil
}

// actionOf returns the action of an instance, or nil if it is not known. Who only looks keeps none, which
// were half a kilobyte for each: those asked for, of what would execute, are made a second time.
func (s *session) actionOf(x *graph.Instance, st *instance) *graph.Action {
	if !s.look || x.Frozen || st.key.IsZero() {
		return st.action
	}
	a, _, err := s.resolver.Resolve(x)
	if err != nil {
		return nil
	}
	return a
}

// resolveFrozen takes what the lock says, whatever the inputs are now.
func (s *session) resolveFrozen(x *graph.Instance, st *instance) (digest.Digest, error) {
	e := s.lock.Entry(x.Ref())
	if e == nil {
		return digest.Digest{}, failure(diag.Diagnostic{
			Code: "E-frozen-unlocked", Span: x.Span, Subject: subject(x),
			Detail: fmt.Sprintf("%s is frozen, so its outputs are those of the lock, but the lock has none for it. Remove `frozen` and run it once.", x.Ref()),
		})
	}
	st.key = e.Action
	return e.Action, nil
}

// keepLiterals puts the bytes that the evaluation made into the store.
func (s *session) keepLiterals(x *graph.Instance) error {
	for i := range x.Inputs {
		in := &x.Inputs[i]
		if in.Kind != graph.Literal || s.look {
			continue
		}
		if s.p.store.Has(digest.Of(in.Bytes)) {
			continue
		}
		if _, err := s.p.store.Put(in.Bytes); err != nil {
			return err
		}
	}
	return nil
}

// Restore makes the result of an instance present without executing it.
func (s *session) Restore(ctx context.Context, id graph.ID) (run.Found, error) {
	x, st := &s.g.Instances[id], &s.state[id]
	found, err := s.restore(ctx, id, x, st)
	if err == nil && found == run.FoundInCache {
		s.replayLog(id)
	}
	return found, err
}

func (s *session) restore(ctx context.Context, id graph.ID, x *graph.Instance, st *instance) (run.Found, error) {
	if s.tooWeak(ctx, x, st.key) {
		return run.NotFound, nil
	}
	if outs := s.locked(x, st.key); outs != nil {
		same, err := s.inPlace(ctx, x, outs)
		if err != nil {
			return run.NotFound, err
		}
		if same {
			st.outputs = outs
			return run.FoundInPlace, nil
		}
		if s.haveAll(outs) || s.pull.outputs(ctx, outs) {
			return run.FoundInCache, s.finish(ctx, id, outs, nil)
		}
	}
	if x.Frozen {
		return run.NotFound, failure(diag.Diagnostic{
			Code: "E-frozen-gone", Span: x.Span, Subject: subject(x),
			Detail: fmt.Sprintf("%s is frozen, but its locked outputs are neither in the workspace nor in the cache. Remove `frozen` and run it again.", x.Ref()),
		})
	}
	key, err := s.resultKey(ctx, x, st)
	if err != nil || key.IsZero() {
		return run.NotFound, err
	}
	res, err := s.p.store.Result(key)
	if err == nil && res == nil && key == st.key && s.pull.result(ctx, key) {
		res, err = s.p.store.Result(key)
	}
	if err != nil || res == nil {
		st.missed = err == nil
		return run.NotFound, err
	}
	outs := outputsOf(x, res)
	if outs == nil || s.strict && !x.Native && res.Level != x.Isolation {
		return run.NotFound, nil
	}
	return run.FoundInCache, s.finish(ctx, id, outs, res)
}

// locked returns the outputs that the lock has for x under this action key, by
// index of x.Outputs, or nil.
func (s *session) locked(x *graph.Instance, actionKey digest.Digest) []digest.Content {
	e := s.lock.Entry(x.Ref())
	if e == nil || e.Action != actionKey || len(e.Outputs) != len(x.Outputs) {
		return nil
	}
	outs := make([]digest.Content, len(x.Outputs))
	for i, o := range x.Outputs { // both are sorted by path
		if e.Outputs[i].Path != o.Path || !kindFits(o, e.Outputs[i].Content) {
			return nil
		}
		outs[i] = e.Outputs[i].Content
	}
	return outs
}

// outputsOf returns the contents of res by index of x.Outputs, or nil if it is
// not a result of x: a cache may hold what it should not.
func outputsOf(x *graph.Instance, res *store.Result) []digest.Content {
	outs := make([]digest.Content, len(x.Outputs))
	for i, o := range x.Outputs {
		n := sort.Search(len(res.Outputs), func(n int) bool { return res.Outputs[n].At >= o.At })
		if n == len(res.Outputs) || res.Outputs[n].At != o.At || !kindFits(o, res.Outputs[n].Content) {
			return nil
		}
		outs[i] = res.Outputs[n].Content
	}
	return outs
}

func kindFits(o graph.Output, c digest.Content) bool {
	return o.Dir && c.Kind == digest.Directory || !o.Dir && c.Kind == digest.File
}

// inPlace reports whether the workspace holds outs. It only hashes what it
// finds: taking it in would make a person's edit something that the store
// knows, and check-out would replace it. Bytes that match are taken in again
// if the cache has lost them.
func (s *session) inPlace(ctx context.Context, x *graph.Instance, outs []digest.Content) (bool, error) {
	for i, o := range x.Outputs {
		if o.NoCheckout {
			if !s.p.store.HasAll(outs[i]) {
				return false, nil
			}
			continue
		}
		taker, err := s.outputHolds(ctx, o.Path, outs[i])
		if taker == nil || err != nil {
			return false, err
		}
		if s.look || s.p.store.HasAll(outs[i]) {
			continue
		}
		if _, err := taker.Content(ctx, o.Path); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s *session) haveAll(outs []digest.Content) bool {
	for _, c := range outs {
		if !s.p.store.HasAll(c) {
			return false
		}
	}
	return true
}

// Share gives id the result of from, whose action key is the same.
func (s *session) Share(ctx context.Context, id, from graph.ID) error {
	x, y := &s.g.Instances[id], &s.g.Instances[from]
	byAt := make(map[string]digest.Content, len(y.Outputs))
	for i, o := range y.Outputs {
		byAt[o.At] = s.state[from].outputs[i]
	}
	outs := make([]digest.Content, len(x.Outputs))
	for i, o := range x.Outputs {
		outs[i] = byAt[o.At]
	}
	return s.finish(ctx, id, outs, nil)
}

// explainUnresolved turns an error of resolving into what a person can mend.
func (s *session) explainUnresolved(ctx context.Context, x *graph.Instance, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var missing *graph.MissingError
	var conflict *graph.ConflictError
	var upstream *upstreamError
	switch {
	case errors.As(err, &missing):
		return failure(s.missingInput(x, missing.Input))
	case errors.As(err, &conflict):
		return failure(diag.Diagnostic{
			Code: "E-input-conflict", Span: x.Span, Subject: subject(x),
			Detail: fmt.Sprintf("Two inputs of %s want to be different things at %s: a %s and a %s. Leave one out, or give one of them another place with `at`.", x.Ref(), conflict.At, conflict.A.Kind, conflict.B.Kind),
		})
	case errors.As(err, &upstream):
		return failure(diag.Diagnostic{
			Code: "E-upstream-missing", Span: x.Span, Subject: subject(x),
			Detail: fmt.Sprintf("%s needs %s of %s, which is not part of this run and %s. Run %s first, or leave out --only.", x.Ref(), upstream.output.Path, upstream.of.Ref(), upstream.why(), upstream.of.Ref()),
		})
	}
	return failure(s.unreadable(x, err))
}

// upstreamError says that an artifact is not known.
type upstreamError struct {
	of     *graph.Instance
	output *graph.Output
	gone   bool // the lock knows it, but neither the cache nor the workspace has it
}

func (e *upstreamError) why() string {
	if e.gone {
		return "whose locked bytes are neither in the cache nor in the workspace"
	}
	return "is not in the lock"
}

func (e *upstreamError) Error() string { return "no result of " + e.of.Ref() + " is known" }

// inputsOf returns what the lock says of x's inputs.
func inputsOf(a *graph.Action) []lock.Input {
	if a == nil {
		return nil
	}
	out := make([]lock.Input, len(a.Inputs))
	for i, l := range a.Inputs {
		out[i] = lock.Input{At: l.At, Content: l.Content}
	}
	return out
}
