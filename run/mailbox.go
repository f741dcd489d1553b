package run

import "sync"

// mailbox is a queue without bounds between goroutines. Readers may take one
// item or all there are; the second is why it is not a channel: an owner that
// wakes up finds everything that has come meanwhile, and pays for one wake-up.
type mailbox[T any] struct {
	mu     sync.Mutex
	some   sync.Cond
	items  []T           // items[at:] are in it
	at     int           //
	closed bool          //
	filled chan struct{} // holds a token when items have come since the last takeAll
}

func (m *mailbox[T]) init() {
	m.some.L = &m.mu
	m.filled = make(chan struct{}, 1)
}

// put adds items in order; it never blocks for long.
func (m *mailbox[T]) put(items []T) {
	m.mu.Lock()
	m.items = append(m.items, items...)
	m.mu.Unlock()
	m.some.Broadcast()
	m.signal()
}

func (m *mailbox[T]) putOne(item T) {
	m.mu.Lock()
	m.items = append(m.items, item)
	m.mu.Unlock()
	m.some.Signal()
	m.signal()
}

func (m *mailbox[T]) signal() {
	select {
	case m.filled <- struct{}{}:
	default:
	}
}

// take waits for an item; ok is false when the mailbox is closed and empty.
func (m *mailbox[T]) take() (item T, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.at == len(m.items) && !m.closed {
		m.some.Wait()
	}
	if m.at == len(m.items) {
		return item, false
	}
	item = m.items[m.at]
	m.at++
	if m.at == len(m.items) {
		m.items, m.at = m.items[:0], 0
	}
	return item, true
}

// takeAll returns what is there, which may be nothing, and does not wait. spare
// becomes the mailbox's: the slice that takeAll returned last time, or nil.
func (m *mailbox[T]) takeAll(spare []T) []T {
	m.mu.Lock()
	defer m.mu.Unlock()
	items := m.items[m.at:]
	m.items, m.at = spare[:0], 0
	return items
}

func (m *mailbox[T]) close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.some.Broadcast()
}
