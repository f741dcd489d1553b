package git

import (
	"context"
	"sync"
)

// maxKept is how large a blob is kept in memory for whoever asks again: params and
// metrics of many commits are mostly the same small files.
const maxKept = 4 << 20

// blob is the content of a file while it is being read, and after.
type blob struct {
	mu   sync.Mutex // held while git is asked
	done bool
	b    []byte
}

// blob returns the bytes of a blob. They are not the caller's to change. An
// error is not kept: it may be that of a context.
func (r *Repo) blob(ctx context.Context, id string) ([]byte, error) {
	r.mu.Lock()
	x := r.blobs[id]
	if x == nil {
		x = &blob{}
		r.blobs[id] = x
	}
	r.mu.Unlock()

	x.mu.Lock()
	defer x.mu.Unlock()
	if x.done {
		return x.b, nil
	}
	out, err := r.git(ctx, "cat-file", "blob", id)
	if err == nil && len(out) <= maxKept {
		x.b, x.done = out, true
	}
	return out, err
}
