package graph

// Encode returns g as bytes, for Decode of the same build of dewar.
func Encode(g *Graph) []byte { panic("unwritten") }

// Decode reads what Encode wrote. Its strings share one copy of b. On other
// bytes it fails; it never panics and allocates in proportion to b.
func Decode(b []byte) (*Graph, error) { panic("unwritten") }
