package lang

// Format returns src in canonical style. It changes nothing but spaces: the
// result has the same syntax tree, and formatting it again changes nothing.
// Blocks that cannot be formatted safely are left as they are. The error, if
// src does not parse, is a *diag.Failure whose spans name no file; see Syntax.
func Format(src []byte) ([]byte, error) { panic("lang.Format: unwritten") }
