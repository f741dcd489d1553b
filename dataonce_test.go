package dewar_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// TestDataIsReadOnce: accepting what lies in the workspace reads every file one time, and it is
// in the cache then.
func TestDataIsReadOnce(t *testing.T) {
	memory := fs.Memory()
	opened := map[string]int{}
	counting := fs.Faulty(memory, func(op, path string) error {
		if op == "open" && strings.HasPrefix(path, "/p/data/") {
			opened[path]++
		}
		return nil
	})
	e := newEngine(t, counting, "/p", tracked)
	for _, want := range []int{3, 0} {
		clear(opened)
		p := e.open()
		_, err := p.DataUpdate(t.Context(), e.evaluate(p, dewar.EvalOptions{}), nil)
		e.must(err)
		n := 0
		for path, times := range opened {
			if n += times; times > 1 {
				t.Errorf("%s was read %d times", path, times)
			}
		}
		if want > 0 && n != want { // files that were just written may be looked at once more
			t.Errorf("%d files were read, want %d", n, want)
		}
		states, err := p.DataStatus(t.Context(), e.evaluate(p, dewar.EvalOptions{}), nil)
		e.must(err)
		for _, st := range states {
			if !st.Cached || st.Drift != dewar.DataUnchanged {
				t.Errorf("data.%s is %s, in the cache: %t", st.Name, st.Drift, st.Cached)
			}
		}
		e.close(p)
	}
}
