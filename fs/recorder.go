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
	dirs   map[dirAsked]*digest.Digest
	stats  map[statAsked]StatRead
	broken string
}

type dirAsked struct{ path, ending string }

type statAsked struct {
	path   string
	follow bool
}

// NewRecorder returns a Recorder that has seen nothing.
func NewRecorder(view View) *Recorder {
	return &Recorder{
		view:  view,
		files: map[string]*digest.Digest{},
		dirs:  map[dirAsked]*digest.Digest{},
		stats: map[statAsked]StatRead{},
	}
}

// ReadFile reads a file and remembers its digest, or that it is not there.
func (r *Recorder) ReadFile(path string) ([]byte, error) {
	b, err := r.view.ReadFile(path)
	note(r, r.files, path, path, err, func() digest.Digest { return digest.Of(b) })
	return b, err
}

// ReadDir lists a directory and remembers the listing, or that it is not there.
func (r *Recorder) ReadDir(path string) ([]Entry, error) { return r.ReadDirEnding(path, "") }

// ReadDirEnding lists what has a name with an ending in a directory, and remembers no more of the directory than that.
func (r *Recorder) ReadDirEnding(path, ending string) ([]Entry, error) {
	entries, err := ReadDirEnding(r.view, path, ending)
	note(r, r.dirs, dirAsked{path, ending}, path, err, func() digest.Digest { return listing(entries) })
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
func note[A comparable](r *Recorder, known map[A]*digest.Digest, asked A, path string, err error, of func() digest.Digest) {
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
	if was, ok := known[asked]; ok && !sameDigest(was, d) {
		r.broken = path + " changed while it was read"
	}
	known[asked] = d
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
	t.Dirs = sortedDirs(r.dirs)
	t.Stats = sortedStats(r.stats)
	return t
}
