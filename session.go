package dewar

import (
	"context"
	"sync"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/toolchain"
)

// A session is one run, or one look, at an evaluation. It knows the contents of
// inputs, the action keys and the results so far, and answers the scheduler's
// questions with them. What it decides is design's "which result counts":
//
//  1. An action key is always computed anew from what is there.
//  2. If it equals the lock's, the lock's digests are the result.
//  3. Else the action cache's entry is.
//  4. Else the action is executed.
//
// With look set nothing is written: no blob, no workspace file, no lock. With
// apart set results stay in the store: experiments leave the workspace and the
// lock alone.
type session struct {
	p        *Project
	ev       *Evaluation
	g        *graph.Graph
	look     bool
	apart    bool
	trace    bool // execute under trace
	keep     bool // of what fails, keep what it wrote
	strict   bool // nothing is executed below the level that is asked for
	slots    int  // how many actions may run at once
	lock     *lock.Lock
	damaged  bool        // pipeline.lock has lines that cannot be used: the run writes it anew
	scan     *fs.Scanner // takes what it reads into the store, unless we only look
	hash     *fs.Scanner // leaves files where they are
	outputs  outputScanners
	external externals
	pull     *puller     // brings what the cache does not have; nil: nothing does
	dirs     directories // that hash has met
	resolver graph.Resolver
	bindings map[string]run.Binding
	contents contents
	state    []instance // by graph.ID; an entry belongs to whoever the scheduler lets work on it
	executor lazyExecutor
	images   sessionImages
	reduced  sync.Once // said that commands are isolated less than asked
	record   *recorder
	progress func(graph.ID, string) // a line that a command wrote
	samples  func(Sample)           // a row that a command wrote; nil: nobody wants to know
	notices  func(graph.ID, string) // what an instance waits for
	replay   bool                   // what is restored says again what its command wrote
	unmet    bool                   // some results do not meet what their stages assert
	within   func(graph.ID) string  // in which points of a sweep an instance is; nil: this is none

	mu      sync.Mutex
	changed []lock.Entry  // finished, not yet in pipeline.lock
	moved   []lock.Output // what finished instances made elsewhere before
	kept    []Kept
	notes   diag.List

	asIf      *asIf // what plans say of params
	trees     *treeGuard
	withdrawn []graph.ID // their results were taken back; they have no entry in the lock
}

// instance is what a session knows of one instance.
type instance struct {
	action  *graph.Action    // after Resolve, unless we only look: see actionOf
	key     digest.Digest    // after Resolve
	missed  bool             // it was asked whether there is a result, and there was none
	seeds   []digest.Content // by index of Instance.Outputs: the previous bytes of what persists, once they were taken
	outputs []digest.Content // by index of Instance.Outputs, once it is done
}

// contents remembers what workspace paths hold: each is looked at once a run.
type contents struct {
	mu sync.Mutex
	of map[contentOf]*contentOnce
}

type contentOf struct {
	path      string
	reference bool
}

type contentOnce struct {
	once    sync.Once
	content digest.Content
	inPlace bool // by reference, and what lies there is exactly the content
	err     error
}

// newSession prepares a session. The diagnostics are about toolchains and the lock.
func (p *Project) newSession(ctx context.Context, ev *Evaluation, ids []graph.ID, look bool) (*session, diag.List) {
	s := &session{
		p: p, ev: ev, g: ev.Graph, look: look,
		state:    make([]instance, len(ev.Graph.Instances)),
		contents: contents{of: map[contentOf]*contentOnce{}},
	}
	s.scan = &fs.Scanner{FS: p.host.FS, Root: p.Root, Index: p.index, Ignore: fs.NewIgnore(p.view.ReadFile), Workers: p.host.CPUs, Links: p.store, Whole: true}
	s.hash = p.hasher(&s.dirs)
	if s.scan.Take = (snapshot{p.store}); look {
		s.scan = s.hash
	}
	s.outputs = s.scannersOfOutputs()
	s.external = p.externalsOf(s.g)
	s.trees = newTreeGuard(p.store.Check, p.host.Now)
	var diags diag.List
	s.lock, diags = p.readLock(ev.Dir)
	if diags.HasErrors() {
		return nil, diags
	}
	s.notes, s.damaged = diags, len(diags) > 0
	if diags := s.bind(ctx, ids); diags.HasErrors() {
		return nil, diags
	}
	s.resolver = graph.Resolver{
		Content: func(in *graph.Input) (digest.Content, error) { return s.content(ctx, in) },
		Host: func(in *graph.Input) string {
			if !s.inReference(ctx, in) {
				return ""
			}
			return s.hostOf(in.Path)
		},
		Salt:     s.salt,
		Platform: p.platform(),
		Env:      graph.BaseEnv(),
		Dirs:     s.dir,
	}
	return s, nil
}

// bind finds the toolchains that the instances ids use.
func (s *session) bind(ctx context.Context, ids []graph.ID) diag.List {
	used, hermetic := map[string]bool{}, map[string]bool{}
	for _, id := range ids {
		x := &s.g.Instances[id]
		for _, name := range x.Toolchains {
			used[name] = true
			hermetic[name] = hermetic[name] || x.Isolation == graph.IsolationHermetic
		}
	}
	h := s.p.toolchains()
	s.bindings = map[string]run.Binding{}
	var diags diag.List
	for _, t := range s.g.Toolchains {
		if !used[t.Name] {
			continue
		}
		f, ds := h.Find(ctx, t, hermetic[t.Name])
		diags = append(diags, ds...)
		s.bindings[t.Name] = f.Binding
	}
	return diags
}

