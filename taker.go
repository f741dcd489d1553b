package dewar

import (
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// snapshot keeps in the store what a Scanner scans: the source snapshot, so
// that saving a file during a run changes nothing that is running.
type snapshot struct{ *store.Store }

// PutDirectory keeps the encoding of a directory.
func (t snapshot) PutDirectory(encoded []byte) (digest.Digest, error) { return t.Put(encoded) }

// hashOnly leaves files where they are: for data that is bound from the
// workspace, and for looking without writing.
type hashOnly struct {
	fsys fs.FS
	dirs *directories
}

// Has says that no file needs to be taken.
func (hashOnly) Has(digest.Digest) bool { return true }

// Take only hashes the file.
func (t hashOnly) Take(path string, _ fs.Info) (digest.Digest, error) {
	f, err := t.fsys.Open(path)
	if err != nil {
		return digest.Digest{}, err
	}
	defer f.Close()
	buf, _ := t.dirs.buffers.Get().(*[]byte)
	if buf == nil {
		b := make([]byte, 128<<10)
		buf = &b
	}
	defer t.dirs.buffers.Put(buf)
	return digest.Read(f, *buf)
}

// PutDirectory keeps the encoding of a directory in memory.
func (t hashOnly) PutDirectory(encoded []byte) (digest.Digest, error) {
	return t.dirs.put(encoded), nil
}

// directories are the encodings of directories that are not in the store, or
// need not be.
type directories struct {
	mu   sync.RWMutex
	byID map[digest.Digest][]byte

	buffers sync.Pool // *[]byte, of who reads files
}

func (m *directories) put(encoded []byte) digest.Digest {
	d := digest.Of(encoded)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byID == nil {
		m.byID = map[digest.Digest][]byte{}
	}
	m.byID[d] = encoded
	return d
}

func (m *directories) get(d digest.Digest) ([]byte, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	b, ok := m.byID[d]
	return b, ok
}
