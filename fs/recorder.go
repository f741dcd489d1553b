package fs

import (
	"sync"

	"github.com/dewar-build/dewar/digest"
)

// Recorder is a View that remembers everything that was asked of it. Its Info
// values hold only what is remembered: the type and the executable bit. It is
// safe for concurrent use.
type Recorder struct {
	view View

	mu     sync.Mutex
	files  map[string]*digest.Digest
	dirs   map[string]*digest.Digest
	stats  map[statAsked]StatRead
	broken string
}

type statAsked struct {
	path   string
	follow bool
}

// NewRecorder returns a Recorder that has seen nothing.
func NewRecorder(view View) *Recorder {
	return &Recorder{
		view:  view,
		files: map[string]*digest.Digest{},
		dirs:  map[string]*digest.Digest{},
		stats: map[statAsked]StatRead{},
	}
}

// ReadFile reads a file and remembers its digest, or that it is not there.
func (r *Recorder) ReadFile(path string) ([]byte, error) {
	b, err := r.view.ReadFile(path)
	note(r, r.files, path, err, func() digest.Digest { return digest.Of(b) })
	return b, err
}

// ReadDir lists a directory and remembers the listing, or that it is not there.
func (r *Recorder) ReadDir(path string) ([]Entry, error) {
	entries, err := r.view.ReadDir(path)
	note(r, r.dirs, path, err, func() digest.Digest { return listing(entries) })
	return entries, err
}

// Size is how many bytes a file has, if that can be told: whoever asks decides whether
// to read it at all. It is not remembered, so nothing else may depend on it.
func (r *Recorder) Size(path string) (int64, error) {
	info, err := r.view.Stat(path)
	return info.Size, err
}

// Lstat describes path itself.
func (r *Recorder) Lstat(path string) (Info, error) { return r.stat(path, false, r.view.Lstat) }

// Stat describes what path leads to.
func (r *Recorder) Stat(path string) (Info, error) { return r.stat(path, true, r.view.Stat) }

func (r *Recorder) stat(path string, follow bool, ask func(string) (Info, error)) (Info, error) {
	info, err := ask(path)
	answer := answerOf(path, follow, info, err)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && !missing(err) {
		r.fail(path, err)
		return Info{}, err
	}
	if was, ok := r.stats[statAsked{path, follow}]; ok && was != answer {
		r.broken = path + " changed while it was looked at"
	}
	r.stats[statAsked{path, follow}] = answer
	return answer.info(), err
}

// note remembers one answer. A thing that answered differently before, as
// happens when somebody saves it meanwhile, leaves the trace broken.
func note(r *Recorder, known map[string]*digest.Digest, path string, err error, of func() digest.Digest) {
	var d *digest.Digest
	if err == nil {
		v := of()
		d = &v
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && !missing(err) {
		r.fail(path, err)
		return
	}
	if was, ok := known[path]; ok && !sameDigest(was, d) {
		r.broken = path + " changed while it was read"
	}
	known[path] = d
}

func (r *Recorder) fail(path string, err error) { r.broken = path + ": " + err.Error() }

func sameDigest(a, b *digest.Digest) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// Trace returns what was asked so far, sorted, each thing once.
func (r *Recorder) Trace() Trace {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := Trace{Broken: r.broken}
	for _, p := range sortedKeys(r.files) {
		t.Files = append(t.Files, FileRead{p, r.files[p]})
	}
	for _, p := range sortedKeys(r.dirs) {
		t.Dirs = append(t.Dirs, DirRead{p, r.dirs[p]})
	}
	t.Stats = sortedStats(r.stats)
	return t
}
