package machinetest_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/internal/machinetest"
)

// told is a test that notes how it was ended.
type told struct {
	testing.TB
	how string
}

func (*told) Helper()        {}
func (t *told) Fatal(...any) { t.end("failed") }
func (t *told) Skip(...any)  { t.end("skipped") }

func (t *told) end(how string) {
	t.how = how
	panic(t)
}

func ends(t testing.TB, f func(testing.TB)) string {
	x := &told{TB: t, how: "went on"}
	func() {
		defer func() { _ = recover() }()
		f(x)
	}()
	return x.how
}

func TestLacks(t *testing.T) {
	for ci, want := range map[string]string{"true": "failed", "": "skipped", "false": "skipped"} {
		t.Setenv("CI", ci)
		got := ends(t, func(x testing.TB) { machinetest.Program(x, "no-program-is-called-this") })
		if got != want {
			t.Errorf("with CI=%q a test without its program is %s, want %s", ci, got, want)
		}
		if got := ends(t, func(x testing.TB) {
			if p := machinetest.Program(x, "go"); !strings.Contains(p, "go") {
				t.Errorf("go is at %q", p)
			}
		}); got != "went on" {
			t.Errorf("with CI=%q a test with its program %s", ci, got)
		}
	}
}
