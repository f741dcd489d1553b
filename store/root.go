package store

import (
	"fmt"
	iofs "io/fs"

	"github.com/dewar-build/dewar/digest"
)

// A directory can be the root filesystem of commands: what an image unpacks to. Its symbolic links mean
// something only to who has it as root, so they may lead anywhere, /usr/bin/python3 or to nothing, which no
// output and no input may have. It is materialized beside the others, so that nothing is taken for
// one of those that was never held to their rules.

// RootTree is Tree of a root filesystem. What is there is looked at first: every file, as Check does. If
// something is different, it is made anew. The error answers errors.Is with iofs.ErrNotExist if blobs of
// it are missing.
func (s *Store) RootTree(d digest.Digest) (name string, release func(), err error) {
	release, err = s.Lease(d)
	if err != nil {
		return "", nil, err
	}
	name, err = s.rootTree(d)
	if err != nil {
		release()
	}
	return name, release, err
}

func (s *Store) rootTree(d digest.Digest) (string, error) {
	name := s.tree(rootArea, d)
	if s.hasTree(name) && s.check(rootArea, d) == nil {
		return name, nil
	}
	if !s.HasAll(digest.Content{Kind: digest.Directory, Digest: d}) {
		return "", fmt.Errorf("root filesystem %s: %w", d.Short(), iofs.ErrNotExist)
	}
	return s.materialized(rootArea, d)
}
