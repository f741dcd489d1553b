package param_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"pgregory.net/rapid"
)

func plainTree(t *param.Tree) any {
	switch t.Shape {
	case param.Sequence:
		out := []any{}
		for _, i := range t.Items {
			out = append(out, plainTree(i))
		}
		return out
	case param.Mapping:
		out := [][]any{}
		for _, e := range t.Entries {
			out = append(out, []any{e.Name, plainTree(e.Value)})
		}
		return map[string]any{"map": out}
	case param.Null:
		return nil
	case param.Numeral:
		return map[string]any{"num": t.Text, "float": strings.ContainsAny(t.Text, ".eE")}
	case param.Boolean:
		return t.Text == "true"
	default:
		return t.Text
	}
}

func TestDump(t *testing.T) {
	w, _ := os.Create("/dev/shm/param/dump.jsonl")
	defer w.Close()
	enc := json.NewEncoder(w)
	dump := func(s string) {
		f, _ := param.Decode(param.Source{Path: "a.yaml", Bytes: []byte(s)})
		if f == nil || !bindable(f.Root) {
			return
		}
		out, _, _ := f.Project([]param.Keep{{}})
		enc.Encode(map[string]any{"in": s, "out": string(out), "want": plainTree(f.Root)})
	}
	for _, s := range strings.Split(disputed, "\n") {
		dump("a: " + s + "\nb: [" + s + "]\n")
		dump(s + ": 1\n")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[-+]?[0-9._xobeE:+~=<-]{0,8}|[yYnNoOtTfF][a-zA-Z]{0,4}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9:.]{0,12}Z?)?|[a-z=~ :,%*.-]{0,6}`).Draw(t, "s")
		dump("a: " + s + "\n")
		dump("? " + s + "\n: [" + s + "]\n")
		v, _ := json.Marshal(rapid.String().Draw(t, "v"))
		dump(string(v) + ": " + string(v) + "\n")
		dump("a: |\n  " + strings.ReplaceAll(rapid.String().Draw(t, "v"), "\n", "\n  ") + "\n")
	})
}
