package eval

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/graph"
	"github.com/zclconf/go-cty/cty"
)

// form is how an attribute such as outputs was written, and so what `outputs`
// is in an expression.
type form uint8

const (
	named  form = iota // an object: outputs.model
	listed             // a list: outputs[0]
	single             // one path: outputs
)

// slots are the entries of one attribute of one instance.
type slots struct {
	form form
	list []slot
}

// slot is one entry: a path, or a list of paths.
type slot struct {
	name  string
	group graph.Group // "inputs" for inputs
	many  bool
	none  bool // null was given
	at    []int32
	paths []string // inputs only: where the command finds it

	collected []*collected // inputs only: those of the paths that are directories of collect
}

func (s *slots) slot(name string) *slot {
	for i := range s.list {
		if s.list[i].name == name {
			return &s.list[i]
		}
	}
	return nil
}

// slotValue returns the value of inputs.x or outputs.x: its path relative to the
// view's base. From outside an output is where it lives and carries its mark; to the
// stage itself it is where the command makes it, and it carries none: an input is a
// dependency already, and an output is never the stage's own input.
func (ev *evaluator) slotValue(in *instance, s *slot, vw view, outside bool) cty.Value {
	if s.none {
		return cty.NullVal(cty.String)
	}
	n := len(s.at)
	if s.group == inputsGroup {
		n = len(s.paths)
	}
	one := func(i int) cty.Value {
		if s.group == inputsGroup {
			v := cty.StringVal(rel(vw.base, s.paths[i]))
			for _, c := range s.collected {
				if c.at == s.paths[i] {
					v = v.Mark(collectedMark{c})
				}
			}
			return v
		}
		o := &in.out[s.at[i]]
		if !outside {
			return cty.StringVal(rel(vw.base, o.At))
		}
		return cty.StringVal(rel(vw.base, in.st.ev.space.MadeAt(o.Path, ev.asker(vw).space))).Mark(artifactMark{in.id(), s.at[i]})
	}
	if !s.many {
		return one(0)
	}
	list := make([]cty.Value, n)
	for i := range list {
		list[i] = one(i)
	}
	return cty.TupleVal(list)
}

// groupValue returns the value of a whole attribute.
func (ev *evaluator) groupValue(in *instance, group graph.Group, vw view, outside bool) cty.Value {
	s := in.slots(string(group))
	switch s.form {
	case single:
		return ev.slotValue(in, &s.list[0], vw, outside)
	case listed:
		list := make([]cty.Value, len(s.list))
		for i := range s.list {
			list[i] = ev.slotValue(in, &s.list[i], vw, outside)
		}
		return cty.TupleVal(list)
	}
	m := make(map[string]cty.Value, len(s.list))
	for i := range s.list {
		m[s.list[i].name] = ev.slotValue(in, &s.list[i], vw, outside)
	}
	return cty.ObjectVal(m)
}

const inputsGroup graph.Group = "inputs"

// rel writes the project path p relative to the project directory base.
func rel(base, p string) string {
	if base == "." {
		return p
	}
	if rest, ok := strings.CutPrefix(p, base+"/"); ok {
		return rest
	}
	if p == base {
		return "."
	}
	up := ""
	for base != "." {
		base = path.Dir(base)
		up += "../"
		if base == "." {
			break
		}
		if rest, ok := strings.CutPrefix(p, base+"/"); ok {
			return up + rest
		}
		if p == base {
			return strings.TrimSuffix(up, "/")
		}
	}
	if p == "." {
		return strings.TrimSuffix(up, "/")
	}
	return up + p
}
