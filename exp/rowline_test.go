package exp_test

import (
	"encoding/json"
	"testing"

	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/google/go-cmp/cmp"
)

// TestValueOf: what JSON gives is that JSON again.
func TestValueOf(t *testing.T) {
	for text, want := range map[string]frame.Value{
		`null`:              {},
		`true`:              frame.Boolean(true),
		`0.1`:               frame.Num(0.1),
		`"[1, 2]"`:          frame.Str("[1, 2]"),
		`[64,32]`:           frame.Structure("[64,32]"),
		`{"a":["x\ty",{}]}`: frame.Structure(`{"a":["x\ty",{}]}`),
		`[]`:                frame.Structure("[]"),
		`"[1"`:              frame.Str("[1"),
	} {
		got := exp.ValueOf(json.RawMessage(text))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
		if again := string(exp.JSONOf(got)); again != text {
			t.Errorf("%s came back as %s", text, again)
		}
	}
	if got := exp.ValueOf(json.RawMessage("[1,")); got != frame.Str("[1,") {
		t.Errorf("what is no JSON is %+v", got)
	}
}

// TestStructuresAndPartial: lists, objects, and what is partial come through the cache of rows.
func TestStructuresAndPartial(t *testing.T) {
	h := newHistory()
	r := record("one", 0)
	r.State = exp.Interrupted
	r.Params = append(r.Params, exp.Param{Name: "layers", Value: json.RawMessage(`["a\tb\n",{"x":"\\"}]`)})
	r.Metrics = append(r.Metrics, exp.Metrics{Path: "log\t1.jsonl", Values: []exp.Measured{{Name: "acc", Value: json.RawMessage("1")}}, Partial: true})
	add(t, h, r)
	for _, from := range []string{"record", "cache"} {
		row := rows(t, h)[0]
		if got := row.Params[len(row.Params)-1].Value; got != frame.Structure(`["a\tb\n",{"x":"\\"}]`) {
			t.Errorf("%s: the list is %+v", from, got)
		}
		if !row.IsPartial("log\t1.jsonl:acc") || row.IsPartial("m.json:acc") || len(row.Partial) != 1 || row.State != exp.Interrupted {
			t.Errorf("%s: partial are %q of %+v", from, row.Partial, row)
		}
	}
}
