package dewar

import (
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/lang"
)

// FunctionDoc tells people about a function of the language.
type FunctionDoc = eval.FunctionDoc

// Functions tells about the functions of the language, in the order of families.
func Functions() []FunctionDoc { return eval.Functions() }

// Functions tells about the functions that the pipeline in a directory declares; none
// if its text cannot be read.
func (p *Project) Functions(dir string) []FunctionDoc {
	pipe, ds := lang.Load(p.view, dir)
	if ds.HasErrors() {
		return nil
	}
	return eval.FunctionsOf(pipe)
}
