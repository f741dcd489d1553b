package store

import (
	"errors"
	"fmt"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"

	"github.com/dewar-build/dewar/digest"
)

// Entry is an entry of the action cache as it travels: its bytes and all that
// they refer to.
type Entry struct {
	Bytes  []byte
	Result *Result
	Blobs  []digest.Digest // the log and the Tree messages, if any
}

// errNoResult says that an entry is none that we share.
var errNoResult = errors.New("not the result of an action that succeeded and made files and directories")

// SharedEntry returns the entry of a result that may be shared, whether all that
// it refers to is there or not; nil if there is none.
func (s *Store) SharedEntry(actionKey digest.Digest) (*Entry, error) {
	name := s.shard(sharedCache, actionKey)
	b, err := s.slurp(name, maxEntry)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read result %s: %w", actionKey.Short(), err)
	}
	e, err := DecodeEntry(b)
	if errors.Is(err, errNoResult) {
		return nil, nil
	}
	if err != nil {
		s.quarantine(Corruption{Path: name, Want: actionKey, Got: digest.Of(b), Detail: err.Error()})
		return nil, nil
	}
	return e, nil
}

// DecodeEntry reads an entry, whoever wrote it. Entries of actions that failed, and
// those that do not name the roots of directories, are errors.
func DecodeEntry(b []byte) (*Entry, error) {
	if len(b) > maxEntry {
		return nil, fmt.Errorf("it has more than %d bytes", maxEntry)
	}
	r, err := decodeResult(b, func(digest.Digest) (digest.Digest, bool, error) { return digest.Digest{}, false, nil })
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, errNoResult
	}
	e := &Entry{Bytes: b, Result: r}
	if !r.Log.IsZero() {
		e.Blobs = append(e.Blobs, r.Log)
	}
	trees, err := treeMessages(b)
	e.Blobs = append(e.Blobs, trees...)
	return e, err
}

// treeMessages returns the digests of the Tree messages that an entry names.
func treeMessages(b []byte) (all []digest.Digest, err error) {
	var m repb.ActionResult
	if err := proto.Unmarshal(b, &m); err != nil {
		return nil, err
	}
	for _, dir := range m.OutputDirectories {
		if dir.TreeDigest == nil {
			continue
		}
		d, err := digest.FromProto(dir.TreeDigest)
		if err != nil {
			return nil, fmt.Errorf("output %q: %w", dir.Path, err)
		}
		all = append(all, d)
	}
	return all, nil
}

// PutEntry keeps an entry among those that may be shared. All that it refers to
// must be in the store. An entry that is there is replaced.
func (s *Store) PutEntry(actionKey digest.Digest, e *Entry) error {
	if err := s.replace(s.shard(sharedCache, actionKey), e.Bytes, plainMode); err != nil {
		return fmt.Errorf("keep result %s: %w", actionKey.Short(), err)
	}
	return nil
}
