package eval

import (
	"sync"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/hashicorp/hcl/v2"
)

// EvaluateMany evaluates one pipeline under many settings: what Evaluate gives for
// req with each of sets after req.Set, in order.
//
// The text is read, parsed and checked once. Evaluations share the declarations,
// which nobody writes to: an expression is copied when it is compiled. What they ask
// of the project is asked once, and by one of them at a time, so that Read need not
// know of this.
func EvaluateMany(req Request, sets [][]param.Setting, workers int) ([]*Result, []diag.List) {
	results, lists := make([]*Result, len(sets)), make([]diag.List, len(sets))
	if len(sets) == 0 {
		return results, lists
	}
	req.Read = &sharedReader{read: req.Read}
	if environ := req.Environ; environ != nil {
		var mu sync.Mutex
		req.Environ = func(name string) (string, bool) {
			mu.Lock()
			defer mu.Unlock()
			return environ(name)
		}
	}
	first := newEvaluator(req)
	ds := first.load()
	more := first.experiments(ds)
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, min(workers, len(sets))) {
		wg.Go(func() {
			w := newWorker(first, ds, more)
			for i := range next {
				results[i], lists[i] = w.evaluate(sets[i])
			}
		})
	}
	for i := range sets {
		next <- i
	}
	close(next)
	wg.Wait()
	return results, lists
}

// worker evaluates what was loaded once, again and again.
type worker struct {
	loaded *evaluator // not written to
	found  diag.List  // what loading found
	more   diag.List  // what is wrong with the experiments
	ctx    *hcl.EvalContext
	now    *evaluator
}

func newWorker(loaded *evaluator, found, more diag.List) *worker {
	w := &worker{loaded: loaded, found: found, more: more}
	if !found.HasErrors() {
		table := builtins.Table(loaded.functions(func() *evaluator { return w.now }))
		w.ctx = &hcl.EvalContext{Functions: builtins.Impls(table)}
	}
	return w
}

// evaluate evaluates with more settings.
func (w *worker) evaluate(set []param.Setting) (*Result, diag.List) {
	req := w.loaded.req
	req.Set = append(req.Set[:len(req.Set):len(req.Set)], set...)
	w.now = newEvaluator(req)
	w.now.pipe, w.now.ctx, w.now.decoded = w.loaded.pipe, w.ctx, w.loaded.decoded
	w.now.family.loads = w.loaded.family.loads
	return w.now.result(w.found, w.more)
}

// sharedReader asks a Reader once for each thing, from one goroutine at a time.
type sharedReader struct {
	mu    sync.Mutex
	read  Reader
	files map[string]answer[[]byte]
	dirs  map[string]answer[[]fs.Entry]
	infos map[string]answer[fs.Info]
}

type answer[T any] struct {
	value T
	err   error
}

// ask looks into known, and asks if nothing is there.
func ask[T any](mu *sync.Mutex, known *map[string]answer[T], name string, read func(string) (T, error)) (T, error) {
	mu.Lock()
	defer mu.Unlock()
	a, ok := (*known)[name]
	if !ok {
		a.value, a.err = read(name)
		if *known == nil {
			*known = map[string]answer[T]{}
		}
		(*known)[name] = a
	}
	return a.value, a.err
}

func (r *sharedReader) ReadFile(name string) ([]byte, error) {
	return ask(&r.mu, &r.files, name, r.read.ReadFile)
}

func (r *sharedReader) ReadDir(name string) ([]fs.Entry, error) {
	return ask(&r.mu, &r.dirs, name, r.read.ReadDir)
}

// ReadDirEnding is fs.ReadDirEnding.
func (r *sharedReader) ReadDirEnding(name, ending string) ([]fs.Entry, error) {
	return ask(&r.mu, &r.dirs, name+"\x00"+ending, func(string) ([]fs.Entry, error) { return fs.ReadDirEnding(r.read, name, ending) })
}

func (r *sharedReader) Lstat(name string) (fs.Info, error) {
	return ask(&r.mu, &r.infos, name, r.read.Lstat)
}

// Size is asked every time: it is not part of what was read.
func (r *sharedReader) Size(name string) (int64, error) {
	if sized, ok := r.read.(interface{ Size(string) (int64, error) }); ok {
		return sized.Size(name)
	}
	return 0, nil
}
