package main

import "sync"

// locks are locks by name.
type locks struct {
	mu   sync.Mutex
	held map[string]*held
}

type held struct {
	mu    sync.Mutex
	users int
}

// lock waits for a name and returns what gives it back.
func (l *locks) lock(name string) (unlock func()) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*held{}
	}
	h := l.held[name]
	if h == nil {
		h = &held{}
		l.held[name] = h
	}
	h.users++
	l.mu.Unlock()
	h.mu.Lock()
	return func() {
		h.mu.Unlock()
		l.mu.Lock()
		defer l.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(l.held, name)
		}
	}
}
