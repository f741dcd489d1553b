package dewar

import "github.com/dewar-build/dewar/graph"

// platform returns the properties of the Remote Execution API's lexicon for an
// operating system and an architecture in Go's words, sorted by name.
func platform(goos, goarch string) []graph.Var {
	family := map[string]string{"darwin": "macos"}[goos]
	if family == "" {
		family = goos
	}
	isa := map[string]string{"amd64": "x86-64", "arm64": "arm-a64"}[goarch]
	if isa == "" {
		isa = goarch
	}
	return []graph.Var{{Name: "ISA", Value: isa}, {Name: "OSFamily", Value: family}}
}
