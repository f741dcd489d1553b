package graph

import "github.com/dewar-build/dewar/diag"

// Validate says what about g as a whole cannot work: outputs that collide or
// lie inside one another, plain paths that are outputs, cycles. g need not be
// executable for it; inputs are not looked at.
func Validate(g *Graph) diag.List { panic("unwritten") }