// toolchains finds toolchains on this machine.
func (p *Project) toolchains() *toolchain.Host {
	return &toolchain.Host{
		FS: p.host.FS, Root: p.Root, Cache: p.path("toolchains"), Ask: p.host.Ask, Memory: &p.toolchainMemory,
		Getenv: func(name string) string { v, _ := p.host.LookupEnv(name); return v },
	}
}

// hasher returns a scanner that leaves files where they are, and keeps the
// encodings of directories in dirs.
func (p *Project) hasher(dirs *directories) *fs.Scanner {
	return &fs.Scanner{
		FS: p.host.FS, Root: p.Root, Index: p.index, Ignore: fs.NewIgnore(p.view.ReadFile),
		Workers: p.host.CPUs, Links: p.store, Whole: true, Take: hashOnly{p.host.FS, dirs},
	}
}

// salt returns what enters x's action key beside the messages' own fields. The kind and what was
// found decide results; what the person called it does not, but for the order of those of one kind.
func (s *session) salt(x *graph.Instance) ([]graph.Field, error) {
	out := make([]graph.Field, 0, len(x.Toolchains))
	add := func(label, value string) {
		for i := range out {
			if out[i].Label == label {
				out[i].Value += " " + value
				return
			}
		}
		out = append(out, graph.Field{Label: label, Value: value})
	}
	for _, b := range s.bindingsOf(x) {
		add("toolchain "+b.Kind, b.Fingerprint)
		if x.Isolation == graph.IsolationHermetic {
			add("base "+b.Kind, b.BaseDigest)
		}
	}
	return out, nil
}

// bindingsOf returns what x's toolchains resolved to, in the order of their names.
func (s *session) bindingsOf(x *graph.Instance) []run.Binding {
	out := make([]run.Binding, 0, len(x.Toolchains))
	for _, name := range x.Toolchains {
		out = append(out, s.bindings[name])
	}
	return out
}

// dir returns a directory of the store, or of the workspace if it was only hashed.
func (s *session) dir(d digest.Digest) (digest.Dir, error) {
	if b, ok := s.dirs.get(d); ok {
		return digest.DecodeDir(b)
	}
	return s.p.store.Dir(d)
}

// content returns what an input is.
func (s *session) content(ctx context.Context, in *graph.Input) (digest.Content, error) {
	if in.Kind == graph.Workspace {
		return s.workspace(ctx, in.Path, in.Reference)
	}
	c, err := s.output(ctx, in.From, in.Output)
	if err != nil || in.Sub == "" {
		return c, err
	}
	return graph.Lookup(s.dir, c, in.Sub)
}

// output returns what instance id made, from this run or, if it is not part of
// it, from the lock.
func (s *session) output(ctx context.Context, id graph.ID, i int) (digest.Content, error) {
	if outs := s.state[id].outputs; outs != nil {
		return outs[i], nil
	}
	x := &s.g.Instances[id]
	if e := s.lock.Entry(x.Ref()); e != nil {
		for _, o := range e.Outputs {
			if o.Path == x.Outputs[i].Path {
				return o.Content, s.locate(ctx, x, i, o.Content)
			}
		}
	}
	return digest.Content{}, &upstreamError{x, &x.Outputs[i], false}
}

// locate sees to it that the store has a locked output of an instance that is
// not part of the run: the cache may have lost what the workspace still holds.
func (s *session) locate(ctx context.Context, x *graph.Instance, i int, c digest.Content) error {
	if s.p.store.HasAll(c) {
		return nil
	}
	if s.pull.outputs(ctx, []digest.Content{c}) {
		return nil
	}
	taker, err := s.outputHolds(ctx, x.Outputs[i].Path, c)
	if err != nil {
		return err
	}
	if taker == nil { // an edit is not taken in: check-out would think it known
		return &upstreamError{x, &x.Outputs[i], true}
	}
	_, err = taker.Content(ctx, x.Outputs[i].Path)
	return err
}

// workspace returns what a workspace path holds, reading it at most once a run.
func (s *session) workspace(ctx context.Context, path string, reference bool) (digest.Content, error) {
	c := s.lookAt(ctx, path, reference)
	return c.content, c.err
}

// lookAt looks at a workspace path, or remembers. A directory that holds
// ignored files cannot be bound where it is, for the command would see them: it
// is taken in like any other.
func (s *session) lookAt(ctx context.Context, path string, reference bool) *contentOnce {
	of := contentOf{path, reference}
	s.contents.mu.Lock()
	c := s.contents.of[of]
	if c == nil {
		c = new(contentOnce)
		s.contents.of[of] = c
	}
	s.contents.mu.Unlock()
	c.once.Do(func() {
		if reference {
			r, err := s.peek(ctx, path)
			if c.content, c.err, c.inPlace = r.Content, err, r.Ignored+r.Linked == 0; err != nil || c.inPlace {
				return
			}
		}
		c.content, c.err = s.scan.Content(ctx, path)
	})
	return c
}

// inReference reports whether in is bound from where it is.
func (s *session) inReference(ctx context.Context, in *graph.Input) bool {
	return in.Reference && s.lookAt(ctx, in.Path, true).inPlace
}
