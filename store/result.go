package store

import (
	"fmt"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// Result is what an action that succeeded left behind.
type Result struct {
	Outputs     []Output        // sorted by At
	Log         digest.Digest   // what it wrote to standard output and error, interleaved; zero or Empty if nothing
	Level       graph.Isolation // reached
	Explanation []graph.Field   // the labelled parts of its action key
	Program     string          // the host path that argv[0] was resolved to; "" for a native action
	Hostless    bool            // nothing of the host took part that its toolchains do not pin
	Local       bool            // it must not be shared: below the level asked, or it depends on the host
	Started     time.Time
	Wall        time.Duration
	User, Sys   time.Duration
	MaxRSS      int64 // bytes
}

// Output is one declared output of an action.
type Output struct {
	At      string // in the input root
	Content digest.Content
}

// The two action caches. They have one layout, so that the first can be shared as it is.
const (
	sharedCache = "ac"
	localCache  = "ac-local"
)

// maxEntry bounds an action cache entry: explanations of actions with very many
// inputs are long, but not that long.
const maxEntry = 64 << 20

// Result returns what is known for an action key: shared results first, local
// ones second. It is nil if there is none: entries of failed actions, entries
// that cannot be read (they are set aside) and entries whose blobs are not all there
// count as none. An error is an environment failure.
func (s *Store) Result(actionKey digest.Digest) (*Result, error) {
	for _, cache := range []string{sharedCache, localCache} {
		r, err := s.result(cache, actionKey)
		if err != nil {
			return nil, fmt.Errorf("read result %s: %w", actionKey.Short(), err)
		}
		if r != nil {
			r.Local = cache == localCache
			return r, nil
		}
	}
	return nil, nil
}

func (s *Store) result(cache string, actionKey digest.Digest) (*Result, error) {
	name := s.shard(cache, actionKey)
	b, err := s.slurp(name, maxEntry)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := decodeResult(b, s.rootOf)
	if err != nil {
		s.quarantine(Corruption{Path: name, Want: actionKey, Got: digest.Of(b), Detail: err.Error()})
		return nil, nil
	}
	if r == nil || !s.complete(r) {
		return nil, nil
	}
	if isMissing(s.touch(name)) { // before its blobs in the order of ages, so that it is collected before them
		return nil, nil
	}
	return r, nil
}

// complete reports whether all that r refers to is there.
func (s *Store) complete(r *Result) bool {
	if !r.Log.IsZero() && !s.Has(r.Log) {
		return false
	}
	for _, o := range r.Outputs {
		if !s.HasAll(o.Content) {
			return false
		}
	}
	return true
}

// touch refreshes the modification time of an action cache entry, at most hourly. The
// error says that it is not there any more.
func (s *Store) touch(name string) error {
	info, err := s.fs.Lstat(name)
	now := s.opt.Now()
	if err != nil || now.Sub(time.Unix(0, info.MTime)) <= touchAfter {
		return err
	}
	if err := s.fs.Chtimes(name, now); err != nil || !s.passGate() {
		return err // at worst it is collected early
	}
	_, err = s.fs.Lstat(name)
	return err
}

// PutResult keeps r for an action key; r.Local decides which cache. All that it refers
// to must be in the store. An entry that is there is replaced.
func (s *Store) PutResult(actionKey digest.Digest, r *Result) error {
	cache := sharedCache
	if r.Local {
		cache = localCache
	}
	b, err := encodeResult(r, s.putTreeMessage)
	if err == nil {
		err = s.replace(s.shard(cache, actionKey), b, plainMode)
	}
	if err != nil {
		return fmt.Errorf("keep result %s: %w", actionKey.Short(), err)
	}
	return nil
}

// ForgetResult removes what is known for an action key from both caches. Not to know
// anything is no error.
func (s *Store) ForgetResult(actionKey digest.Digest) error {
	for _, cache := range []string{sharedCache, localCache} {
		if err := s.fs.Remove(s.shard(cache, actionKey)); err != nil && !isMissing(err) {
			return fmt.Errorf("forget result %s: %w", actionKey.Short(), err)
		}
	}
	return nil
}
