package param_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
)

// A value that is asked for instead wins over every layer, and takes away what is absent.
func TestInstead(t *testing.T) {
	const text = `
param "train" {
  type    = object({ C = number, tags = list(string), n = optional(int, 3) })
  default = { C = 1, tags = ["a"] }
}
param "m" {
  type    = map(number)
  default = { a = 1, "b c" = 2 }
}
param "any" {
  type    = any
  default = "x"
}
`
	tests := []struct {
		name string
		set  []string
		with []param.Instead
		want []string // leaves that are not as the declarations say; or the code
	}{
		{"nothing", nil, nil, nil},
		{"over a setting", []string{"train.C=5"}, []param.Instead{{"train.C", "2"}}, []string{"train.C=2"}},
		{"a list", nil, []param.Instead{{"train.tags", `["b","c"]`}}, []string{`train.tags=["b","c"]`}},
		{"absent, where there is a default", []string{"train.n=4"}, []param.Instead{{"train.n", ""}}, nil},
		{"an entry gone, and one more", nil, []param.Instead{{`m["b c"]`, ""}, {"m.d", "4"}}, []string{"-m[\"b c\"]", "m.d=4"}},
		{"what is not there is taken away", nil, []param.Instead{{"m.d.e", ""}}, nil},
		{"an object where there was text", nil, []param.Instead{{"any.deep.er", `[1]`}}, []string{"-any", "any.deep.er=[1]"}},
		{"no longer of the type", nil, []param.Instead{{"train.C", `"much"`}}, []string{"E-param-type"}},
		{"absent, where it is required", nil, []param.Instead{{"train.C", ""}}, []string{"E-param-missing"}},
		{"no JSON", nil, []param.Instead{{"train.C", "{"}}, []string{"E-params-syntax"}},
		{"of no param", nil, []param.Instead{{"other", "1"}}, nil},
	}
	leaves := func(set []string, with []param.Instead) (map[string]string, []string) {
		opts := world{set: set}.options()
		opts.Instead = with
		got, diags := param.BindAll(blocks(t, text), opts)
		var codes []string
		for _, d := range diags {
			codes = append(codes, d.Code)
		}
		out := map[string]string{}
		for i := range got.List {
			for _, l := range got.List[i].Leaves {
				out[strings.TrimPrefix(got.List[i].LeafName(l), "param.")] = l.Text
			}
		}
		return out, codes
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			declared, _ := leaves(nil, nil)
			got, codes := leaves(tt.set, tt.with)
			if codes != nil {
				if diff := cmp.Diff(tt.want, codes); diff != "" {
					t.Error(diff)
				}
				return
			}
			for _, w := range tt.want {
				if name, gone := strings.CutPrefix(w, "-"); gone {
					delete(declared, name)
					continue
				}
				name, value, _ := strings.Cut(w, "=")
				declared[name] = value
			}
			if diff := cmp.Diff(declared, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestInstead_linear: twice the values are about twice the work.
func TestInstead_linear(t *testing.T) {
	took := func(n int) uint64 {
		o := world{files: map[string]string{"p.json": manyItems(n)["p.json"]}}.options()
		for i := range n {
			o.Instead = append(o.Instead, param.Instead{Name: fmt.Sprintf("items.item-%06d.n", i), JSON: "-1"})
		}
		bs := blocks(t, "param \"items\" {\n  type = map(any)\n  file = \"p.json\"\n}\n")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, diags := param.BindAll(bs, o)
		runtime.ReadMemStats(&after)
		if len(diags) > 0 || got.List[0].Under([]string{"item-000007", "n"})[0].Text != "-1" {
			t.Fatal(lines(diags), got.List[0].Leaves[:8])
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	if small, large := took(200), took(1000); large > 7*small {
		t.Errorf("%d bytes for 200 values, %d for 1000", small, large)
	}
}
