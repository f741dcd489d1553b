package dewar

import (
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/lang"
)

// ExperimentBlock is an experiment that a pipeline declares.
type ExperimentBlock struct{ Name, Description string }

// ExperimentBlocks returns the experiment blocks of a pipeline, in the order in which
// they stand there; none of a pipeline that is broken.
func (p *Project) ExperimentBlocks(dir string) []ExperimentBlock {
	pipe, diags := lang.Load(p.view, dir)
	if diags.HasErrors() {
		return nil
	}
	var out []ExperimentBlock
	for _, b := range pipe.Experiments {
		declared, _, _ := eval.ReadSweep(p.request(EvalOptions{Dir: dir}), b.Name, nil)
		out = append(out, ExperimentBlock{b.Name, declared.Description})
	}
	return out
}
