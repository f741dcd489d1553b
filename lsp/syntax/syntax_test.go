package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outline writes what was understood, a line a block or attribute.
func outline(f *File) string {
	var b strings.Builder
	var write func(list []*Block, indent string)
	write = func(list []*Block, indent string) {
		for _, x := range list {
			fmt.Fprintf(&b, "%s%s %s\n", indent, x.Kind, x.Label)
			for _, a := range x.Attrs {
				fmt.Fprintf(&b, "%s  %s = %s\n", indent, a.Name, strings.Join(strings.Fields(f.Of(a.Value)), " "))
			}
			write(x.Blocks, indent+"  ")
		}
	}
	write(f.Blocks, "")
	return strings.TrimSpace(b.String())
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"sound", "stage \"a\" {\n  inputs = { x = \"y\" }\n  assert {\n    error = \"e\"\n  }\n}\n", "stage a\n  inputs = { x = \"y\" }\n  assert \n    error = \"e\""},
		{"not indented", "stage \"a\" {\ninputs = {\nx = \"y\"\n}\n}\nparam \"b\" {\n}\n", "stage a\n  inputs = { x = \"y\" }\nparam b"},
		{"an object is open", "stage \"a\" {\n  inputs = { x = \n  outputs = { y = \"z\" }\n}\nparam \"b\" {\n}\n", "stage a\n  inputs = { x =\n  outputs = { y = \"z\" }\nparam b"},
		{"a block is open", "stage \"a\" {\n  inputs = {}\n\nparam \"b\" {\n  type = int\n}\n", "stage a\n  inputs = {}\nparam b\n  type = int"},
		{"a string is open", "stage \"a\" {\n  image = \"x\n  shell = [\"b\n}\nparam \"b\" {\n}\n", "stage a\n  image = \"x\n  shell = [\"b\nparam b"},
		{"a template is open", "stage \"a\" {\n  image = \"${param.\n  when = true\n}\nparam \"b\" {\n}\n", "stage a\n  image = \"${param.\n  when = true\nparam b"},
		{"a call in a template is open", "stage \"a\" {\n  image = \"${join(\",\", [\n  when = true\n}\n", "stage a\n  image = \"${join(\",\", [\n  when = true"},
		{"a heredoc is open", "stage \"a\" {\n  command = <<EOT\n  when = true\n}\nparam \"b\" {\n}\n", "stage a\n  command = <<EOT\n  when = true\nparam b"},
		{"brackets too many", "stage \"a\" {\n  when = true)\n  x = [1]]\n}\n}\nparam \"b\" {\n}\n", "stage a\n  when = true)\n  x = [1]]\nparam b"},
		{"half a word", "stage \"a\" {\n  inp\n  when = true\n}\nsta\n", "stage a\n  when = true"},
		{"a label is open", "stage \"a {\n  when = true\n}\nparam \"b\" {\n}\n", "param b"},
		{"heredoc", "stage \"a\" {\n  command = <<-EOT\n    a } ${ {a = 1}[\"b\"]\n    } ${x}\n    EOT\n  when = true\n}\n", "stage a\n  command = <<-EOT a } ${ {a = 1}[\"b\"] } ${x} EOT\n  when = true"},
		{"CRLF", "stage \"a\" {\r\n  when = true\r\n  command = <<EOT\r\nx\r\nEOT\r\n}\r\nparam \"b\" {\r\n}\r\n", "stage a\n  when = true\n  command = <<EOT x EOT\nparam b"},
		{"escapes", `stage "a" {` + "\n" + `  x = "\"} $${ %%{ \\"` + "\n}\nparam \"b\" {}\n", "stage a\n  x = \"\\\"} $${ %%{ \\\\\"\nparam b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, outline(Parse(c.text))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	text := `stage "a" {
  for_each = [for p in grid({ C = [param.x.y, 1] }) : p if p.C > local.z]
  inputs   = { data = data.raw, "n" = stage.b[*].outputs.m, o = stage["c"].outputs["d"] }
  command  = "run ${join(",", param.list)} %{if each.C}x%{endif} $${not.one}"
  when     = param.a ? local.b : data.c
  key      = stage.e[0].outputs.x
  native   = [for x in inputs.l : "%{for x, y in inputs.x ~}${x ? [for y in y : y.n] : z}%{endfor}${x}${y.a}"]
}
`
	f := Parse(text)
	var got []string
	for i := range f.Refs {
		r := &f.Refs[i]
		var names []string
		for _, p := range r.Parts {
			names = append(names, p.Name)
			if f.Of(p.At) != p.Name {
				t.Errorf("%s stands at %q", p.Name, f.Of(p.At))
			}
		}
		s := strings.Join(names, ".")
		if r.Splat > 0 {
			s += fmt.Sprintf(" splat %d", r.Splat)
		}
		got = append(got, s)
	}
	want := []string{"param.x.y", "local.z", "data.raw", "stage.b.outputs.m splat 2", "stage.c.outputs.d", "param.list", "each.C", "param.a", "local.b", "data.c", "stage.e", "inputs.l", "inputs.x", "z", "y.a"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var calls []string
	for _, c := range f.Calls {
		calls = append(calls, c.Name)
	}
	if diff := cmp.Diff([]string{"grid", "join"}, calls); diff != "" {
		t.Error(diff)
	}
}

// A text that is typed letter by letter is always read, its tokens are in order and
// what is open is closed.
func TestParse_everyPrefix(t *testing.T) {
	text := "stage \"é\" {\n  inputs = { x = \"a${param.b[\"c\"]}\" }\n  command = <<-EOT\n    ${join(\",\", [1, 2])} %{if x}\n    EOT\n}\n/* c */ locals {\n  a = (1 + 2)\n}\n"
	for n := range len(text) + 1 {
		f := Parse(text[:n])
		last, depth := 0, 0
		for _, k := range f.Tokens {
			if k.Start < last || k.End < k.Start || k.End > n {
				t.Fatalf("%q: token %+v after %d", text[:n], k, last)
			}
			last = k.End
			switch {
			case k.Kind == Open, k.Kind == Heredoc, k.Kind == Quote && k.Char == '"', k.Kind == Sign && strings.IndexByte("([{", k.Char) >= 0:
				depth++
			case k.Kind == Close, k.Kind == HeredocEnd, k.Kind == Quote, k.Kind == Sign && strings.IndexByte(")]}", k.Char) >= 0:
				depth--
			}
		}
		if depth != 0 {
			t.Fatalf("%q: %d brackets stay open", text[:n], depth)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("\"b \"  %{=a=[(\"  b .") // a bracket that closes no block
	f.Add("stage \"a\" {\n  x = \"${b[\"c\"]}\"\n  y = <<E\n${\nE\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		x := Parse(text)
		for i := range x.Refs {
			_ = x.Refs[i].Span()
		}
		for _, b := range x.Blocks {
			for i := range b.Attrs {
				x.Frames(&b.Attrs[i], b.Attrs[i].Value.End)
				x.Entries(b.Attrs[i].First, b.Attrs[i].Last)
			}
			x.Around(b.Body.End)
		}
	})
}
