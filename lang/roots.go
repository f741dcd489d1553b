package lang

// RootsIn returns the names that references can begin with in an attribute of a kind
// of block, in the order of messages. Of those of a stage, each is among them whether
// the stage has a for_each or not.
func RootsIn(kind, attr string) []string {
	if kind == "param" && attr == "type" {
		return nil
	}
	out := []string{}
	for _, root := range roots {
		if visible(kind, attr, root) == "" && ownRoot(kind, attr, root) {
			out = append(out, root)
		}
	}
	return out
}

// ownRoot reports whether a root that is a stage's own can stand in an attribute.
func ownRoot(kind, attr, root string) bool {
	switch root {
	case "each":
		return (kind == "stage" || kind == "module" || kind == "assert") && attr != "for_each"
	case "inputs", "outputs", "metrics", "plots":
		return kind == "assert" || kind == "stage" && stratum(root) < stratum(attr)
	}
	return true
}

// ValidName reports whether s may name a declaration.
func ValidName(s string) bool { return validName(s) && !reserved(s) }
