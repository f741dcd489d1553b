package store

import (
	"fmt"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"

	"github.com/dewar-build/dewar/digest"
)

// A Tree message holds a directory and all directories in it, so that other
// programs get them with one request. We only write it beside the directories
// themselves, and read it where nothing else is named.

// putTreeMessage stores the Tree message of the directory d: topologically
// sorted, each directory once, parents before children.
func (s *Store) putTreeMessage(d digest.Digest) (digest.Digest, error) {
	var order []*repb.Directory // children before parents
	seen := make(map[digest.Digest]bool)
	var visit func(d digest.Digest) error
	visit = func(d digest.Digest) error {
		if seen[d] {
			return nil
		}
		seen[d] = true
		dir, err := s.Dir(d)
		if err != nil {
			return err
		}
		for i := len(dir.Dirs) - 1; i >= 0; i-- {
			if err := visit(dir.Dirs[i].Digest); err != nil {
				return err
			}
		}
		m := &repb.Directory{}
		if err := proto.Unmarshal(dir.Encode(), m); err != nil {
			return err
		}
		order = append(order, m)
		return nil
	}
	if err := visit(d); err != nil {
		return digest.Digest{}, err
	}
	last := len(order) - 1
	tree := &repb.Tree{Root: order[last]}
	for i := last - 1; i >= 0; i-- {
		tree.Children = append(tree.Children, order[i])
	}
	return s.Put(digest.Marshal(tree))
}

// rootOf stores the directories of a Tree message and returns the root's
// digest; ok is false if the message is not there.
func (s *Store) rootOf(tree digest.Digest) (root digest.Digest, ok bool, err error) {
	b, err := s.ReadAll(tree, 0)
	if isMissing(err) {
		return digest.Digest{}, false, nil
	}
	if err != nil {
		return digest.Digest{}, false, err
	}
	var m repb.Tree
	if err := proto.Unmarshal(b, &m); err != nil {
		return digest.Digest{}, false, fmt.Errorf("tree message: %w", err)
	}
	for _, dir := range append(m.Children, m.Root) {
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(dir)
		if err != nil {
			return digest.Digest{}, false, err
		}
		value, err := digest.DecodeDir(raw)
		if err != nil {
			return digest.Digest{}, false, err
		}
		if root, err = s.PutDirectory(value.Encode()); err != nil {
			return digest.Digest{}, false, err
		}
	}
	return root, true, nil
}
