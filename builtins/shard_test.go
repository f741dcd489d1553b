package builtins_test

import (
	"fmt"
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

// shards returns what shard gives, as lists of paths by shard.
func shards(t *testing.T, paths []string, n int) map[string][]string {
	t.Helper()
	list := make([]cty.Value, len(paths))
	for i, p := range paths {
		list[i] = cty.StringVal(p)
	}
	v, err := eval(t, builtins.Env{}, fmt.Sprintf("shard(list, %d)", n), map[string]cty.Value{"list": cty.TupleVal(list)})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, p := range v.AsValueSlice() {
		name := p.GetAttr("shard").AsString()
		for _, f := range p.GetAttr("files").AsValueSlice() {
			out[name] = append(out[name], f.AsString())
		}
	}
	return out
}

// TestShardVectors: where a path belongs is a promise.
func TestShardVectors(t *testing.T) {
	want := map[string][]string{"18": {"images/2.jpg"}, "36": {"images/ä b.jpg"}, "42": {"images/1.jpg"}}
	if d := cmp.Diff(want, shards(t, []string{"images/1.jpg", "images/2.jpg", "images/ä b.jpg"}, 64)); d != "" {
		t.Error(d)
	}
}

// TestShardStable: a new file changes one shard, and the shards are of similar size.
func TestShardStable(t *testing.T) {
	var paths []string
	for i := range 2000 {
		paths = append(paths, fmt.Sprintf("data/%04d", i))
	}
	before := shards(t, paths, 16)
	if len(before) != 16 {
		t.Fatalf("%d shards", len(before))
	}
	for name, files := range before {
		if len(files) < 80 || len(files) > 170 {
			t.Errorf("shard %s has %d of 2000 files", name, len(files))
		}
	}
	after := shards(t, append([]string{"a/new"}, paths...), 16)
	changed := 0
	for name := range after {
		if !cmp.Equal(before[name], after[name]) {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("a new file changed %d shards", changed)
	}
}

func TestShardMarks(t *testing.T) {
	p := cty.StringVal("p").Mark("p")
	got, err := eval(t, builtins.Env{}, "shard([{ path = p, name = \"x\" }, \"q\"], n)", map[string]cty.Value{"p": p, "n": cty.NumberIntVal(1).Mark("q")})
	if err != nil {
		t.Fatal(err)
	}
	want := []any{map[string]any{"shard": "0<q>", "files": []any{"p<p>", "q"}}}
	if d := cmp.Diff(want, marked(got)); d != "" {
		t.Error(d)
	}
}
