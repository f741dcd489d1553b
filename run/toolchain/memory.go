package toolchain

import (
	"fmt"
	"sync"

	"github.com/dewar-build/dewar/graph"
)

// Memory is what one process knows of toolchains. What a command said is kept nowhere
// else, for it may say something else tomorrow and nothing would tell. The zero
// Memory is empty; a nil one stays so.
type Memory struct {
	mu     sync.Mutex
	found  map[string]*found // by declaration; what is in it does not change any more
	failed map[string]error
}

// declaration identifies a declaration, wherever it stands.
func declaration(t graph.Toolchain) string {
	return fmt.Sprintf("%q %q %q %q %q", t.Name, t.Kind, t.Path, t.Files, t.Args)
}

func (m *Memory) get(t graph.Toolchain) (*found, error) {
	if m == nil {
		return nil, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.found[declaration(t)], m.failed[declaration(t)]
}

func (m *Memory) put(f *found) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.found == nil {
		m.found = map[string]*found{}
	}
	m.found[declaration(f.Declared)] = f
}

func (m *Memory) fail(t graph.Toolchain, err error) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failed == nil {
		m.failed = map[string]error{}
	}
	m.failed[declaration(t)] = err
}
