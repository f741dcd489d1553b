package lang

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// sound has one of each thing that can be written.
const sound = `a "b" {
  c = [for x in d.e[*].f : "g${x + 1}" if !x]
  h = { for k, v in i : k => v... }
  j = true ? (1.5) : k([2]...)
  l { m = { "n" = 3, o : 4 } }
  p = "%{ if q }r%{ else }s%{ endif }%{ for t in u }v%{ endfor }"
  w = <<-EOT
    x ${y[0]}
  EOT
}
`

// more is what stands in the way: what is put between any two words of sound.
var more = strings.Fields("= => == + ** ? ?? : :: , . ... ! & | ; ' ` @ $ “ \\ # // /* ( ) [ ] { } {{ \" \"\"\" ${ %{ %{if} %{else} %{endif} %{for} %{while} " +
	"<<EOT EOT if for in lambda not 0x1F 1_000 .5 1. 1.2.3 x \"x\" ns:: .0.1 .*.a.0.1 .*.*.a [* [1:2] \\u12 x(1...,2) \"x\"=1 \t")

// TestWordings: whatever is wrong in a text, it is said in our words, and of what we have words
// for nothing is idle.
func TestWordings(t *testing.T) {
	said := map[string]bool{}
	judge := func(src string, hds hcl.Diagnostics) {
		for _, hd := range hds {
			if d, _ := syntaxError([]byte(src), hd); d.Detail == hclText(hd) {
				t.Fatalf("%q is said as the parser does, of\n%s", hd.Summary+": "+hd.Detail, src)
			}
			if w, ok := worded(hd.Summary, hd.Detail); ok {
				said[w.summary+w.detail] = true
			}
		}
	}
	try := func(src string) {
		_, hds := hclsyntax.ParseConfig([]byte(src), "pipeline.hcl", hcl.InitialPos)
		judge(src, hds)
	}
	tokens, _ := hclsyntax.LexConfig([]byte(sound), "sound", hcl.InitialPos)
	for _, token := range tokens {
		from, to := token.Range.Start.Byte, token.Range.End.Byte
		try(sound[:from])
		try(sound[:from] + sound[to:])
		for _, m := range more {
			try(sound[:from] + m + " " + sound[from:])
		}
	}
	for _, src := range []string{"", "a b", "a[", "(", "f(", "\"", "{ a = ", "[1,", "<<X"} { // of a command line
		_, hds := hclsyntax.ParseExpression([]byte(src), "<-p a>", hcl.InitialPos)
		judge(src, hds)
	}
	for _, w := range wordings {
		if !said[w.summary+w.detail] {
			t.Errorf("nothing leads to %q %q", w.summary, w.detail)
		}
	}
}
