package lsp

import "sync"

// inbox is what waits for the goroutine that owns the state. Who puts something in
// never waits: the reader must see cancellations while a request is being answered.
type inbox struct {
	mu    sync.Mutex
	list  []func()
	ready chan struct{}
}

func newInbox() *inbox { return &inbox{ready: make(chan struct{}, 1)} }

func (b *inbox) put(f func()) {
	b.mu.Lock()
	b.list = append(b.list, f)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take returns all that waits.
func (b *inbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.list
	b.list = nil
	return list
}
