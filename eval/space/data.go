package space

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// Data lies where its pipeline says, but for two kinds. What is brought for a pipeline from
// Git is not part of the commit, and nothing may be put where that is kept: it lies where the
// user of the module has what the module makes, and the pipeline sees it where it declares it.
// External data lies outside of the project, and is seen under its name.

// Bring says where data lies that the pipeline, which is from Git, sees at p. shared is whether
// it has one place for all points of the modules.
func (s *Space) Bring(p string, shared bool) (lies string) {
	lies = s.PlaceOf(p)
	if shared {
		lies = s.sharedPlaceOf(p)
	}
	for at := s; at.root == s.root; at = at.by {
		if at.brings == nil {
			at.brings = map[string]string{}
		}
		if at.brings[p] == "" || at == s {
			at.brings[p] = lies
		}
	}
	return lies
}

// External is where the pipeline sees external data with the file name base. name is what the
// data is called from it; above is whether a pipeline declares it that this one is part of.
func (s *Space) External(name string, above bool, base string) string {
	return path.Join(s.root, external(name, above), base)
}

// ExternalPlace is where the workspace has external data, by its name in the whole.
func ExternalPlace(name, base string) string { return path.Join(external(name, false), base) }

// external is a directory for data of a name, no two the same: neither names of blocks nor
// point keys have a dot or two @ in the places where they are here.
func external(name string, above bool) string {
	if !above && !strings.Contains(name, "/") {
		return path.Join(graph.External, name)
	}
	dots := "data."
	if above {
		dots = "data.."
	}
	return path.Join(graph.External, dots+strings.ReplaceAll(name, "/", "@@"))
}
