package lang

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func tooDeep(src []byte) int {
	at, _ := measure(src, len(src))
	return at
}

func TestTooDeep(t *testing.T) {
	for _, c := range []struct {
		name, unit, middle, end string
		deep                    bool
	}{
		{"parentheses", "(", "1", ")", true},
		{"tuples", "[", "1", "]", true},
		{"objects", "{a=", "1", "}", true},
		{"calls", "f(", "1", ")", true},
		{"templates", `"${`, "1", `}"`, true},
		{"closers in strings", `("))))"+`, "1", ")", true},
		{"closers in comments", "(/*)*/", "1", ")", true},
		{"not nested", "(1),", "1", "", false},
		{"openers in strings", `"(((((",`, "1", "", false},
	} {
		for _, n := range []int{90, 1000} {
			src := "x = [" + strings.Repeat(c.unit, n) + c.middle + strings.Repeat(c.end, n) + "]\n"
			want := c.deep && n > maxNesting
			if got := tooDeep([]byte(src)) >= 0; got != want {
				t.Errorf("%s, %d: too deep is %v", c.name, n, got)
			}
		}
	}
	for _, unit := range []string{"-", "!", "1+", "1 ? 1 : ", "[0]", "[*]", ".*", "%{if x}"} {
		src := "x = a" + strings.Repeat("\"", strings.Count(unit, "%")) + strings.Repeat(unit, 100_000) + "1\n"
		if tooDeep([]byte(src)) < 0 {
			t.Errorf("a hundred thousand %q are not too deep", unit)
		}
	}
	for src, want := range map[string]bool{
		"a = 1" + strings.Repeat("0", 10_000) + "\n":                        true,
		"a = 0." + strings.Repeat("0", 10_000) + "1\n":                      true,
		"a = \"" + strings.Repeat("0", 10_000) + "\"\n":                     false,
		"a = 1 # " + strings.Repeat("0", 10_000) + "\n":                     false,
		"a = [" + strings.Repeat(strings.Repeat("0", 99)+", ", 500) + "]\n": false,
	} {
		if got := tooDeep([]byte(src)) >= 0; got != want {
			t.Errorf("%.20s…: too long is %v", src, got)
		}
	}
	if src := strings.Repeat("a = f(1 + 2, [3])\nb { c = \"${x}\" }\n", 100_000); tooDeep([]byte(src)) >= 0 {
		t.Error("a long file is too deep")
	}
}

// FuzzTooDeep compares the scan with the nesting that the real lexer sees, and
// what is parsed in parts with the whole.
func FuzzTooDeep(f *testing.F) {
	f.Add([]byte("a = [[[[[\"${[{(1)}]}\"]]]]]\n"))
	f.Add([]byte("a = 1\nb {\n  c = <<E\n}\nE\n}\n\n# x\nd {}\n"))
	f.Add([]byte("a = <<-E\n  ${[(\"$${\")]} %{if x}%%{\n  E\nb = /* ( */ [ # [\n]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, hds := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
		if hds.HasErrors() {
			return // the two may differ in what they make of broken text
		}
		_, cuts := measure(src, 1)
		if parts := parseParts("", src, cuts); parts != nil && !sameTree(parts, file.Body.(*hclsyntax.Body)) {
			t.Fatalf("parsed in parts it is another tree: %v", cuts)
		}
		if real, got := lexDepth(src), scanDepth(src); real > got {
			t.Fatalf("the lexer nests %d deep, the scan sees %d", real, got)
		}
	})
}

func lexDepth(src []byte) int {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	depth, most := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOBrace, hclsyntax.TokenOQuote,
			hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			depth++
		case hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCBrace, hclsyntax.TokenCQuote,
			hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
			depth--
		}
		most = max(most, depth)
	}
	return most
}

func scanDepth(src []byte) int {
	s := scan{src: src, frames: make([]frame, 1)}
	most := 0
	for s.at < len(s.src) {
		s.advance()
		most = max(most, len(s.frames)-1)
	}
	return most
}

// TestParseParts: a text parsed in parts is the same tree, with the same places.
func TestParseParts(t *testing.T) {
	src := []byte(strings.Repeat("# é\nstage \"a\" {\n  command = <<-E\n    ${x}\n}\n  E\n  x = [\n1,\n]\n}\r\n/* {\n */ b { c = \"日本\" }\n\n", 20) + "z = 1")
	_, cuts := measure(src, 50)
	if len(cuts) < 20 {
		t.Fatalf("only %d cuts", len(cuts))
	}
	parts := parseParts("f", src, cuts)
	f, hds := hclsyntax.ParseConfig(src, "f", hcl.InitialPos)
	if parts == nil || hds.HasErrors() {
		t.Fatal(hds)
	}
	whole := f.Body.(*hclsyntax.Body)
	if !sameTree(parts, whole) {
		t.Error("the trees differ")
	}
	if a, b := places(parts), places(whole); !slices.Equal(a, b) {
		t.Errorf("the places differ:\n%v\n%v", a, b)
	}
	if parseParts("f", []byte("a = 1\na = 2\n"), []int{6}) != nil {
		t.Error("an attribute can be set in two parts")
	}
}

func places(b *hclsyntax.Body) []hcl.Range {
	var out []hcl.Range
	for _, x := range b.Blocks {
		hclsyntax.VisitAll(x, func(n hclsyntax.Node) hcl.Diagnostics {
			if _, ok := n.(hclsyntax.Attributes); !ok { // a map, visited in any order
				out = append(out, n.Range())
			}
			return nil
		})
	}
	slices.SortFunc(out, func(a, b hcl.Range) int { return cmp.Or(a.Start.Byte-b.Start.Byte, a.End.Byte-b.End.Byte) })
	return out
}
