package param_test

import (
	"sync"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// The values that experiments try are tested through eval, which evaluates them.

// TestSpaceOfConstants: a space needs an evaluator for nothing that is written out.
func TestSpaceOfConstants(t *testing.T) {
	s, diags := param.NewSpace(blocks(t, train), ".", func(e hcl.Expression) (cty.Value, diag.List) {
		v, ds := e.Value(nil)
		if ds.HasErrors() {
			t.Fatal(ds)
		}
		return v, nil
	})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	got, diags := s.Setting(param.Setting{Name: `train["C"]`, Text: "1, 2.50,[-3]"})
	if diff := cmp.Diff([]string{"1", "2.5", "-3"}, got.Texts); diff != "" || got.Name != "train.C" || len(diags) > 0 {
		t.Error(got, diags)
	}
	if src := s.Sources(); len(src) != 1 || src[0].Path != `<-p train["C"]>` || string(src[0].Bytes) != "1, 2.50,[-3]" {
		t.Error(src)
	}
}

// TestSpaceEnds: nobody waits for more values than can be tried.
func TestSpaceEnds(t *testing.T) {
	values := make([]cty.Value, param.MaxTries+1)
	for i := range values {
		values[i] = cty.Zero
	}
	s, _ := param.NewSpace(blocks(t, train), ".", func(hcl.Expression) (cty.Value, diag.List) { return cty.ListVal(values), nil })
	got, diags := s.Setting(param.Setting{Name: "train.C", Text: "range(2e6)"})
	if len(got.Texts) != 0 || len(diags) != 1 || diags[0].Code != "E-sweep-many" {
		t.Error(diags)
	}
}

// TestFilesAreDecodedOnce: bindings that share Files share what is decoded, and find
// what those that share nothing find.
func TestFilesAreDecodedOnce(t *testing.T) {
	w := world{files: map[string]string{"params.yaml": "train: {C: 1.0, tags: [a]}\n", "conf.yaml": "train: {C: x}\n"}}
	for _, extra := range [][]string{nil, {"conf.yaml"}} {
		w.extra = extra
		want, wantDiags := param.BindAll(blocks(t, train), w.options())
		var known param.Files
		var wg sync.WaitGroup
		for range 8 {
			decls, o := blocks(t, train), w.options()
			wg.Go(func() {
				o.Files = &known
				got, diags := param.BindAll(decls, o)
				if diff := cmp.Diff(leaves(want), leaves(got)); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(wantDiags, diags); diff != "" {
					t.Error(diff)
				}
			})
		}
		wg.Wait()
	}
}
