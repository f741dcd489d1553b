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

// bindable reports whether some param could be t: there are no dates, tags,
// infinities and numbers out of range in it.
func bindable(t *param.Tree) bool {
	for _, item := range t.Items {
		if !bindable(item) {
			return false
		}
	}
	for _, e := range t.Entries {
		if !bindable(e.Value) {
			return false
		}
	}
	if t.Shape == param.Numeral {
		_, err := number.Parse(t.Text)
		return err == nil
	}
	return t.Shape != param.Foreign
}

// keepsAll projects all of a file and reads the copy back.
func keepsAll(t testing.TB, f *param.File) {
	t.Helper()
	if !bindable(f.Root) {
		return
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
