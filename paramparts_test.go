package dewar

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
	"github.com/google/go-cmp/cmp"
)

// Params differ by their leaves, and by the elements of lists that are as long as they were; put back, they are
// what they were.
func TestChangedParts(t *testing.T) {
	tests := []struct {
		name     string
		was, now map[string]string // of leaves of one param, in JSON
		want     []string
		back     []string // what asks for them again
	}{
		{"alike", map[string]string{"p": `1`}, map[string]string{"p": `1`}, nil, nil},
		{"leaves", map[string]string{"p.a": `1`, "p.b": `"x"`}, map[string]string{"p.a": `2`, "p.b": `""`},
			[]string{"p.a: 1 -> 2", `p.b: x -> ""`}, []string{`p.a=1`, `p.b="x"`}},
		{"elements", map[string]string{"p": `[1,2,3]`}, map[string]string{"p": `[1,0,0]`},
			[]string{"p[1]: 2 -> 0", "p[2]: 3 -> 0"}, []string{`p=[1,2,3]`}},
		{"deeper", map[string]string{"p": `[{"a b":[1],"c":"<&>"},null]`}, map[string]string{"p": `[{"a b":[2],"c":"<"},null]`},
			[]string{`p[0]["a b"][0]: 1 -> 2`, "p[0].c: <&> -> <"}, []string{`p=[{"a b":[1],"c":"<&>"},null]`}},
		{"names that are no words", map[string]string{"p": `[{"-x":1,"1":1}]`}, map[string]string{"p": `[{"-x":2,"1":2}]`},
			[]string{`p[0]["-x"]: 1 -> 2`, `p[0]["1"]: 1 -> 2`}, []string{`p=[{"-x":1,"1":1}]`}},
		{"many at once", map[string]string{"p": `[1,2,3,4,5]`}, map[string]string{"p": `[6,6,6,6,6]`},
			[]string{"p: [1,2,3,4,5] -> [6,6,6,6,6]"}, []string{`p=[1,2,3,4,5]`}},
		{"one more", map[string]string{"p": `["a","c"]`}, map[string]string{"p": `["a","b","c"]`},
			[]string{"p[1]:  -> b"}, []string{`p=["a","c"]`}},
		{"the last is gone", map[string]string{"p": `["a"]`}, map[string]string{"p": `[]`},
			[]string{"p[0]: a -> "}, []string{`p=["a"]`}},
		{"one more, within", map[string]string{"p": `[[1],2]`}, map[string]string{"p": `[[1,1],2]`},
			[]string{"p[0][1]:  -> 1"}, []string{`p=[[1],2]`}},
		{"null is a value", map[string]string{"p": `[1,null]`}, map[string]string{"p": `[null,2]`},
			[]string{"p[0]: 1 -> null", "p[1]: null -> 2"}, []string{`p=[1,null]`}},
		{"null is gone", map[string]string{"p": `[1,null]`}, map[string]string{"p": `[1]`},
			[]string{"p[1]: null -> "}, []string{`p=[1,null]`}},
		{"another kind", map[string]string{"p": `{"a":1}`}, map[string]string{"p": `{"b":1}`},
			[]string{`p: {"a":1} -> {"b":1}`}, []string{`p={"a":1}`}},
		{"leaves that come and go", map[string]string{"p.a": `1`, "p.b": `2`}, map[string]string{"p.b": `2`, "p.c": `[1]`},
			[]string{"p.a: 1 -> ", "p.c:  -> [1]"}, []string{`p.a=1`, `p.c=`}},
		{"an empty object has no leaves", map[string]string{"p.a": `1`}, map[string]string{"p": `{}`},
			[]string{"p.a: 1 -> "}, []string{`p.a=1`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parts := changedParts(stateOf(leavesOf(tt.was)), leavesOf(tt.now))
			var got, back []string
			for _, p := range parts {
				got = append(got, p.Name+": "+p.Old+" -> "+p.New)
			}
			_, instead := asTheyWere(parts)
			for _, x := range instead {
				back = append(back, x.Name+"="+x.JSON)
			}
			if diff := cmp.Diff([][]string{tt.want, tt.back}, [][]string{got, back}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of another choice nothing else is named that follows from it.
func TestChangedParts_choice(t *testing.T) {
	of := func(choice, file, n, own string) []graph.Param {
		return []graph.Param{{Name: "p", File: "params.yaml", Chosen: file, Leaves: []graph.ParamLeaf{
			{Name: "p", Value: choice, Origin: "params.yaml:1"}, {Name: "p.n", Value: n, Origin: file + ":1"}, {Name: "p.own", Value: own, Origin: "params.yaml:2"},
			{Name: "p.set", Value: own, Origin: "-p p.set", Set: true}, {Name: "p.z", Value: own, Origin: "default"},
		}}}
	}
	was := stateOf(of(`"a"`, "a.yaml", `1`, `1`))
	was["p.only"], was["pq"] = json.RawMessage(`1`), json.RawMessage(`1`)
	parts := changedParts(was, of(`"b"`, "b.yaml", `2`, `3`))
	set, instead := asTheyWere(parts)
	if diff := cmp.Diff("[{p a}] [{p.own 1} {p.set 1} {pq 1}]", fmt.Sprint(set, " ", instead)); diff != "" {
		t.Error(diff)
	}
}

func leavesOf(values map[string]string) []graph.Param {
	var out []graph.Param
	for name, v := range values {
		of, _, _ := strings.Cut(name, ".")
		out = append(out, graph.Param{Name: of, Leaves: []graph.ParamLeaf{{Name: name, Value: v}}})
	}
	return out
}
