package eval

import (
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

// output is an output block: a value for who uses the pipeline as a module, evaluated for
// each way to see it.
type output struct {
	block *lang.Block
	views map[view]*localValue
}

// outputValue returns the value of an output block that is there.
func (ev *evaluator) outputValue(name string, vw view) (cty.Value, bool) {
	o := ev.outs[name]
	ov := o.views[vw]
	if ov == nil {
		ov = &localValue{state: working}
		o.views[vw] = ov
		v, ok := cty.DynamicVal, false
		if a := o.block.Attr("value"); a != nil {
			v, ok = ev.compile(a.Expr, nil, vw, o.block.Subject()).value()
		}
		ov.v, ov.state = v, good
		if !ok {
			ov.state = failed
		}
	}
	if ov.state == working {
		panic("eval.outputValue: output " + name + " needs itself, which lang.Check refuses")
	}
	return ov.v, ov.state == good
}

// outputBlocks evaluates what nobody may have asked for, so that its mistakes are found.
func (ev *evaluator) outputBlocks() {
	for _, b := range ev.pipe.Outputs {
		if a := b.Attr("description"); a != nil {
			ev.attrs(b, nil, view{base: ev.dir}).text("description", "")
		}
		ev.outputValue(b.Name, view{base: ev.dir})
	}
	for _, b := range ev.pipe.Modules {
		ev.attrs(b, nil, view{base: ev.dir}).text("description", "")
	}
}

// moduleOutputs returns module.x.outputs at a point, as the pipeline that has the module
// sees it.
func (ev *evaluator) moduleOutputs(in *instance, vw view) (cty.Value, bool) {
	kid := ev.child(in)
	if kid == nil {
		return cty.DynamicVal, false
	}
	m := make(map[string]cty.Value, len(kid.outs))
	for _, b := range kid.pipe.Outputs {
		v, ok := kid.outputValue(b.Name, ev.through(vw))
		if !ok {
			return cty.DynamicVal, false
		}
		m[b.Name] = v
	}
	return cty.ObjectVal(m), true
}

// through is the view of somebody who asks a module of ours: paths are still theirs.
func (ev *evaluator) through(vw view) view {
	vw.to, vw.results = ev.asker(vw), false
	return vw
}

func (ev *evaluator) offerOutput(name string) string {
	names := make([]string, 0, len(ev.outs))
	for _, b := range ev.pipe.Outputs {
		names = append(names, b.Name)
	}
	if len(names) == 0 {
		return fmt.Sprintf("Its pipeline declares none: output %q { value = … }.", name)
	}
	slices.Sort(names)
	return offer(name, names)
}

// declaredIn notes where the pipeline of a module is.
func (ev *evaluator) declaredIn() []diag.Note {
	for _, b := range ev.pipe.Outputs {
		return []diag.Note{{Span: b.Span, Text: "the module's outputs are declared here"}}
	}
	return nil
}
