package lang

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
)

// Ref is one reference in an expression: `root.name.rest`. Loop variables of
// `for` are no references.
type Ref struct {
	Root    string        // "param", "local", "data", "stage", "toolchain", "each", "inputs", ...: whatever stands first
	Name    string        // what follows it; "" if nothing does, or it is not a fixed name
	Indexed bool          // the name was written as root["name"], root[0] or root[expression]
	Rest    hcl.Traversal // what follows the name, up to a splat or an index that is not fixed
	Span    diag.Span     // of root.name and the rest
}

// Call is one function call in an expression.
type Call struct {
	Name string
	Span diag.Span // of the name
}

// Refs returns the references in expr, in source order.
func Refs(expr hcl.Expression) []Ref { panic("lang.Refs: unwritten") }

// Calls returns the function calls in expr, in source order.
func Calls(expr hcl.Expression) []Call { panic("lang.Calls: unwritten") }
