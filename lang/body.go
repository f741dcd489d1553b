package lang

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// ParseBody parses a file that is no pipeline but written in the same syntax:
// configuration. The body is nil if there are errors.
func ParseBody(name string, src []byte) (*hclsyntax.Body, diag.List) {
	return parse(name, diag.UnixLines(src))
}
