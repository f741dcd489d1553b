package eval

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
)

// Files of another project, seen from a pipeline that is not of it. Projects of modules are
// kept by commit, and no path that anybody sees has the commit in it: a new one that changes
// nothing of what is read must change no action key. So what comes from below, out of a
// module from Git, is seen in a directory with the name of the module, and what comes from
// above, from the user of a pipeline from Git, is seen in one that is the same for all users.
//
// Two commits of one project are two modules and so have two names, whatever else is used.
// Blocks that mean the same commit share the name of the first, or one file would have two
// places. All that a name depends on is in the pipelines below the one that sees it, so that
// a pipeline sees the same names whether it is a module or stands for itself.

const (
	kept   = ".dewar/modules" // where projects are kept that modules are of, by commit
	guests = ".caller"        // where such a project sees what it is given
	below  = "module."        // how directories begin in which a project sees those of its modules
)

// seen is where the pipeline sees a file of the workspace.
func (ev *evaluator) seen(real string) string {
	root := ev.root()
	sub, isKept := within(kept, real)
	if _, own := within(root, real); own && (root != "." || !isKept) {
		return real
	}
	if isKept {
		commit, rest, _ := strings.Cut(sub, "/")
		if name := ev.nameOf(path.Join(kept, commit)); name != "" {
			return path.Join(root, graph.External, name, rest)
		}
	}
	host := ev.host()
	return path.Join(root, guests, host.bare(host.seen(real)))
}

// real is the workspace's file behind a path of the pipeline.
func (ev *evaluator) real(p string) string {
	root := ev.root()
	if own, _ := within(root, p); strings.HasPrefix(own, graph.External+"/") {
		name, rest, _ := strings.Cut(own[len(graph.External)+1:], "/")
		if at := ev.named(name); at != "" {
			return path.Join(at, rest)
		}
		return p
	}
	if root == "." {
		return p
	}
	if sub, guest := within(path.Join(root, guests), p); guest {
		host := ev.host()
		return host.real(path.Join(host.root(), sub))
	}
	for at, lies := range ev.brings { // no data lies in other data
		if sub, is := within(at, p); is {
			return path.Join(lies, sub)
		}
	}
	return p
}

// guest is where the pipeline sees what at, which it is part of, sees at p.
func (ev *evaluator) guest(at *evaluator, p string) string {
	if ev.root() == at.root() {
		return p
	}
	host := ev.host()
	return path.Join(ev.root(), guests, host.bare(host.guest(at, p)))
}

// host is the nearest user of the pipeline that is of another project.
func (ev *evaluator) host() *evaluator {
	at := ev
	for at.used != nil && at.root() == ev.root() {
		at = at.used.by
	}
	return at
}

// nameOf is the directory in which the pipeline sees a project that is kept, as one of its
// own modules; "" if it has it from the project that uses it. Once said, it stays that.
func (ev *evaluator) nameOf(root string) string {
	name, known := ev.strangers[root]
	if !known {
		if ev.strangers == nil {
			ev.strangers = map[string]string{}
		}
		name = ev.newName(root)
		ev.strangers[root] = name
	}
	return name
}

// newName looks for a project among the modules of the pipeline, and then of those that it is
// part of in its own project. A dot more for each between them keeps apart what two of them
// call the same.
func (ev *evaluator) newName(root string) string {
	name := below
	for at := ev; at.root() == ev.root(); at = at.used.by {
		if way := at.wayTo(root); way != "" {
			return name + way
		}
		if at.used == nil {
			return below + "-" + path.Base(root) // of nobody's module
		}
		name += "."
	}
	return ""
}

// named is the project that the pipeline sees in a directory; "" if there is none.
func (ev *evaluator) named(name string) string {
	if !strings.HasPrefix(name, below) {
		return ""
	}
	if m := ev.modules[strings.TrimPrefix(name, below)]; m != nil && ev.find(m) && ev.nameOf(m.root) == name {
		return m.root // also where nobody has asked for what is there
	}
	for root, is := range ev.strangers {
		if is == name {
			return root
		}
	}
	return ""
}

// wayTo names the first module that is of a project, among those of the pipeline and then
// among those of its modules. It does not depend on which of them have been asked for yet,
// but for those inside of modules, and who asks for such a project has it from there.
func (ev *evaluator) wayTo(root string) string {
	for _, b := range ev.pipe.Modules {
		if m := ev.modules[b.Name]; m != nil && m.state == good && m.root == root || path.Join(kept, lang.ModuleRev(b)) == root {
			return b.Name
		}
	}
	for _, b := range ev.pipe.Modules {
		if ev.modules[b.Name] == nil {
			continue // they are declared after what the pipeline is given is known
		}
		for _, kid := range ev.modules[b.Name].kids {
			if kid == nil {
				continue
			}
			if way := kid.wayTo(root); way != "" {
				return b.Name + "." + way
			}
			break // at the other points it has the same modules
		}
	}
	return ""
}
