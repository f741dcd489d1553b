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
var roots = []string{"param", "local", "data", "stage", "module", "toolchain", "each", "inputs", "outputs", "metrics", "plots"}

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
	case "assert":
		return inAssert(root)
	case "experiment":
		return "An experiment sets params, so nothing that is made of them can be used in it: its values are constants and functions of constants."
	case "module":
		return inModule(attr, root)
	case "output":
		if root == "toolchain" {
			return "A toolchain is no value that an output can have. Each pipeline declares its own."
		}
		return ""
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

// inAssert says why a root cannot stand in an assert block; "" means that it can.
func inAssert(root string) string {
	const sees = "An assert sees metrics, params, locals and the point: "
	switch root {
	case "param", "local", "each", "metrics":
		return ""
	case "inputs", "outputs", "plots":
		return sees + "of what the stage reads and makes, only the content of its metrics. Have the command write what is to be checked into one of them."
	case "stage":
		return sees + "what other stages make is no part of this result. Check it in an assert of theirs."
	}
	return sees + root + " is decided before anything runs. Check it with a conditional where it is used."
}
