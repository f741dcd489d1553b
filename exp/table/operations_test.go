package table_test

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/exp/table"
	"github.com/google/go-cmp/cmp"
)

// first returns the first cells, one for every row; headers the full names.
func first(t *table.Table) string {
	var out []string
	for _, r := range t.Rows {
		out = append(out, r.Cells[0].Text)
	}
	return strings.Join(out, " ")
}

func names(t *table.Table) string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

// unchanged checks that an operation left the sample as it was.
func unchanged(t *testing.T, s *table.Table) {
	t.Helper()
	if diff := cmp.Diff(sample(), s); diff != "" {
		t.Error("the table itself was changed:", diff)
	}
}

func TestSelect(t *testing.T) {
	s := sample()
	for _, c := range []struct {
		name string
		got  *table.Table
		want string
	}{
		{"only changed", s.OnlyChanged(), "Experiment State evaluate.scores:test_accuracy evaluate.scores:loss train.log:loss model.depth seed"},
		{"but params", s.OnlyChanged("params"), names(s)},
		{"but one", s.OnlyChanged("kind"), names(s)},
		{"keep", s.Keep(regexp.MustCompile(`loss$|depth`)), "Experiment State evaluate.scores:loss train.log:loss model.depth"},
		{"drop", s.Drop(regexp.MustCompile(`^S|^E|:loss`)), "Experiment evaluate.scores:test_accuracy model.depth seed kind"},
	} {
		if got := names(c.got); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		for _, r := range c.got.Rows {
			if len(r.Cells) != len(c.got.Columns) {
				t.Errorf("%s: %d cells of %d", c.name, len(r.Cells), len(c.got.Columns))
			}
		}
	}
	unchanged(t, s)
}

func TestOnlyChanged_absent(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "a"}, {Group: "metrics", Name: "some"}, {Group: "metrics", Name: "none"}, {Group: "params", Name: "broken"}, {Group: "deps", Name: "same"}},
		Rows:    rows("experiment 0 x 1 - 1 z", "experiment 0 y - - ! z", "experiment 0 z 1"),
	}
	if got, want := names(s.OnlyChanged()), "a broken same"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestOnlyChanged_groups: the mean of equal values is one of them, and that of different ones
// is no equal value.
func TestOnlyChanged_groups(t *testing.T) {
	big := func(text string) table.Cell {
		c := num(text)
		c.Show = text
		return c
	}
	s := &table.Table{
		Columns: []table.Column{
			{Name: "a"}, {Group: table.Metrics, Name: "equal", Numeric: true}, {Group: table.Metrics, Name: "differs", Numeric: true}, {Group: table.Params, Name: "seed"},
		},
	}
	for _, r := range rows("workspace 0 w", "experiment 0 x", "experiment 0 y") {
		n := strconv.Itoa(len(s.Rows) % 2)
		r.Cells = append(r.Cells, big("123456789012"), num("1."+n), num(n))
		s.Rows = append(s.Rows, r)
	}
	grouped, err := s.GroupByAllBut("seed")
	if err != nil {
		t.Fatal(err)
	}
	if c := grouped.Rows[1].Cells[2]; c.Text != "123456789012" || c.Show != "123456789012 ± 0" {
		t.Errorf("%q, shown as %q", c.Text, c.Show)
	}
	if got, want := names(grouped.OnlyChanged()), "a n differs seed"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	grouped.Rows = grouped.Rows[1:]
	if got, want := names(grouped.OnlyChanged()), "a n differs"; got != want {
		t.Errorf("the group alone: %s, want %s", got, want)
	}
}

