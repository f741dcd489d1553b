package space

import (
	"path"
	"strings"
)

// Two commits of one project are two modules and so have two names, whatever else is used.
// Blocks that mean the same commit share the name of the first, or one file would have two
// places. All that a name depends on is in the pipelines below the one that sees it, so that
// a pipeline sees the same names whether it is a module or stands for itself.

const below = "module." // how directories begin in which a project sees those of its modules

// nameOf is the directory in which the pipeline sees a project that is kept, as one of its
// own modules; "" if it has it from the project that uses it. Once said, it stays that.
func (s *Space) nameOf(root string) string {
	name, known := s.names[root]
	if !known {
		if s.names == nil {
			s.names = map[string]string{}
		}
		name = s.newName(root)
		s.names[root] = name
	}
	return name
}

// newName looks for a project among the modules of the pipeline, and then of those that it is
// part of in its own project. A dot more for each between them keeps apart what two of them
// call the same.
func (s *Space) newName(root string) string {
	name := below
	for at := s; at.root == s.root; at = at.by {
		if way := at.wayTo(root); way != "" {
			return name + way
		}
		if at.by == nil {
			return below + "-" + path.Base(root) // of nobody's module
		}
		name += "."
	}
	return ""
}

// named is the project that the pipeline sees in a directory; "" if there is none.
func (s *Space) named(name string) string {
	block, ok := strings.CutPrefix(name, below)
	if !ok {
		return ""
	}
	if root := s.pipe.Find(block); root != "" && root != s.root && s.nameOf(root) == name {
		return root // also where nobody has asked for what is there
	}
	for root, is := range s.names {
		if is == name {
			return root
		}
	}
	return ""
}

// wayTo names the first module that is of a project, among those of the pipeline and then
// among those of its modules. It does not depend on which of them have been asked for yet,
// but for those inside of modules that nobody has looked into: whoever asks for such a project
// has it from there, unless its user gave it the same one before.
func (s *Space) wayTo(root string) string {
	modules := s.pipe.Modules()
	for _, m := range modules {
		if m.Root == root {
			return m.Name
		}
	}
	for _, m := range modules {
		if m.Inside == nil {
			continue
		}
		if way := m.Inside.wayTo(root); way != "" {
			return m.Name + "." + way
		}
	}
	return ""
}
