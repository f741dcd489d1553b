package run_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// fake is a driver that counts. What it does is decided by its functions, all
// of which may be nil. Its action keys are those of a real one in small: they
// depend on the instance and on what its dependencies made.
type fake struct {
	g       *graph.Graph
	edges   *graph.Edges
	key     func(graph.ID) string // what the action is, beside its inputs; default: the instance's ref
	restore func(graph.ID) run.Found
	execute func(ctx context.Context, id graph.ID, attempt int) error
	output  func(graph.ID) string // what it makes; default: a digest of its action key
	skipDep map[graph.ID]bool     // not selected: not checked

	mu        sync.Mutex
	cache     map[digest.Digest]bool
	keys      map[graph.ID]digest.Digest
	made      map[graph.ID]string
	busy      map[graph.ID]bool
	wrong     []string // broken promises of the scheduler
	resolved  map[graph.ID]int
	restored  map[graph.ID]int
	executed  map[graph.ID]int
	shared    map[graph.ID]graph.ID
	order     []graph.ID // in which executions began
	events    []run.Event
	inProcess int // executions now
	most      int // executions at once, at most
}

func newFake(g *graph.Graph) *fake {
	return &fake{
		g: g, edges: g.Edges(), cache: map[digest.Digest]bool{}, keys: map[graph.ID]digest.Digest{}, made: map[graph.ID]string{},
		busy: map[graph.ID]bool{}, resolved: map[graph.ID]int{}, restored: map[graph.ID]int{}, executed: map[graph.ID]int{},
		shared: map[graph.ID]graph.ID{},
	}
}

// again forgets the run, not the cache.
func (f *fake) again() *fake {
	n := newFake(f.g)
	n.cache, n.key, n.execute, n.output = f.cache, f.key, f.execute, f.output
	return n
}

func (f *fake) enter(id graph.ID) func() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy[id] {
		f.wrong = append(f.wrong, fmt.Sprintf("two calls at once for %d", id))
	}
	f.busy[id] = true
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.busy[id] = false
	}
}

func (f *fake) Resolve(ctx context.Context, id graph.ID) (digest.Digest, error) {
	defer f.enter(id)()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.resolved[id]++
	text := f.g.Instances[id].Ref()
	if f.key != nil {
		text = f.key(id)
	}
	for _, d := range f.edges.Deps(id) {
		made, ok := f.made[d]
		if !ok && !f.skipDep[d] {
			f.wrong = append(f.wrong, fmt.Sprintf("%d resolved before %d was done", id, d))
		}
		text += "\n" + made
	}
	f.keys[id] = digest.Of([]byte(text))
	return f.keys[id], nil
}

func (f *fake) done(id graph.ID) {
	f.made[id] = f.keys[id].Hex()
	if f.output != nil {
		f.made[id] = f.output(id)
	}
}

func (f *fake) Restore(ctx context.Context, id graph.ID) (run.Found, error) {
	defer f.enter(id)()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.restored[id]++
	found := run.NotFound
	if f.cache[f.keys[id]] {
		found = run.FoundInPlace
	}
	if f.restore != nil {
		found = f.restore(id)
	}
	if found != run.NotFound {
		f.done(id)
	}
	return found, nil
}

func (f *fake) Share(ctx context.Context, id, from graph.ID) error {
	defer f.enter(id)()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shared[id] = from
	if f.keys[id] != f.keys[from] {
		f.wrong = append(f.wrong, fmt.Sprintf("%d shares with %d, which is another action", id, from))
	}
	f.done(id)
	return nil
}

func (f *fake) Execute(ctx context.Context, id graph.ID, attempt int) error {
	defer f.enter(id)()
	f.mu.Lock()
	f.executed[id]++
	f.order = append(f.order, id)
	f.inProcess++
	f.most = max(f.most, f.inProcess)
	if f.executed[id] != attempt {
		f.wrong = append(f.wrong, fmt.Sprintf("attempt %d of %d is called %d", f.executed[id], id, attempt))
	}
	f.mu.Unlock()
	var err error
	if f.execute != nil {
		err = f.execute(ctx, id, attempt)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inProcess--
	if err == nil {
		f.cache[f.keys[id]] = true
		f.done(id)
	}
	return err
}

func (f *fake) event(e run.Event) { f.events = append(f.events, e) }

var errBroken = errors.New("broken")

// build makes a graph of instances named by letters from lines such as
// "c: a b", which says that c has an input from a and b; "c: ~a" is order only.
func build(deps ...[]int) *graph.Graph {
	g := &graph.Graph{Dir: "."}
	for i, ds := range deps {
		name := fmt.Sprintf("s%d", i)
		x := graph.Instance{Stage: name, WorkingDir: ".", Outputs: []graph.Output{{Group: graph.Outputs, Name: "o", Path: name, At: name}}}
		for _, d := range ds {
			if d < 0 {
				x.After = append(x.After, graph.ID(-d-1))
				continue
			}
			x.Inputs = append(x.Inputs, graph.Input{Label: "inputs.i", At: fmt.Sprintf("s%d", d), Kind: graph.Artifact, From: graph.ID(d)})
		}
		g.Stages = append(g.Stages, graph.Stage{Name: name, First: graph.ID(i), N: 1})
		g.Instances = append(g.Instances, x)
	}
	return g
}

// order makes a dependency of build one of order only.
func order(d int) int { return -d - 1 }