// TestGroupBy_apart: what failed is not among those whose mean is shown.
func TestGroupBy_apart(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "a"}, {Name: "State", Apart: true}, {Group: table.Metrics, Name: "m", Numeric: true}, {Group: table.Params, Name: "seed"}},
		Rows:    rows("experiment 0 x done 1 1", "experiment 0 y failed - 2", "experiment 0 z done 3 3"),
	}
	grouped, err := s.GroupByAllBut("seed")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range grouped.Rows {
		got = append(got, r.Cells[1].Text+" "+r.Cells[2].Text+" "+r.Cells[3].Text)
	}
	if diff := cmp.Diff([]string{"2 done 2", "1 failed "}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFind(t *testing.T) {
	s := sample()
	s.Columns = append(s.Columns, table.Column{Group: "params", Name: "loss", Header: "other"})
	for name, want := range map[string]string{
		"evaluate.scores:loss": "evaluate.scores:loss", "test_accuracy": "evaluate.scores:test_accuracy", "depth": "model.depth", "scores:test_accuracy": "evaluate.scores:test_accuracy",
		"loss": "loss", "log:loss": "train.log:loss", "experiment": "Experiment", "other": "loss", "DEPTH": "model.depth",
	} {
		if i, err := s.Find(name); err != nil || s.Columns[i].Name != want {
			t.Errorf("Find(%s) = %d, %v, want %s", name, i, err, want)
		}
	}
	s = sample()
	for name, want := range map[string]string{
		"loss":          `The name "loss" is of several columns: evaluate.scores:loss, train.log:loss.`,
		"test_acuracy":  `There is no column "test_acuracy"; did you mean "evaluate.scores:test_accuracy"?`,
		"accuracy":      `There is no column "accuracy"; there are Experiment, State, evaluate.scores:test_accuracy, evaluate.scores:loss, train.log:loss, model.depth, seed, kind.`,
		"":              `There is no column ""; there are Experiment, State, evaluate.scores:test_accuracy, evaluate.scores:loss, train.log:loss, model.depth, seed, kind.`,
		"Model.dept":    `There is no column "Model.dept"; did you mean "model.depth"?`,
		"completely no": `There is no column "completely no"; there are Experiment, State, evaluate.scores:test_accuracy, evaluate.scores:loss, train.log:loss, model.depth, seed, kind.`,
	} {
		_, err := s.Find(name)
		var ce *table.ColumnError
		if !errors.As(err, &ce) || ce.Name != name {
			t.Fatalf("Find(%q): %v", name, err)
		}
		if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := (&table.Table{}).Find("x"); err == nil || err.Error() != `There is no column "x", nor any other.` {
		t.Error(err)
	}
	for range 9 {
		s.Columns = append(s.Columns, table.Column{Name: "more"})
	}
	if _, err := s.Find("zzzzzzzz"); err == nil || !strings.HasSuffix(err.Error(), "seed, kind and 9 more.") {
		t.Error(err)
	}
}

func TestSortBy(t *testing.T) {
	s := sample()
	for _, c := range []struct {
		column     string
		descending bool
		want       string
	}{
		{"test_accuracy", false, "workspace main puffy-daks slow-ox early-owl lost-cat"},
		{"test_accuracy", true, "workspace main early-owl slow-ox puffy-daks lost-cat"},
		{"scores:loss", false, "workspace main early-owl puffy-daks slow-ox lost-cat"}, // a number, a text, nothing
		{"scores:loss", true, "workspace main puffy-daks early-owl slow-ox lost-cat"},
		{"log:loss", false, "workspace main slow-ox puffy-daks early-owl lost-cat"}, // an error is last
		{"depth", false, "workspace main lost-cat slow-ox puffy-daks early-owl"},    // equal ones in their order
		{"depth", true, "workspace main puffy-daks early-owl lost-cat slow-ox"},
		{"State", false, "workspace main puffy-daks early-owl slow-ox lost-cat"},
		{"Experiment", true, "workspace main slow-ox puffy-daks lost-cat early-owl"},
	} {
		got, err := s.SortBy(c.column, c.descending)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, first(got)); diff != "" {
			t.Error(c.column, c.descending, diff)
		}
	}
	if _, err := s.SortBy("loss", false); err == nil {
		t.Error("no error")
	}
	unchanged(t, s)
}

// Each baseline has its own experiments below it.
func TestSections(t *testing.T) {
	s := &table.Table{
		Columns: []table.Column{{Name: "Experiment"}, {Name: "x", Numeric: true, Group: "metrics"}},
		Rows: rows("workspace 0 ws 9", "baseline 0 main 5", "experiment 1 a 1", "queued 1 q -", "experiment 1 b 2", "experiment 1 c 3",
			"baseline 0 v1 5", "baseline 0 v2 5", "experiment 1 d 1", "experiment 1 e 2"),
	}
	sorted, err := s.SortBy("x", true)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := first(sorted), "ws main q c b a v1 v2 e d"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := first(sorted.Top(1)), "ws main q c v1 v2 e"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := first(sorted.Top(-1)), "ws main q v1 v2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	unsectioned := &table.Table{Columns: s.Columns, Rows: rows("experiment 0 a 1", "experiment 0 b 2", "baseline 0 main 0", "experiment 0 c 1", "experiment 0 d 2")}
	sorted, err = unsectioned.SortBy("x", true)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := first(sorted), "b a main d c"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFilter(t *testing.T) {
	s := sample()
	got, err := s.Filter(func(r table.Row) (bool, error) {
		return r.Kind != table.Experiment || r.Cells[2].Number >= 0.9, nil
	})
	if err != nil || first(got) != "workspace main early-owl slow-ox" {
		t.Errorf("%s, %v", first(got), err)
	}
	failed := errors.New("no")
	if _, err := s.Filter(func(table.Row) (bool, error) { return false, failed }); !errors.Is(err, failed) {
		t.Error(err)
	}
	unchanged(t, s)
}

func TestHighlight(t *testing.T) {
	s := sample()
	s.Columns[4].Better = 0
	var marked []string
	for _, r := range s.Highlight().Rows {
		for i, c := range r.Cells {
			if c.Tone != 0 {
				marked = append(marked, r.Cells[0].Text+" "+s.Columns[i].Name)
			}
		}
	}
	if diff := cmp.Diff([]string{"early-owl evaluate.scores:test_accuracy", "early-owl evaluate.scores:loss"}, marked); diff != "" {
		t.Error(diff)
	}
	s = sample()
	s.Highlight()
	unchanged(t, s)
	s.Rows = s.Rows[:2] // equally good
	for _, r := range s.Highlight().Rows {
		for _, c := range r.Cells {
			if c.Tone != 0 {
				t.Errorf("%+v", c)
			}
		}
	}
}

func TestGroupBy(t *testing.T) {
	s := sample()
	got, err := s.GroupBy("depth")
	if err != nil {
		t.Fatal(err)
	}
	want := `
                      metrics                              params
Experiment  n  State  test_accuracy         loss     loss  depth  seed  kind
────────────────────  ───────────────────────────────────  ───────────────────
workspace   -  -      0.91           0.3          12.5         3     1  forest
main        -  -      0.91           0.3          12.5         3     1  forest
├─ …        2  done   0.910 ± 0.028  0.13 ± 0.18  55 ± 64      5     …  forest
└─ …        2  …      0.9            …             0.5         4     …  forest
`
	if diff := cmp.Diff(want, text(t, got, table.Options{Unicode: true})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(table.Cell{Text: "0.91", Std: "0.028284271247461926", Show: "0.910 ± 0.028", Number: 0.91, IsNumber: true}, got.Rows[2].Cells[3]); diff != "" {
		t.Error(diff)
	}
	same, err := s.GroupByAllBut("seed")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, same); diff != "" {
		t.Error(diff)
	}
	all, err := s.GroupByAllBut()
	if err != nil || first(all) != first(s) {
		t.Error(first(all), err)
	}
	for _, by := range []func(...string) (*table.Table, error){s.GroupBy, s.GroupByAllBut} {
		var ce *table.ColumnError
		if _, err := by("depth", "loss"); !errors.As(err, &ce) || !ce.Ambiguous {
			t.Error(err)
		}
	}
	unchanged(t, s)
}

func TestGroupBy_means(t *testing.T) {
	for _, c := range []struct{ numbers, want string }{
		{"0.89 0.91 0.93", "0.91 ± 0.02"},
		{"1 2 3 4", "2.5 ± 1.3"},
		{"5 5 5", "5 ± 0"},
		{"0.3333333333333333 0.3333333333333333", "0.333333 ± 0"},
		{"1000 3000", "2000 ± 1414"},
		{"1e-9 3e-9", "2e-09 ± 1.4e-09"},
		{"1e-12 3e-12", "2e-12 ± 1.4e-12"},
		{"1e20 3e20", "2e+20 ± 1.4e+20"},
		{"-1 1", "0.0 ± 1.4"},
		{"7", "7"},
		{"7 -", "7"},
		{"7 - 9 !", "8.0 ± 1.4"},
		{"7 nan", "…"},
		{"nan nan", "nan"},
		{"- -", "-"},
		{"! !", "!"},
	} {
		tab := &table.Table{Columns: []table.Column{{Name: "e"}, {Name: "x", Group: "metrics", Numeric: true}}}
		for number := range strings.FieldsSeq(c.numbers) {
			tab.Rows = append(tab.Rows, row("experiment 0 e "+number))
		}
		got, err := tab.GroupBy()
		if err != nil || len(got.Rows) != 1 {
			t.Fatal(got, err)
		}
		var b strings.Builder
		if err := got.TextPlain(&b, table.Options{Unicode: true}); err != nil {
			t.Fatal(err)
		}
		_, last, _ := strings.Cut(b.String(), "\n")
		if shown := strings.Join(strings.Fields(last)[2:], " "); shown != c.want {
			t.Errorf("%s: %s, want %s", c.numbers, shown, c.want)
		}
	}
}
