package exp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

func newHistory() *exp.History { return &exp.History{FS: fs.Memory(), Dir: "/p/.dewar/exp"} }

var began = time.Date(2026, 3, 1, 12, 0, 0, 5, time.UTC)

func record(name string, at int) *exp.Record {
	return &exp.Record{
		Name: name, Pipeline: ".", Created: began.Add(time.Duration(at) * time.Second), State: exp.Done, Content: "c" + name,
		Overrides: []exp.Override{{Name: "train.C", Text: "0.1"}},
		Params:    []exp.Param{{Name: "train.C", Value: json.RawMessage("0.1")}, {Name: "train.name", Value: json.RawMessage(`"a\tb\\n"`)}, {Name: "train.secret", Value: json.RawMessage("null")}},
		Metrics: []exp.Metrics{
			{Path: "m.json", Values: []exp.Measured{{Name: "acc", Value: json.RawMessage("0.75")}, {Name: "ok", Value: json.RawMessage("true")}}, Maximize: []string{"acc"}},
			{Path: "n.json", Values: []exp.Measured{}, Error: "line 2: is no JSON"},
		},
		Git: &exp.Git{Commit: "abc"},
	}
}

func add(t *testing.T, h *exp.History, r *exp.Record) *exp.Record {
	t.Helper()
	if err := h.Add(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func rows(t *testing.T, h *exp.History) []exp.Row {
	t.Helper()
	list, unreadable, err := h.Rows()
	if err != nil || len(unreadable) > 0 {
		t.Fatal(err, unreadable)
	}
	return list
}

func names(list []exp.Row) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.Name)
	}
	return out
}

// What a row holds is the same whether it is read from the record or from the
// cache of rows.
func TestRows(t *testing.T) {
	h := newHistory()
	add(t, h, record("one", 0))
	add(t, h, record("two", 1))
	first := rows(t, h)
	if _, err := h.FS.Lstat("/p/.dewar/exp/rows"); err != nil {
		t.Fatal("there is no cache of rows:", err)
	}
	if diff := cmp.Diff(first, rows(t, h)); diff != "" {
		t.Errorf("from the cache (-record +cache):\n%s", diff)
	}
	want := exp.Row{
		ID: "20260301-120000.000000005-one", Name: "one", Pipeline: ".", Created: began, State: exp.Done, Commit: "abc", Content: "cone",
		Problem: "n.json: line 2: is no JSON", Set: []string{"train.C"},
		Params:  []exp.Field{{Name: "train.C", Value: frame.Num(0.1)}, {Name: "train.name", Value: frame.Str("a\tb\\n")}, {Name: "train.secret"}},
		Metrics: []exp.Field{{Name: "m.json:acc", Value: frame.Num(0.75)}, {Name: "m.json:ok", Value: frame.Boolean(true)}},
		Better:  []exp.Better{{Name: "m.json:acc", Higher: true}},
	}
	if diff := cmp.Diff(want, first[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// A cache that is damaged, or lacks one, is made anew.
	for _, damage := range []string{"", "nonsense", "dewar rows 2\nshort\tline\n"} {
		if err := fs.WriteFile(h.FS, "/p/.dewar/exp/rows", []byte(damage)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, rows(t, h)); diff != "" {
			t.Errorf("after damage %q:\n%s", damage, diff)
		}
	}
	add(t, h, record("three", 2))
	if diff := cmp.Diff([]string{"one", "two", "three"}, names(rows(t, h))); diff != "" {
		t.Error(diff)
	}
}

func TestNamesAreUnique(t *testing.T) {
	h := newHistory()
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := h.Add(record("same", i)); err != nil {
				t.Error(err)
			}
		}()
	}
	wait.Wait()
	seen := map[string]bool{}
	for _, n := range names(rows(t, h)) {
		if seen[n] {
			t.Errorf("two are called %s", n)
		}
		seen[n] = true
	}
	if len(seen) != 20 || !seen["same"] || !seen["same-20"] {
		t.Errorf("%v", seen)
	}
}

