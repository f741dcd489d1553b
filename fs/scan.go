package fs

import (
	"context"
	"errors"
	iofs "io/fs"
	"path"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/dewar-build/dewar/digest"
)

// ErrChanging is the error of a file that changed twice while it was read.
var ErrChanging = errors.New("the file changes while it is read")

// Taker keeps the bytes of what is scanned: the source snapshot of a store.
type Taker interface {
	// Take keeps the bytes of the file at the native path and returns their digest.
	Take(path string, info Info) (digest.Digest, error)
	// Has reports whether the bytes are kept already.
	Has(d digest.Digest) bool
	// PutDirectory keeps the encoding of a digest.Dir.
	PutDirectory(encoded []byte) (digest.Digest, error)
}

// Scanner says what paths hold. Its fields are set before the first call and
// not changed; its methods are safe for concurrent use and share the workers.
type Scanner struct {
	FS      FS
	Root    string  // the native path of the project
	Index   *Index  // nil: every file is hashed
	Ignore  *Ignore // nil: nothing is ignored
	Workers int     // how many files are read at once; 0: one a processor
	Take    Taker   // nil: nothing is kept
	Links   Links   // nil: no file is a link into a store
	Whole   bool    // a link into a store that leads to nothing is an error: what the file held is not known

	state scanState
}

// scanState is what concurrent calls share: who works holds a token.
type scanState struct {
	once    sync.Once
	tokens  chan struct{}
	buffers sync.Pool
}

func (s *Scanner) start() {
	n := s.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	s.state.tokens = make(chan struct{}, n)
	s.state.buffers.New = func() any { b := make([]byte, hashBuffer); return &b }
}

// hashBuffer is how much of a file is read at once: it fits the cache of a
// core, so that two cores hash 1.8 GB/s where buffers of 1 MiB give 1.6.
const hashBuffer = 128 << 10

// Scanned is a path's content and what it took to know it.
type Scanned struct {
	Content digest.Content
	Files   int64 // regular files in it
	Dirs    int64 // directories in it, itself included
	Bytes   int64 // of all files
	Hashed  int64 // files that had to be read
	Ignored int64 // names that were left out: what lies there is more than the content
	Linked  int64 // files that are symbolic links into a store
}

// Content returns what the project path holds; nothing there is Kind None and
// no error. A symbolic link is followed as long as it stays in the project.
// The error is a *TreeError where entries of a directory cannot be content.
func (s *Scanner) Content(ctx context.Context, path string) (digest.Content, error) {
	r, err := s.Scan(ctx, path)
	return r.Content, err
}

// Scan is Content, with counts.
func (s *Scanner) Scan(ctx context.Context, path string) (Scanned, error) {
	s.state.once.Do(s.start)
	clean, err := CleanProjectPath(".", path)
	if err != nil {
		return Scanned{}, err
	}
	real, info, err := resolve(s.FS, s.Root, clean, true)
	if missing(err) {
		return Scanned{}, nil
	}
	w := &scan{Scanner: s, ctx: ctx, root: real}
	if err != nil {
		if r, ok := w.linkedTop(clean, err); ok {
			return r, nil
		}
		return Scanned{}, err
	}
	select {
	case s.state.tokens <- struct{}{}:
		defer w.release()
	case <-ctx.Done():
		return Scanned{}, ctx.Err()
	}
	return w.top(real, info)
}

// scan is one call of Scan at work.
type scan struct {
	*Scanner
	ctx     context.Context
	root    string // the project path asked for, links resolved
	files   atomic.Int64
	dirs    atomic.Int64
	bytes   atomic.Int64
	hashed  atomic.Int64
	ignored atomic.Int64
	links   atomic.Int64

	mu  sync.Mutex
	bad []BadEntry
	err error
}

func (w *scan) top(p string, info Info) (Scanned, error) {
	var c digest.Content
	switch {
	case info.IsRegular():
		if f, there := w.file(p, info, new(int)); there {
			c = digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}
		}
	case info.IsDir():
		if d, there := w.dir(p, w.levelAbove(p)); there {
			c = digest.Content{Kind: digest.Directory, Digest: d}
		}
	default:
		w.report(BadEntry{Path: p, Problem: SpecialFile})
	}
	if err := w.failure(); err != nil {
		return Scanned{}, err
	}
	return Scanned{
		Content: c, Files: w.files.Load(), Dirs: w.dirs.Load(), Bytes: w.bytes.Load(), Hashed: w.hashed.Load(), Ignored: w.ignored.Load(), Linked: w.links.Load(),
	}, nil
}

// levelAbove returns the ignore patterns in force where p stands; what was
// asked for by name is itself never ignored.
func (w *scan) levelAbove(p string) *ignoreLevel {
	if w.Ignore == nil {
		return nil
	}
	if p == "." {
		return w.Ignore.top
	}
	l, err := w.Ignore.level(path.Dir(p))
	if err != nil {
		w.fail(err)
	}
	return l
}

// each calls f for 0 to n-1, on this goroutine and on as many more as there
// are free tokens at any moment. So all processors work when there is work, and there
// are never more goroutines than tokens beside the callers.
func (w *scan) each(n int, f func(i int)) {
	var next atomic.Int64
	var helpers sync.WaitGroup
	var helped atomic.Bool
	var work func()
	work = func() {
		for {
			i := int(next.Add(1)) - 1
			if i >= n || w.stopped() {
				return
			}
			if i+1 < n && w.acquire() {
				helped.Store(true)
				helpers.Go(func() {
					defer w.release()
					work()
				})
			}
			f(i)
		}
	}
	work()
	if !helped.Load() {
		return
	}
	w.release() // others may work while we wait
	helpers.Wait()
	w.state.tokens <- struct{}{}
}

func (w *scan) acquire() bool {
	select {
	case w.state.tokens <- struct{}{}:
		return true
	default:
		return false
	}
}

func (w *scan) release() { <-w.state.tokens }

func (w *scan) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

func (w *scan) report(b BadEntry) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bad = append(w.bad, b)
}

func (w *scan) stopped() bool {
	if w.ctx.Err() != nil {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err != nil
}

func (w *scan) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if len(w.bad) > 0 {
		return newTreeError(w.root, w.bad)
	}
	return nil
}

// gone reports whether err says that something vanished since it was listed:
// then it is as if it had never been.
func gone(err error) bool { return errors.Is(err, iofs.ErrNotExist) }
