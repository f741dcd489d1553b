package param_test

import (
	"bytes"
	"testing"

	"github.com/dewar-build/dewar/eval/number"
	"github.com/dewar-build/dewar/eval/param"
)

// same reports whether two trees hold the same values in the same order.
func same(a, b *param.Tree) bool {
	if a.Shape != b.Shape || len(a.Items) != len(b.Items) {
		return false
	}
	switch a.Shape {
	case param.Numeral:
		return sameNumber(a.Text, b.Text)
	case param.Sequence:
		for i := range a.Items {
			if !same(a.Items[i], b.Items[i]) {
				return false
			}
		}
		return true
	case param.Mapping:
		if len(a.Entries) != len(b.Entries) {
			return false
		}
		for _, e := range a.Entries {
			o := b.Get(e.Name)
			if o == nil || !same(e.Value, o) {
				return false
			}
		}
		return true
	default:
		return a.Text == b.Text
	}
}

func sameNumber(a, b string) bool {
	va, errA := number.Parse(a)
	vb, errB := number.Parse(b)
	if errA != nil || errB != nil {
		return a == b
	}
	ta, _ := number.Text(va)
	tb, _ := number.Text(vb)
	return ta == tb
}

// holds reports whether something of the given shape is in t.
func holds(t *param.Tree, shape param.Shape) bool {
	if t.Shape == shape {
		return true
	}
	for _, item := range t.Items {
		if holds(item, shape) {
			return true
		}
	}
	for _, e := range t.Entries {
		if holds(e.Value, shape) {
			return true
		}
	}
	return false
}

// keepsAll projects all of a file and reads the copy back.
func keepsAll(t testing.TB, f *param.File) {
	t.Helper()
	if holds(f.Root, param.Foreign) {
		return // dates and tags; no param can be one
	}
	out, withheld, diags := f.Project([]param.Keep{{}})
	if diags.HasErrors() || len(withheld) > 0 {
		t.Fatalf("%q: %v %s", f.Bytes, withheld, lines(diags))
	}
	again, diags := param.Decode(param.Source{Path: f.Path, Bytes: out})
	if diags.HasErrors() {
		t.Fatalf("%q became\n%s\n%s", f.Bytes, out, lines(diags))
	}
	if !same(f.Root, again.Root) {
		t.Fatalf("%q became\n%s", f.Bytes, out)
	}
	twice, _, diags := again.Project([]param.Keep{{}})
	if !bytes.Equal(out, twice) || len(diags) > 0 {
		t.Fatalf("the projection of\n%s\nis\n%s\n%s", out, twice, lines(diags))
	}
}