func TestLabels(t *testing.T) {
	h := newHistory()
	add(t, h, record("one", 0))
	add(t, h, record("two", 1))
	list := rows(t, h)
	var taken *exp.TakenError
	if err := h.Rename(&list[0], "two"); !errors.As(err, &taken) {
		t.Errorf("a name that is taken: %v", err)
	}
	if err := h.Rename(&list[0], "first"); err != nil {
		t.Fatal(err)
	}
	list = rows(t, h)
	if err := h.SetNote(&list[0], "good\nindeed"); err != nil {
		t.Fatal(err)
	}
	if list = rows(t, h); list[0].Name != "first" || list[0].Note != "good\nindeed" || list[1].Name != "two" {
		t.Errorf("%+v", list)
	}
	add(t, h, record("one", 2)) // the old name is free
	if got := names(rows(t, h)); got[2] != "one" {
		t.Errorf("names %v", got)
	}
	if err := h.Remove(&list[0]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"two", "one"}, names(rows(t, h))); diff != "" {
		t.Error(diff)
	}
	add(t, h, record("first", 3))
	if got := names(rows(t, h)); got[2] != "first" {
		t.Errorf("the name of what was removed is not free: %v", got)
	}
}

// A record that cannot be read is named, and the others are listed.
func TestUnreadable(t *testing.T) {
	h := newHistory()
	add(t, h, record("one", 0))
	for i, text := range []string{"", "{", `{"dewar_experiment":2,"id":"x1"}`, `{"dewar_experiment":1,"id":"other"}`} {
		if err := fs.WriteFile(h.FS, fmt.Sprintf("/p/.dewar/exp/records/x%d.json", i), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		list, unreadable, err := h.Rows()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"x0", "x1", "x2", "x3"}, unreadable); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"one"}, names(list)); diff != "" {
			t.Error(diff)
		}
	}
}

// A claim without a record is what a crash leaves; it does not keep a name for ever.
func TestClaimOfTheDead(t *testing.T) {
	h := newHistory()
	add(t, h, record("one", 0))
	for _, holder := range []string{"20200101-000000.000000000-lost\n", ""} {
		name := "lost" + fmt.Sprint(len(holder))
		if err := fs.WriteFile(h.FS, "/p/.dewar/exp/names/"+name, []byte(holder)); err != nil {
			t.Fatal(err)
		}
		if r := add(t, h, record(name, len(holder))); r.Name != name {
			t.Errorf("%q: called %s", holder, r.Name)
		}
	}
}

func TestNoExperiments(t *testing.T) {
	if list := rows(t, newHistory()); len(list) != 0 {
		t.Errorf("%v", list)
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{"brave-otter": true, "v1.2_x": true, "": false, "a b": false, "-x": false, ".x": false, "a/b": false, "workspace": false, "HEAD": false, "é": false} {
		if got := exp.CheckName(name) == ""; got != ok {
			t.Errorf("%q: %v", name, exp.CheckName(name))
		}
	}
}

func BenchmarkRows(b *testing.B) {
	h := newHistory()
	for i := range 1000 {
		if err := h.Add(record(fmt.Sprintf("r%d", i), i)); err != nil {
			b.Fatal(err)
		}
	}
	_, _, _ = h.Rows()
	b.ReportAllocs()
	for b.Loop() {
		if list, _, err := h.Rows(); err != nil || len(list) != 1000 {
			b.Fatal(err)
		}
	}
}

// A record that was made elsewhere keeps its id; its name gives way to one that is taken.
func TestAdopt(t *testing.T) {
	there, here := newHistory(), newHistory()
	theirs := add(t, there, record("otter", 1))
	add(t, here, record("otter", 2))
	b, err := fs.ReadFile(there.FS, there.RecordPath(theirs.ID))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is here already
		name, err := here.Adopt(theirs.ID, b)
		if err != nil || name != "otter-2" {
			t.Fatalf("%s, %v", name, err)
		}
	}
	if diff := cmp.Diff([]string{"otter-2", "otter"}, names(rows(t, here))); diff != "" {
		t.Error(diff)
	}
	if r, err := here.Read(theirs.ID); err != nil || r.Name != "otter" {
		t.Errorf("%v, %v", r, err)
	}
	for id, text := range map[string]string{
		"x":           string(b),
		"../x":        `{"dewar_experiment":1,"id":"../x","name":"x"}`,
		"a":           `{"dewar_experiment":1,"id":"a","name":"../x"}`,
		"b":           `{"dewar_experiment":9,"id":"b","name":"b"}`,
		"c":           `[`,
		theirs.ID[:3]: string(b),
	} {
		if name, err := here.Adopt(id, []byte(text)); err == nil {
			t.Errorf("%s was adopted as %s", id, name)
		}
	}
}
