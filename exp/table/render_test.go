package table_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/exp/table"
	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		name string
		o    table.Options
		want string
	}{
		{"unicode", table.Options{Unicode: true}, `
                       metrics                       params
Experiment     State   test_accuracy  loss     loss  depth  seed  kind
─────────────────────  ────────────────────────────  ───────────────────
workspace      -                0.91  0.3    12.5        3     1  forest
main           -                0.91  0.3    12.5        3     1  forest
├─ puffy-daks  done             0.89  0.25    9.125      5     1  forest
├─ early-owl   done             0.93  1e-7  100          5     2  forest
├─ lost-cat    failed           -     -       !          4     1  forest
└─ slow-ox     done             0.9    nan    0.5        4     2  forest
`},
		{"wide enough", table.Options{Width: 72}, `
                       metrics                       params
Experiment     State   test_accuracy  loss     loss  depth  seed  kind
---------------------  ----------------------------  -------------------
workspace      -                0.91  0.3    12.5        3     1  forest
main           -                0.91  0.3    12.5        3     1  forest
|- puffy-daks  done             0.89  0.25    9.125      5     1  forest
|- early-owl   done             0.93  1e-7  100          5     2  forest
|- lost-cat    failed           -     -       !          4     1  forest
` + "`- slow-ox     done             0.9    nan    0.5        4     2  forest\n"},
		{"shorter titles", table.Options{Width: 71, Unicode: true}, `
                       metrics                      params
Experiment     State   test_accura…  loss     loss  depth  seed  kind
─────────────────────  ───────────────────────────  ───────────────────
workspace      -               0.91  0.3    12.5        3     1  forest
main           -               0.91  0.3    12.5        3     1  forest
├─ puffy-daks  done            0.89  0.25    9.125      5     1  forest
├─ early-owl   done            0.93  1e-7  100          5     2  forest
├─ lost-cat    failed          -     -       !          4     1  forest
└─ slow-ox     done            0.9    nan    0.5        4     2  forest
`},
		{"without what is the same", table.Options{Width: 70, Unicode: true}, `
                       metrics                       params
Experiment     State   test_accuracy  loss     loss  depth  seed
─────────────────────  ────────────────────────────  ───────────
workspace      -                0.91  0.3    12.5        3     1
main           -                0.91  0.3    12.5        3     1
├─ puffy-daks  done             0.89  0.25    9.125      5     1
├─ early-owl   done             0.93  1e-7  100          5     2
├─ lost-cat    failed           -     -       !          4     1
└─ slow-ox     done             0.9    nan    0.5        4     2
… 1 more column; --csv or --only-changed shows it
`},
		{"metrics last", table.Options{Width: 36, Unicode: true}, `
               metrics
Experiment     test_accuracy  loss
─────────────  ───────────────────
workspace               0.91  0.3
main                    0.91  0.3
├─ puffy-daks           0.89  0.25
├─ early-owl            0.93  1e-7
├─ lost-cat             -     -
└─ slow-ox              0.9    nan
… 5 more columns; --csv or --only-changed shows them
`},
		{"narrow", table.Options{Width: 8, Unicode: true}, `
Experim…
────────
workspa…
main
├─ puff…
├─ earl…
├─ lost…
└─ slow…
… 7 more columns; --csv or --only-changed shows them
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, text(t, sample(), c.o)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestText_color(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "e", Header: "e"}, {Group: "metrics", Name: "x", Header: "x", Numeric: true}},
		Rows:    rows("baseline 0 main 1.5", "experiment 1 a !", "experiment 1 b -", "experiment 1 c 2"),
	}
	s.Rows[0].Dim = true
	s.Rows[3].Cells[1].Tone = 1
	want := "\n" +
		"      \x1b[2mmetrics\x1b[0m\n" +
		"\x1b[1me\x1b[0m           \x1b[1mx\x1b[0m\n" +
		"\x1b[2m────\x1b[0m  \x1b[2m───────\x1b[0m\n" +
		"\x1b[2mmain\x1b[0m      \x1b[2m1.5\x1b[0m\n" +
		"├─ a      \x1b[31m!\x1b[0m\n" +
		"├─ b      \x1b[2m-\x1b[0m\n" +
		"└─ c      \x1b[32m2\x1b[0m\n"
	if diff := cmp.Diff(want, text(t, s, table.Options{Color: true, Unicode: true})); diff != "" {
		t.Error(diff)
	}
}

// What is in a table comes from files that anybody may have written.
func TestText_hostile(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "a", Header: "a\x1b[2J"}, {Name: "b", Header: "名前"}, {Name: "c", Header: "c"}},
		Rows: []table.Row{
			{Cells: []table.Cell{{Text: "\x1b]8;;http://x\x07link\x1b]8;;\x07\x1b[31m"}, {Text: "日本"}, {Text: "x"}}},
			{Cells: []table.Cell{{Text: "two\nlines\tand\r\x00\u202ebidi\u009b1m"}, {Text: "\xff\xfe"}, {Text: "é", Show: "e\u0301"}}},
			{Depth: -3},
			{Depth: 1 << 30, Cells: []table.Cell{{Text: "deep"}, {}, {}, {Text: "one too many"}}},
		},
	}
	want := `
a                                                                 名前  c
-------------------------------------------------------------------------
link                                                              日本  x
two lines andbidi1m                                               ` + "\ufffd     e\u0301" + `
-                                                                 -     -
` + strings.Repeat(" ", 57) + "`- deep\n"
	if diff := cmp.Diff(want, text(t, s, table.Options{})); diff != "" {
		t.Error(diff)
	}
}

func TestText_long(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "e", Header: "e"}, {Name: "a.very.long.dotted.name", Header: "a.very.long.dotted.name"}, {Name: "note", Header: "note"}},
		Rows:    rows("experiment 0 a-very-long-name-of-an-experiment-that-somebody-gave 1 some-very-long-text-that-says-little", "experiment 0 b 2 short"),
	}
	want := `
e                                         …dotted.name  note
──────────────────────────────────────────────────────────────────────────────
a-very-long-name-of-an-experiment-that-…  1             some-very-long-text-tha…
b                                         2             short
`
	want = strings.Replace(want, strings.Repeat("─", 78), strings.Repeat("─", 80), 1)
	got := text(t, s, table.Options{Width: 80, Unicode: true})
	for line := range strings.Lines(got) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 80 {
			t.Errorf("%d: %s", n, line)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Titles that are cut still say which column is which, if one has to go for that.
func TestText_alike(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "e", Header: "e"}, {Name: "a", Header: "first:wind.skill", Numeric: true}, {Name: "b", Header: "other:wind.skill", Numeric: true}, {Name: "c", Header: "a.longer.name.yet", Numeric: true}},
		Rows:    rows("experiment 0 one 0.5 0.25 1", "experiment 0 two 1.5 2.25 2"),
	}
	want := `
e    first:wind.skill  other:wind.skill
───────────────────────────────────────
one               0.5              0.25
two               1.5              2.25
… 1 more column; --csv or --only-changed shows it
`
	if diff := cmp.Diff(want, text(t, s, table.Options{Width: 46, Unicode: true})); diff != "" {
		t.Error(diff)
	}
}

