package eval

import (
	"path"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/lang"
)

// Where a module's outputs are put is for its user to say, within what both may.

// moduleBlocks says to the space of a pipeline what modules it has.
type moduleBlocks struct{ ev *evaluator }

// Modules implements space.Pipeline. Which commit it is, the text says before anybody has
// looked for it.
func (b moduleBlocks) Modules() []space.Module {
	out := make([]space.Module, len(b.ev.pipe.Modules))
	for i, block := range b.ev.pipe.Modules {
		x := &out[i]
		x.Name = block.Name
		if rev := lang.ModuleRev(block); rev != "" {
			x.Root = path.Join(space.Kept, rev)
		}
		m := b.ev.modules[block.Name]
		if m == nil {
			continue // they are declared after what the pipeline is given is known
		}
		if m.state == good {
			x.Root = m.root
		}
		for _, kid := range m.kids {
			if kid != nil {
				x.Inside = kid.space
				break
			}
		}
	}
	return out
}

// Find implements space.Pipeline.
func (b moduleBlocks) Find(name string) string {
	if m := b.ev.modules[name]; m != nil && b.ev.find(m) {
		return m.root
	}
	return ""
}

// modulePath is where the outputs of a module are put.
func (ev *evaluator) modulePath(m *module, in *instance) (string, bool) {
	fr := &m.st.frame
	s := m.name
	if m.st.template {
		s = path.Join(m.name, in.key)
	}
	span := m.block.Span
	if a := m.block.Attr("path"); a != nil {
		span = a.Span
		var ok bool
		if s, ok = ev.attrs(m.block, fr, view{base: ev.dir}).text("path", s); !ok {
			return "", false
		}
	}
	p, _, ok := ev.path(fr, s, span, "The path of a module")
	if !ok {
		return "", false
	}
	if _, own := space.Within(ev.dir, p); ev.used != nil && !own {
		ev.errorf(fr, "E-module-outside", span, "The path of module %s, %s, is not in the directory of the pipeline that uses it, which is a module itself. What a module makes lies in it.", m.name, quoteJSON(s))
		return "", false
	}
	return p, true
}

// shared is where what has one place for all points of a module is put, if the outputs at a
// point are put in out.
func (m *module) shared(out string) string {
	if m.st.template {
		return path.Join(m.st.ev.dir, m.name)
	}
	return out
}

// mayMake reports an output that does not lie in the directory of its module.
func (ev *evaluator) mayMake(fr *frame, p, label string, at diag.Span) bool {
	if ev.space.Makes(p) {
		return true
	}
	ev.errorf(fr, "E-module-outside", at, "%s is %s, which is not in the directory of the pipeline. A pipeline that is used as a module makes what it makes there, so that its user can say where that is put.", label, quoteJSON(rel(ev.dir, p)))
	return false
}
