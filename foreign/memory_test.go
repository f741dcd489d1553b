package foreign

import (
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

func memoryStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(fs.Memory(), "/store", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
