package builtins

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Functions of others, as their documentation lists them.
const (
	ofTerraform = `abs abspath alltrue anytrue base64decode base64encode base64gunzip base64gzip base64sha256 base64sha512
		basename bcrypt can ceil chomp chunklist cidrcontains cidrhost cidrnetmask cidrsubnet cidrsubnets coalesce
		coalescelist compact concat contains csvdecode dirname distinct element endswith ephemeralasnull file
		filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 filesha512 flatten
		floor format formatdate formatlist indent index issensitive join jsondecode jsonencode keys length list log
		lookup lower map matchkeys max md5 merge min nonsensitive one parseint pathexpand plantimestamp pow range regex
		regexall replace reverse rsadecrypt sensitive setintersection setproduct setsubtract setunion sha1 sha256
		sha512 signum slice sort split startswith strcontains strrev substr sum templatefile templatestring
		textdecodebase64 textencodebase64 timeadd timecmp timestamp title tobool tolist tomap tonumber toset tostring
		transpose trim trimprefix trimspace trimsuffix try type upper urldecode urlencode uuid uuidv5 values yamldecode
		yamlencode zipmap`

	// Those of classes and of the interpreter itself are left out: nobody wants them of a pipeline.
	ofPython = `abs all any ascii bin bool bytearray bytes callable chr compile complex delattr dict divmod enumerate
		eval exec filter float format frozenset getattr hasattr hash hex id input int isinstance issubclass iter len
		list locals map max memoryview min next object oct open ord pow print range repr reversed round set setattr
		slice sorted str sum super tuple type vars zip`

	ofSnakemake = "ancient directory expand glob_wildcards lookup multiext protected temp touch unpack"
)

func functionNames() []string {
	var names []string
	for _, f := range Table(Env{}) {
		names = append(names, f.Name)
	}
	return names
}

// TestInstead_sorted: names are looked for by halving, and what exists is not advised against.
func TestInstead_sorted(t *testing.T) {
	ours := functionNames()
	for i, x := range elsewhere {
		if i > 0 && elsewhere[i-1].name >= x.name {
			t.Errorf("%s stands before %s", elsewhere[i-1].name, x.name)
		}
		if slices.Contains(ours, x.name) {
			t.Errorf("%s is a function of the language", x.name)
		}
		if x.name != strings.ToLower(x.name) || !strings.HasSuffix(x.instead, ".") {
			t.Errorf("%s: %q", x.name, x.instead)
		}
	}
}

// TestInstead_exists: what is advised exists.
func TestInstead_exists(t *testing.T) {
	called := regexp.MustCompile(`([a-z][a-z0-9_]*)\(`)
	ours := functionNames()
	for _, x := range elsewhere {
		for _, m := range called.FindAllStringSubmatch(x.instead, -1) {
			if !slices.Contains(ours, m[1]) {
				t.Errorf("%s: %q calls %s, which is no function", x.name, x.instead, m[1])
			}
		}
	}
}

// TestInstead_complete: whoever comes from elsewhere finds the same function, or what to write.
func TestInstead_complete(t *testing.T) {
	ours := functionNames()
	for _, name := range strings.Fields(ofTerraform + " " + ofPython + " " + ofSnakemake) {
		if !slices.Contains(ours, name) && Instead(name) == "" {
			t.Errorf("nothing is said of %s", name)
		}
	}
}

func TestInstead(t *testing.T) {
	for name, want := range map[string]string{
		"sqrt":        "Write pow(x, 0.5).",
		"UUID":        noChance,
		"core::upper": "Functions have no namespaces: write upper.",
		"core::":      "",
		"core::len":   "Functions have no namespaces. Write length(x).",
		"loguniform":  "Values to try are logspace(-3, 1, 5), which are 0.001 to 10, or those of an experiment block.",
		"upper":       "",
		"nonsense":    "",
	} {
		if got := Instead(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
