package remote

import (
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

// Hold keeps blobs of a store from being collected: those that are being sent,
// and those that were fetched and that no lock names yet. It is safe for
// concurrent use.
type Hold struct {
	store *store.Store

	mu       sync.Mutex
	releases []func()
}

// NewHold returns a Hold that holds nothing. Release it when the lock is
// written.
func NewHold(s *store.Store) *Hold { return &Hold{store: s} }

// Take holds blobs. What is there must be looked at afterwards, not before.
func (h *Hold) Take(ds ...digest.Digest) error {
	if len(ds) == 0 {
		return nil
	}
	release, err := h.store.Lease(ds...)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.releases = append(h.releases, release)
	return nil
}

// Release lets everything go.
func (h *Hold) Release() {
	h.mu.Lock()
	releases := h.releases
	h.releases = nil
	h.mu.Unlock()
	for _, release := range releases {
		release()
	}
}
