package dewar

import (
	"strings"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/lang"
)

// FunctionDoc tells people about a function of the language.
type FunctionDoc = eval.FunctionDoc

// Functions tells about the functions of the language, in the order of families.
func Functions() []FunctionDoc { return eval.Functions() }

// NearestFunction returns the name of the function that word is most likely a misspelling of, or "".
func NearestFunction(all []FunctionDoc, word string) string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.Name
	}
	return nearest(strings.ToLower(word), names, 2)
}

// FunctionInstead says what to write in place of a function that other languages have, or "".
func FunctionInstead(name string) string { return eval.FunctionInstead(name) }

// Functions tells about the functions that the pipeline in a directory declares; none
// if its text cannot be read.
func (p *Project) Functions(dir string) []FunctionDoc {
	pipe, ds := lang.Load(p.view, dir)
	if ds.HasErrors() {
		return nil
	}
	return eval.FunctionsOf(pipe)
}
