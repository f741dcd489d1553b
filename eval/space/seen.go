package space

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// Files of another project, seen from a pipeline that is not of it. Projects of modules are
// kept by commit, and no path that anybody sees has the commit in it: a new one that changes
// nothing of what is read must change no action key. So what comes from below, out of a
// module from Git, is seen in a directory with the name of the module, and what comes from
// above, from the user of a pipeline from Git, is seen in one that is the same for all users.

const guests = ".caller" // where a project sees what it is given

// Seen is where the pipeline sees a file of the workspace.
func (s *Space) Seen(real string) string {
	sub, isKept := Within(Kept, real)
	if _, own := Within(s.root, real); own && (s.root != "." || !isKept) {
		return real
	}
	if isKept {
		commit, rest, _ := strings.Cut(sub, "/")
		if name := s.nameOf(path.Join(Kept, commit)); name != "" {
			return path.Join(s.root, graph.External, name, rest)
		}
	}
	host := s.host()
	return path.Join(s.root, guests, host.Bare(host.Seen(real)))
}

// Real is the workspace's file behind a path of the pipeline. Whether the pipeline may have
// it, Forbidden says.
func (s *Space) Real(p string) string {
	own, _ := Within(s.root, p)
	if at, external := strings.CutPrefix(own, graph.External+"/"); external {
		name, rest, _ := strings.Cut(at, "/")
		if root := s.named(name); root != "" {
			return path.Join(root, rest)
		}
		return p
	}
	if s.root == "." {
		return p
	}
	if sub, guest := Within(path.Join(s.root, guests), p); guest {
		host := s.host()
		return host.Real(path.Join(host.root, sub))
	}
	for at, lies := range s.brings { // no data lies in other data
		if sub, is := Within(at, p); is {
			return path.Join(lies, sub)
		}
	}
	return p
}

// guest is where the pipeline sees what at, which it is part of, sees at p.
func (s *Space) guest(at *Space, p string) string {
	if s.root == at.root {
		return p
	}
	host := s.host()
	return path.Join(s.root, guests, host.Bare(host.guest(at, p)))
}
