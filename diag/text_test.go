package diag_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/diag"
)

// at is the span of the first occurrence of text in src.
func at(file, src, text string) diag.Span {
	i := strings.Index(src, text)
	return diag.Span{File: file, Start: posOf(src, i), End: posOf(src, i+len(text))}
}

func posOf(src string, i int) diag.Pos {
	begin := strings.LastIndexByte(src[:i], '\n') + 1
	return diag.Pos{Line: 1 + strings.Count(src[:i], "\n"), Column: 1 + len([]rune(src[begin:i])), Byte: i}
}

const source = "stage \"train\" {\n\tx = [\"日本\", bad]\n  y = one(\n    two)\n}\n"

func TestText(t *testing.T) {
	src := diag.SourceMap{"p.hcl": []byte(source)}
	long := strings.Repeat("a", 300) + "HERE" + strings.Repeat("b", 300)
	src["long.hcl"] = []byte(long)
	for _, c := range []struct {
		name string
		list diag.List
		opt  diag.TextOptions
		want string
	}{
		{"nothing", nil, diag.TextOptions{}, ""},
		{
			"everything",
			diag.List{{
				Code: "E-ref-unknown", Detail: "There is no stage \"trian\". Did you mean \"train\"?\n  kept   as it is\nEnd.",
				Span: at("p.hcl", source, "bad"), Subject: `stage "train"`,
				Notes:     []diag.Note{{Span: at("p.hcl", source, `"train"`), Text: "declared here"}, {Text: "no place"}},
				Values:    []diag.Value{{Name: "each.C", Text: "0.1"}},
				Instances: []string{"C=0.1", "C=1", "C=10", "C=100"}, Total: 500,
			}},
			diag.TextOptions{Width: 40},
			`Error[E-ref-unknown]: no such name
  on p.hcl line 2, in stage "train":
  2: 	x = ["日本", bad]
     	             ^^^
  There is no stage "trian". Did you
  mean "train"?
    kept   as it is
  End.
  each.C is 0.1
  in 4 of 500 points: C=0.1; C=1; C=10;
  and 1 more
  note: declared here, on p.hcl line 1:
  1: stage "train" {
           ^^^^^^^
  note: no place
`,
		},
		{
			"the first line of a longer span, and a warning",
			diag.List{{Severity: diag.Warning, Code: "W-x", Summary: "of its own", Span: at("p.hcl", source, "one(\n    two)")}},
			diag.TextOptions{},
			"Warning[W-x]: of its own\n  on p.hcl line 3:\n  3:   y = one(\n           ^^^^\n",
		},
		{
			"wide characters are underlined as wide as they are",
			diag.List{{Code: "E-x", Summary: "s", Span: at("p.hcl", source, "本")}},
			diag.TextOptions{},
			"Error[E-x]: s\n  on p.hcl line 2:\n  2: \tx = [\"日本\", bad]\n     \t        ^^\n",
		},
		{
			"a long line is cut down",
			diag.List{{Code: "E-x", Summary: "s", Span: at("long.hcl", long, "HERE")}},
			diag.TextOptions{},
			"Error[E-x]: s\n  on long.hcl line 1:\n  1: …" + strings.Repeat("a", 60) + "HERE" + strings.Repeat("b", 95) +
				"…\n" + strings.Repeat(" ", 66) + "^^^^\n",
		},
		{
			"a file that is not there, a line that is not there",
			diag.List{
				{Code: "E-x", Summary: "s", Span: diag.Span{File: "gone", Start: diag.Pos{Line: 3}}},
				{Code: "E-x", Summary: "s", Span: diag.Span{File: "p.hcl", Start: diag.Pos{Line: 300, Column: 9}}},
			},
			diag.TextOptions{},
			"Error[E-x]: s\n  on gone line 3:\n\nError[E-x]: s\n  on p.hcl line 300:\n",
		},
		{
			"a place by line and column only",
			diag.List{{Code: "E-x", Summary: "s", Span: diag.Span{File: "p.hcl", Start: diag.Pos{Line: 4, Column: 5}, End: diag.Pos{Line: 4, Column: 8}}}},
			diag.TextOptions{},
			"Error[E-x]: s\n  on p.hcl line 4:\n  4:     two)\n         ^^^\n",
		},
		{
			"control characters do not reach the terminal",
			diag.List{{Code: "E-x", Summary: "s", Detail: "\x1b[2Jboo", Subject: "a\nb"}},
			diag.TextOptions{},
			"Error[E-x]: s\n  in a\uFFFDb:\n  \uFFFD[2Jboo\n",
		},
		{
			"colours",
			diag.List{{Code: "E-x", Summary: "s", Span: at("p.hcl", source, "bad")}},
			diag.TextOptions{Color: true},
			"\x1b[1;31mError[E-x]\x1b[0m: \x1b[1ms\x1b[0m\n  on p.hcl line 2:\n  2: \tx = [\"日本\", bad]\n     \t             \x1b[1;31m^^^\x1b[0m\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, text(c.list, src, c.opt)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestText_limit(t *testing.T) {
	var l diag.List
	for i := range 30 {
		l = append(l, diag.Diagnostic{Severity: diag.Warning, Code: "W-x", Span: diag.Span{File: "a", Start: diag.Pos{Line: i + 1}}})
	}
	l = append(l, diag.Diagnostic{Code: "E-x", Span: diag.Span{File: "b", Start: diag.Pos{Line: 1}}})
	got := text(l, nil, diag.TextOptions{})
	if n := strings.Count(got, "Warning["); n != 19 {
		t.Errorf("%d warnings, want 19", n)
	}
	if !strings.Contains(got, "Error[E-x]") || !strings.HasSuffix(got, "\nand 11 more\n") {
		t.Errorf("the error was dropped, or the rest was not counted:\n%s", got)
	}
	if n := strings.Count(text(l, nil, diag.TextOptions{Limit: -1}), "["); n != 31 {
		t.Errorf("%d messages without a limit, want 31", n)
	}
}

func TestJSON(t *testing.T) {
	src := diag.SourceMap{"p.hcl": []byte(source)}
	l := diag.List{{Code: "E-name", Detail: "d", Span: at("p.hcl", source, "bad"), Notes: []diag.Note{{Text: "n"}}}}
	got, err := json.Marshal(diag.JSON(l, src))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"severity":"error","code":"E-name","summary":"not a valid name","detail":"d",` +
		`"range":{"file":"p.hcl","start":{"line":2,"column":13,"byte":32},"end":{"line":2,"column":16,"byte":35}},` +
		`"snippet":{"line":2,"text":"\tx = [\"日本\", bad]","start":16,"end":19},"notes":[{"text":"n"}]}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if b, _ := json.Marshal(diag.JSON(nil, nil)); string(b) != "[]" {
		t.Errorf("no diagnostics are %s", b)
	}
}

func text(l diag.List, src diag.Sources, opt diag.TextOptions) string {
	var b bytes.Buffer
	if err := diag.Text(&b, l, src, opt); err != nil {
		panic(err)
	}
	return b.String()
}

// FuzzText: no source and no span make rendering panic.
func FuzzText(f *testing.F) {
	f.Add([]byte(source), 1, 1, 0, 1, 5, 4)
	f.Add([]byte("\xff\t\r\n"), 2, -1, 99, 0, 0, -5)
	f.Fuzz(func(t *testing.T, src []byte, l1, c1, b1, l2, c2, b2 int) {
		d := diag.Diagnostic{Code: "E-x", Span: diag.Span{
			File: "f", Start: diag.Pos{Line: l1, Column: c1, Byte: b1}, End: diag.Pos{Line: l2, Column: c2, Byte: b2},
		}}
		text(diag.List{d}, diag.SourceMap{"f": src}, diag.TextOptions{Width: 20})
	})
}

func BenchmarkText100In2500KB(b *testing.B) {
	var src strings.Builder
	for i := 0; src.Len() < 2_500_000; i++ {
		fmt.Fprintf(&src, "  attribute_%d = [stage.other.outputs.model, \"some text\"]\n", i)
	}
	text := src.String()
	files := diag.SourceMap{"p.hcl": []byte(text)}
	lines := strings.SplitAfter(text, "\n")
	var l diag.List
	for i, byteAt := 0, 0; i < len(lines); i++ {
		if i%(len(lines)/100) == 0 {
			l = append(l, diag.Diagnostic{Code: "E-ref-unknown", Detail: "There is no such stage.", Span: diag.Span{
				File: "p.hcl", Start: diag.Pos{Line: i + 1, Column: 20, Byte: byteAt + 19}, End: diag.Pos{Line: i + 1, Column: 30, Byte: byteAt + 29},
			}})
		}
		byteAt += len(lines[i])
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := diag.Text(&bytes.Buffer{}, l, files, diag.TextOptions{Limit: -1}); err != nil {
			b.Fatal(err)
		}
	}
}

// once counts how often the text of a file is asked for.
type once struct {
	diag.SourceMap
	asked map[string]int
}

func (s once) Source(file string) ([]byte, bool) {
	s.asked[file]++
	return s.SourceMap.Source(file)
}

// Messages one at a time are those of the whole list, and a file is read once for all.
func TestMessages(t *testing.T) {
	src := once{diag.SourceMap{"p": []byte("a\r\nbc\r\n"), "q": []byte("d\n")}, map[string]int{}}
	at := func(file string, line, byte int) diag.Span {
		return diag.Span{File: file, Start: diag.Pos{Line: line, Column: 1, Byte: byte}, End: diag.Pos{Line: line, Column: 2, Byte: byte + 1}}
	}
	list := diag.List{
		{Code: "E-param-type", Span: at("p", 1, 0), Notes: []diag.Note{{Span: at("p", 2, 2), Text: "here"}}},
		{Code: "E-param-type", Span: at("p", 2, 2)},
		{Code: "E-param-type", Span: at("q", 1, 0)},
	}
	m := diag.NewMessages(src)
	var got []diag.Message
	for _, d := range list {
		got = append(got, m.Of(d))
		if diff := cmp.Diff(*got[len(got)-1].Range, m.Range(d.Span)); diff != "" {
			t.Error(diff)
		}
	}
	if text, ok := m.Source("p"); !ok || string(text) != "a\r\nbc\r\n" {
		t.Errorf("the text is %q", text)
	}
	if diff := cmp.Diff(map[string]int{"p": 1, "q": 1}, src.asked); diff != "" {
		t.Errorf("files were asked for (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(diag.JSON(list, src), got); diff != "" {
		t.Errorf("one at a time (-want +got):\n%s", diff)
	}
}
