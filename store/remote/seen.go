package remote

import (
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

// An empty place may be a new one, or the directory below which nothing is mounted now. Who was there
// before can tell: that a place is a store is noted beside the blobs here.

// seenPlace is where that is noted, below the store; "" for a place of which nothing is.
func (l *link) seenPlace() string {
	if l.Directory == "" {
		return ""
	}
	return "remotes-seen/" + digest.Of([]byte(l.Directory)).Hex()
}

func (l *link) seen(s *store.Store) bool {
	name := l.seenPlace()
	if name == "" {
		return false
	}
	_, err := s.FS().Lstat(s.Root() + "/" + name)
	return err == nil
}

// see notes that a place is a store. If that fails, it is only not known.
func (l *link) see(s *store.Store) {
	if name := l.seenPlace(); name != "" && !l.seen(s) {
		_ = s.KeepFile(name, []byte(l.Directory+"\n"))
	}
}
