package builtins

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
)

// syntaxFuncs are read from the syntax by eval. Called as functions they are
// always in the wrong place, and say so.
func syntaxFuncs() []Func {
	wrongPlace := func(detail string) call {
		return func([]cty.Value) (cty.Value, error) { return cty.DynamicVal, errors.New(detail) }
	}
	value := orNull(anything("value"))
	return []Func{
		{Name: "raw", Doc: "Puts a text into a script as it is, without quoting it. It must be the whole of an interpolation.", Example: `raw("| sort")`,
			Impl: moving(takes(value), wrongPlace("raw can only be the whole of an interpolation in a script: \"… ${raw(x)} …\""))},
		{Name: "override", Doc: "Gives a param another value in the file that a stage's params attribute writes.", Example: `override(1, 2)`,
			Impl: moving(takes(value, value), wrongPlace("override can only be an element of a stage's params: params = [override(param.train.C, each.C)]"))},
	}
}
