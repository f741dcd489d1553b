package lang

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
)

// Syntax returns what is wrong with the syntax of src.
func Syntax(name string, src []byte) diag.List { panic("lang.Syntax: unwritten") }

// ParseExpression parses src, from a command line or a config value, as one
// expression. name is the synthetic file name that spans carry: "<-p train.C>".
func ParseExpression(name string, src []byte) (hcl.Expression, diag.List) {
	panic("lang.ParseExpression: unwritten")
}

// FromHCL turns the parser's and the evaluator's diagnostics into ours, under
// the given code. The text that hcl wrote goes into the detail.
func FromHCL(code string, ds hcl.Diagnostics) diag.List { panic("lang.FromHCL: unwritten") }
