package builtins

import (
	"errors"
	"fmt"

	"github.com/zclconf/go-cty/cty"
)

// syntaxFuncs are read from the syntax by eval. Called as functions they are
// always in the wrong place, and say so.
func syntaxFuncs() []Func {
	wrongPlace := func(detail string) call {
		return func([]cty.Value) (cty.Value, error) { return cty.DynamicVal, errors.New(detail) }
	}
	collect := func(args []cty.Value) (cty.Value, error) {
		if len(args) > 2 { // in its place, but eval knows no such call
			return cty.DynamicVal, fmt.Errorf("a list of paths and a directory are all that it takes, not %d arguments: write collect([a, b, …])", len(args))
		}
		return cty.DynamicVal, errors.New("collect can only be in a stage's inputs, or in a local that is: inputs = { parts = collect(…) }; its list is one argument, not expanded with …")
	}
	value := orNull(anything("value"))
	return []Func{
		{Name: "raw", Doc: "Puts a text into a script as it is, without quoting it. It must be the whole of an interpolation.", Example: `raw("| sort")`,
			Impl: moving(takes(value), wrongPlace("raw can only be the whole of an interpolation in a script: \"… ${raw(x)} …\""))},
		{Name: "collect", Doc: "Puts many files and artifacts into one directory, which is an entry of a stage's inputs: inputs = { parts = collect(stage.map[*].outputs.part) }. Their names in it are their paths, or, with a directory as second argument, their paths in that; an object gives them names of its own.", Example: `collect(["parts/a", "parts/b"], "parts")`,
			Impl: moving(takes(value).then(text("directory")), collect)},
		{Name: "argfile", Doc: "Writes texts into a file of the input root, one a line, and returns its path: for programs that read long lists of arguments from a file. Paths among them are dependencies; a collected directory stands for the paths of what is in it.", Example: `argfile(["a", "b"])`,
			Impl: moving(takes(value), wrongPlace("argfile can only be in a stage's command, env or inputs, or in a local that is"))},
		{Name: "override", Doc: "Gives a param another value in the file that a stage's params attribute writes.", Example: `override(1, 2)`,
			Impl: moving(takes(value, value), wrongPlace("override can only be an element of a stage's params: params = [override(param.train.C, each.C)]"))},
	}
}
