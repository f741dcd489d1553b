package dewar

import (
	"context"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Ignore rules are about a person's sources. An output is all that a command
// made, its __pycache__ and .git and whatever a .dewarignore names included,
// and that is what its digest says. What turns up in an output directory
// afterwards and is ignored, however, makes it no other: looking into it with a
// notebook or a file manager is no edit.

// outputScanners look at outputs in the workspace, at everything in them.
type outputScanners struct {
	take *fs.Scanner // takes what it reads into the store, unless we only look
	hash *fs.Scanner // leaves files where they are
}

func (s *session) scannersOfOutputs() outputScanners {
	return outputScanners{take: everything(s.scan), hash: everything(s.hash)}
}

// everything returns a scanner like s that ignores nothing.
func everything(s *fs.Scanner) *fs.Scanner {
	return &fs.Scanner{FS: s.FS, Root: s.Root, Index: s.Index, Workers: s.Workers, Links: s.Links, Take: s.Take}
}

// copiedFrom returns a scanner that takes copies of what a command made below
// root, a directory of this machine, into the store.
func (s *session) copiedFrom(root string) *fs.Scanner {
	return &fs.Scanner{FS: s.p.host.FS, Root: root, Workers: s.p.host.CPUs, Take: snapshot{s.p.store}}
}

// outputHolds reports whether an output's place in the workspace holds want:
// then it returns the scanner that would take just that into the store, and nil
// otherwise. What cannot be content is in the way, which check-out deals with.
func (s *session) outputHolds(ctx context.Context, at string, want digest.Content) (taker *fs.Scanner, err error) {
	got, err := s.outputs.hash.Content(ctx, at)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil && got == want:
		return s.outputs.take, nil
	case want.Kind != digest.Directory || err == nil && got.Kind != digest.Directory:
		return nil, nil
	}
	if got, err := s.hash.Content(ctx, at); err == nil && got == want {
		return s.scan, nil
	}
	return nil, ctx.Err()
}
