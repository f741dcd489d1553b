package space

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// What stages make is put where the user of their pipeline says, and that of a module in a
// module where the users of both say.

// Makes reports whether the pipeline may make something at p: if it is a module, in its
// directory, for only what lies there can be put elsewhere.
func (s *Space) Makes(p string) bool {
	if s.by == nil {
		return true
	}
	sub, own := Within(s.dir, p)
	return own && sub != ""
}

// Strange reports whether p lies where the pipeline sees what is not of its project, so that
// nothing of its own can be there. Some filesystems take names for the same that differ in case.
func (s *Space) Strange(p string) bool {
	sub, own := Within(s.root, p)
	first, _, _ := strings.Cut(sub, "/")
	return own && (strings.EqualFold(first, graph.External) || strings.EqualFold(first, guests) && s.root != ".")
}

// MadeAt is where to sees what one of our stages makes at p: where the nearest pipeline that
// both are part of sees it.
func (s *Space) MadeAt(p string, to *Space) string {
	if s == to {
		return p
	}
	at := s
	for !at.Holds(to) {
		p, at = at.outward(p, at.out), at.by
	}
	return to.guest(at, p)
}

// PlaceOf is where in the workspace what is made at p is put.
func (s *Space) PlaceOf(p string) string {
	for ; s.by != nil; s = s.by {
		p = s.outward(p, s.out)
	}
	return p
}

// sharedPlaceOf is PlaceOf for what all points of a module share: it lies at none of them.
func (s *Space) sharedPlaceOf(p string) string {
	for ; s.by != nil; s = s.by {
		p = s.outward(p, s.shared)
	}
	return p
}

// outward is where the user of the pipeline sees what is made at p, which it sees in out.
func (s *Space) outward(p, out string) string {
	sub, ok := Within(s.dir, p)
	if !ok {
		return p // and that was reported
	}
	return path.Join(out, sub)
}

// Outside makes an instance of the pipeline one of the graph: the places of its outputs are
// those of the workspace, and what its command sees is as if there were no other pipeline.
func (s *Space) Outside(x *graph.Instance) {
	if s.by == nil {
		return
	}
	x.Outputs = append([]graph.Output(nil), x.Outputs...)
	for i := range x.Outputs {
		o := &x.Outputs[i]
		o.Path, o.At = s.PlaceOf(o.Path), s.Bare(o.At)
	}
	if s.root == "." {
		return
	}
	x.WorkingDir = s.Bare(x.WorkingDir)
	for i := range x.Inputs {
		x.Inputs[i].At = s.Bare(x.Inputs[i].At)
	}
	for i := range x.Params {
		x.Params[i].Path = s.Bare(x.Params[i].Path)
	}
	for i := range x.Scratch {
		x.Scratch[i].Path = s.Bare(x.Scratch[i].Path) // which may be none
	}
}
