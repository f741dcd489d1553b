package eval

import (
	"fmt"
	iofs "io/fs"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// texts is a project of a few files.
type texts map[string]string

func (t texts) ReadFile(name string) ([]byte, error) {
	if s, ok := t[name]; ok {
		return []byte(s), nil
	}
	return nil, iofs.ErrNotExist
}

func (t texts) ReadDir(dir string) ([]fs.Entry, error) {
	var out []fs.Entry
	for name := range t {
		if sub, in := space.Within(dir, name); in && !strings.Contains(sub, "/") {
			out = append(out, fs.Entry{Name: sub})
		}
	}
	return out, nil
}

func (t texts) Lstat(name string) (fs.Info, error) {
	for n := range t {
		if sub, in := space.Within(name, n); in && sub != "" {
			return fs.Info{Mode: iofs.ModeDir}, nil
		}
	}
	_, err := t.ReadFile(name)
	return fs.Info{}, err
}

// Instances of many stages of many modules are too many before anything is made for each of
// them, and that is said once.
func TestAllPoints(t *testing.T) {
	f := texts{"pipeline.hcl": "module \"m\" {\n  source   = \"m\"\n  for_each = grid({ k = range(10) })\n}\n"}
	for i := range 5 {
		f["m/pipeline.hcl"] += fmt.Sprintf("stage \"s%d\" {\n  for_each = grid({ C = range(20) })\n  command  = [\"a\"]\n}\n", i)
	}
	for most, want := range map[graph.ID]int{999: 1, 1000: 0} {
		ev := newEvaluator(Request{Read: f})
		ev.family.most = most
		_, ds := ev.result(ev.load(), nil)
		if len(ds) != want || want > 0 && (ds[0].Code != "E-points-many" || !strings.Contains(ds[0].Detail, "module m 10 × stage s4 20")) {
			t.Errorf("at most %d: %v", most, ds)
		}
	}
}

// What % divides by is evaluated once: of some of them inside each other, each would double the
// time.
func TestRemainder_once(t *testing.T) {
	calls := 0
	five := function.New(&function.Spec{Type: function.StaticReturnType(cty.Number), Impl: func([]cty.Value, cty.Type) (cty.Value, error) {
		calls++
		return cty.NumberIntVal(5), nil
	}})
	ev := newEvaluator(Request{Read: texts{}})
	ev.ctx = &hcl.EvalContext{Functions: map[string]function.Function{"five": five}}
	expr, ds := hclsyntax.ParseExpression([]byte("13 % (8 % five())"), "a", hcl.InitialPos)
	if ds.HasErrors() {
		t.Fatal(ds)
	}
	v, ok := ev.compile(expr, nil, view{base: "."}, "").value()
	if !ok || !v.RawEquals(cty.NumberIntVal(1)) || calls != 1 {
		t.Errorf("%#v after %d calls", v, calls)
	}
}
