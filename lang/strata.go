package lang

// A stage's attributes are evaluated in strata; each sees only what those
// before it said. The order is what makes a stage mean one thing: no
// attribute can be computed from something that it decides.

// stratum returns when an attribute of a stage is evaluated.
func stratum(attr string) int {
	switch attr {
	case "for_each":
		return 0
	case "key", "when":
		return 1
	case "inputs":
		return 2
	case "outputs", "metrics", "plots":
		return 3
	default:
		return 4
	}
}

// strata is the order in words.
const strata = "for_each; key and when; inputs; outputs, metrics and plots; the rest"

// roots are the names that references begin with, in the order of messages.
var roots = []string{"param", "local", "data", "stage", "toolchain", "each", "inputs", "outputs", "metrics", "plots"}

// visible says why a reference with this root cannot stand in an attribute of a
// kind of block; "" means that it can. Roots of stages are dealt with apart.
func visible(kind, attr, root string) string {
	switch kind {
	case "stage", "locals":
		return ""
	case "param":
		return "A param's " + attr + " is a constant: it is read before anything else."
	case "validation":
		if root == "param" || root == "local" {
			return ""
		}
		return "A validation sees params and locals only."
	case "pipeline":
		if root == "toolchain" && attr == "toolchains" {
			return ""
		}
	}
	if root == "param" || root == "local" {
		return ""
	}
	return "In a " + kind + " block, params and locals can be used, and nothing else."
}
