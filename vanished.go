package dewar

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/store/checkout"
)

// Outputs that nothing makes any more are taken out of the workspace: those of
// vanished instances and those that an instance has moved. What something
// makes or reads now in the same place, above it or within it, stays: who
// drops a stage and goes on with its output by hand has made it a source.

// vanished returns the lock's entries that are no instances any more.
func (s *session) vanished() []lock.Entry {
	exists := make(map[string]bool, len(s.g.Instances))
	for i := range s.g.Instances {
		exists[s.g.Instances[i].Ref()] = true
	}
	var gone []lock.Entry
	for _, e := range s.lock.Entries {
		if !exists[e.Instance] {
			gone = append(gone, e)
		}
	}
	return gone
}

// moved returns the outputs that x made the last time and does not make now.
func moved(x *graph.Instance, old *lock.Entry) []lock.Output {
	if old == nil {
		return nil
	}
	var out []lock.Output
	for _, o := range old.Outputs {
		if !slices.ContainsFunc(x.Outputs, func(now graph.Output) bool { return now.Path == o.Path }) {
			out = append(out, o)
		}
	}
	return out
}

// removeOutputs takes away the outputs of gone and those that were moved, and
// returns their paths.
func (s *session) removeOutputs(ctx context.Context, gone []lock.Entry) ([]string, error) {
	known := map[string]digest.Content{}
	for _, o := range s.moved {
		known[o.Path] = o.Content
	}
	for _, e := range gone {
		for _, o := range e.Outputs {
			known[o.Path] = o.Content
		}
	}
	if len(known) == 0 {
		return nil, nil
	}
	used := s.used()
	var list []checkout.Item
	var paths []string
	for at, c := range known {
		if used.above(at) || !exists(s.p.host.FS, s.p.hostPath(at)) {
			continue
		}
		if left := s.leftover(at, c, used); len(left) > 0 {
			list, paths = append(list, left...), append(paths, at)
		}
	}
	slices.Sort(paths)
	slices.SortFunc(list, func(a, b checkout.Item) int { return strings.Compare(a.Path, b.Path) })
	// Nothing takes their place, so there is no reason to be generous with what the
	// store knows: it may have been edited, and read by another pipeline since.
	return paths, s.checkoutWith(ctx, checkout.Plan{Items: list, Exact: true})
}

// leftover returns what to take away of an output. Of a directory in which
// something is made or read now, these are the files that we know.
func (s *session) leftover(at string, c digest.Content, used places) []checkout.Item {
	switch {
	case used.above(at):
		return nil
	case !used.within(at):
		return []checkout.Item{{Path: at, Known: c}}
	case c.Kind != digest.Directory: // a directory took its place
		return nil
	}
	dir, err := s.p.store.Dir(c.Digest)
	if err != nil {
		return nil // the cache has lost it: we cannot say what is ours
	}
	var out []checkout.Item
	for _, f := range dir.Files {
		out = append(out, s.leftover(path.Join(at, f.Name), digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}, used)...)
	}
	for _, d := range dir.Dirs {
		out = append(out, s.leftover(path.Join(at, d.Name), digest.Content{Kind: digest.Directory, Digest: d.Digest}, used)...)
	}
	return out
}

// places are paths of a project, sorted.
type places []string

// used returns what instances make, what they read of the workspace, tracked
// data, and what the evaluation read.
func (s *session) used() places {
	var out places
	for i := range s.g.Instances {
		for _, o := range s.g.Instances[i].Outputs {
			out = append(out, o.Path)
		}
		for _, in := range s.g.Instances[i].Inputs {
			if in.Kind == graph.Workspace {
				out = append(out, in.Path)
			}
		}
	}
	for _, d := range s.g.Data {
		out = append(out, d.Path)
	}
	for _, f := range s.ev.trace.Files {
		if f.Digest != nil {
			out = append(out, f.Path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// above reports whether at is one of them or lies inside one.
func (p places) above(at string) bool {
	for ; at != "."; at = path.Dir(at) {
		if _, ok := slices.BinarySearch(p, at); ok {
			return true
		}
	}
	return false
}

// within reports whether one of them lies inside at.
func (p places) within(at string) bool {
	i, _ := slices.BinarySearch(p, at+"/")
	return i < len(p) && strings.HasPrefix(p[i], at+"/")
}
