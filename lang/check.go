package lang

import "github.com/dewar-build/dewar/diag"

// Check finds what is wrong with p without evaluating anything: references
// and calls to what does not exist, or does not exist yet where they stand, and
// circles. functions holds the names of the functions there are.
//
// When it finds no errors, evaluating declarations on demand ends: no chain
// of references leads back to its beginning.
func Check(p *Pipeline, functions map[string]bool) diag.List { panic("lang.Check: unwritten") }