func TestTextPlain(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "Path", Header: "Path"}, {Name: "Metric", Header: "Metric"}, {Name: "HEAD", Header: "HEAD", Numeric: true},
			{Name: "workspace", Header: "workspace", Numeric: true}, {Name: "Change", Header: "Change", Numeric: true}},
		Rows: rows("x 0 eval/metrics.json accuracy 1.23456789 3.45678912 2.22222123", "x 0 m.yaml foo 1 - -"),
	}
	s.Rows[0].Cells[2].Show, s.Rows[0].Cells[3].Show, s.Rows[0].Cells[4].Show = "1.23457", "3.45679", "2.22222"
	s.Rows[0].Cells[4].Tone = -1
	var b strings.Builder
	if err := s.TextPlain(&b, table.Options{Width: 20}); err != nil {
		t.Fatal(err)
	}
	want := `Path                 Metric      HEAD       workspace    Change
eval/metrics.json    accuracy    1.23457    3.45679      2.22222
m.yaml               foo         1          -            -
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	b.Reset()
	if err := s.TextPlain(&b, table.Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "3.45679      \x1b[31m2.22222\x1b[0m\n") {
		t.Errorf("%q", b.String())
	}
}

func TestMarkdown(t *testing.T) {
	s := sample().Highlight()
	s.Rows[2].Cells[7] = table.Cell{Text: "a|b\n*<i>&`\\[x]"}
	s.Rows = append(s.Rows[:3], s.Rows[4])
	s.Rows[0].Cells[2].Tone = 1
	var b strings.Builder
	if err := s.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	want := `| Experiment | State | test_accuracy | evaluate.scores:loss | train.log:loss | depth | seed | kind |
| --- | --- | --: | --: | --: | --: | --: | --- |
| workspace | - | **0.91** | 0.3 | 12.5 | 3 | 1 | forest |
| main | - | 0.91 | 0.3 | 12.5 | 3 | 1 | forest |
| ├─ puffy-daks | done | 0.89 | 0.25 | 9.125 | 5 | 1 | a\|b \*&lt;i>&amp;` + "\\`" + `\\\[x] |
| └─ lost-cat | failed | - | - | ! | 4 | 1 | forest |
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestCSV(t *testing.T) {
	s := sample()
	s.Rows[2].Cells[2].Show = "0.9 (rounded)"
	s.Rows[3].Cells[7] = table.Cell{Text: "a,\"b\"\n=c"}
	s.Rows[4].Cells = s.Rows[4].Cells[:6]
	var b bytes.Buffer
	if err := s.CSV(&b); err != nil {
		t.Fatal(err)
	}
	want := `Experiment,State,evaluate.scores:test_accuracy,evaluate.scores:loss,train.log:loss,model.depth,seed,kind
