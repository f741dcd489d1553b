package spec_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/lang"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty/function"
)

// A generated part of a document stands between `<!-- generated: NAME -->` and
// `<!-- end -->`; go test ./spec -update writes it.
var generated = regexp.MustCompile(`(?s)<!-- generated: (\w+) -->\n.*?<!-- end -->`)

func TestGenerated(t *testing.T) {
	parts := map[string]func() string{"functions": functions}
	for _, b := range lang.Schema() {
		if len(b.Attrs) > 0 || len(b.Blocks) > 0 {
			parts[b.Kind] = func() string { return attributes(b) }
		}
	}
	found := map[string]bool{}
	for _, name := range []string{"functions.md", "language.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got := generated.ReplaceAllFunc(text, func(part []byte) []byte {
			what := string(generated.FindSubmatch(part)[1])
			make, ok := parts[what]
			if !ok {
				t.Errorf("%s: nothing generates %q", name, what)
				return part
			}
			found[what] = true
			return fmt.Appendf(nil, "<!-- generated: %s -->\n%s<!-- end -->", what, make())
		})
		if bytes.Equal(text, got) {
			continue
		}
		if !*update {
			t.Errorf("%s is not up to date; go test ./spec -update writes it (-is +should be):\n%s", name, cmp.Diff(string(text), string(got)))
		} else if err := os.WriteFile(name, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for what := range parts {
		if !found[what] {
			t.Errorf("no document has the part %q", what)
		}
	}
}

// functions is the reference of the function table.
func functions() string {
	var b strings.Builder
	family := ""
	for _, f := range builtins.Table(builtins.Env{}) {
		if f.Family != family {
			family = f.Family
			fmt.Fprintf(&b, "\n## %s\n", strings.ToUpper(family[:1])+family[1:])
		}
		fmt.Fprintf(&b, "\n### %s\n\n`%s`\n\n%s\n", f.Name, signature(f), f.Doc)
		switch {
		case f.Example == "":
		case f.Want == "":
			fmt.Fprintf(&b, "\n`%s`\n", f.Example)
		default:
			fmt.Fprintf(&b, "\n`%s` is `%s`\n", f.Example, f.Want)
		}
	}
	b.WriteString("\n")
	return b.String()
}

// signature is the call with the names of its arguments.
func signature(f builtins.Func) string {
	var words []string
	for _, p := range f.Impl.Params() {
		words = append(words, p.Name)
	}
	if p := f.Impl.VarParam(); p != (*function.Parameter)(nil) {
		words = append(words, p.Name+"...")
	}
	return f.Name + "(" + strings.Join(words, ", ") + ")"
}

// attributes is a table of what a kind of block takes.
func attributes(b lang.BlockSpec) string {
	var s strings.Builder
	s.WriteString("| attribute | type | meaning |\n|---|---|---|\n")
	for _, a := range b.Attrs {
		doc := a.Doc
		if a.Required {
			doc += " Required."
		}
		if a.NotYet != "" {
			doc += " Not yet (`E-not-yet`)."
		}
		fmt.Fprintf(&s, "| `%s` | %s | %s |\n", a.Name, cell(a.Type), cell(doc))
	}
	for _, inner := range b.Blocks {
		fmt.Fprintf(&s, "\nBlock `%s`, any number of times: %s\n\n%s", inner.Kind, inner.Doc, attributes(inner))
	}
	return s.String()
}

// cell is text that does not end a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