workspace,,0.91,0.3,12.5,3,1,forest
main,,0.91,0.3,12.5,3,1,forest
puffy-daks,done,0.89,0.25,9.125,5,1,forest
early-owl,done,0.93,1e-7,100,5,2,"a,""b""
=c"
lost-cat,failed,,,!,4,,
slow-ox,done,0.9,nan,0.5,4,2,forest
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	grouped, err := sample().GroupByAllBut("seed")
	if err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := grouped.CSV(&b); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"evaluate.scores:test_accuracy std", "", "", "0.028284271247461926", ""}, []string{records[0][4], records[1][4], records[2][4], records[3][4], records[4][4]}); diff != "" {
		t.Error(diff)
	}
}

func TestHTML(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "e", Header: "e"}, {Group: "metrics", Name: `x"<`, Header: "<x>", Numeric: true, Better: -1}, {Group: "metrics", Name: "y", Header: "y"}},
		Rows: []table.Row{
			{Kind: "baseline", Dim: true, Cells: []table.Cell{{Text: "<script>"}, {Text: "0.123456789", Show: "0.12", Number: 0.123456789, IsNumber: true, Tone: 1}, {Absent: true}}},
			{Kind: "experiment", Depth: 1, Cells: []table.Cell{{Text: "a\n\x00'b"}, {Error: true}, {Text: "…", Std: "0.5", Tone: -1}}},
		},
	}
	var b strings.Builder
	if err := s.HTML(&b); err != nil {
		t.Fatal(err)
	}
	want := `<table class="dewar">
<thead>
<tr class="groups"><th scope="colgroup" colspan="1"></th><th scope="colgroup" colspan="2">metrics</th></tr>
<tr><th scope="col" data-name="e">e</th><th scope="col" class="number" data-name="x&#34;&lt;" data-group="metrics" data-better="-1">&lt;x&gt;</th><th scope="col" data-name="y" data-group="metrics">y</th></tr>
</thead>
<tbody>
<tr class="dim" data-kind="baseline" data-depth="0"><td data-value="&lt;script&gt;">&lt;script&gt;</td><td class="number good" data-value="0.123456789" data-number="0.123456789">0.12</td><td class="absent">-</td></tr>
<tr data-kind="experiment" data-depth="1"><td data-value="a&#10;` + "\ufffd" + `&#39;b">a &#39;b</td><td class="number error">!</td><td class="bad" data-value="…" data-std="0.5">…</td></tr>
</tbody>
</table>
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	b.Reset()
	s.Columns = s.Columns[:1]
	if err := s.HTML(&b); err != nil || strings.Contains(b.String(), "groups") {
		t.Error(b.String(), err)
	}
}

// Nothing to draw is drawn as nothing, and nobody panics.
func TestEmpty(t *testing.T) {
	for _, s := range []*table.Table{{}, {Rows: []table.Row{{}}}, {Columns: []table.Column{{Name: "a", Header: "a"}}}} {
		for _, f := range renderings(s) {
			if err := f(io.Discard); err != nil {
				t.Error(err)
			}
		}
		grouped, err := s.OnlyChanged().Highlight().Top(1).GroupBy()
		if err != nil || len(grouped.Columns) != len(s.Columns)+1 {
			t.Error(grouped, err)
		}
	}
}

type full struct{}

var errFull = errors.New("no space")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	for i, f := range renderings(sample()) {
		if err := f(full{}); !errors.Is(err, errFull) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func renderings(s *table.Table) []func(io.Writer) error {
	return []func(io.Writer) error{
		func(w io.Writer) error { return s.Text(w, table.Options{Width: 20, Color: true}) },
		func(w io.Writer) error { return s.TextPlain(w, table.Options{}) },
		s.Markdown, s.CSV, s.HTML,
	}
}
