package eval

import (
	"io/fs"
	"strings"
	"testing"

	projectfs "github.com/dewar-build/dewar/fs"
)

// oneFile is a project of one file.
type oneFile string

func (f oneFile) ReadFile(name string) ([]byte, error) {
	if name != "pipeline.hcl" {
		return nil, fs.ErrNotExist
	}
	return []byte(f), nil
}

func (f oneFile) ReadDir(string) ([]projectfs.Entry, error) {
	return []projectfs.Entry{{Name: "pipeline.hcl"}}, nil
}

func (f oneFile) Lstat(string) (projectfs.Info, error) { return projectfs.Info{}, fs.ErrNotExist }

// TestFunctions_budget: calls are counted over all points, not in each expression alone.
func TestFunctions_budget(t *testing.T) {
	const text = `function "f" {
  params = { x = number }
  result = x
}

stage "a" {
  for_each = grid({ i = range(10) })
  command  = ["echo", f(each.i)]
}
`
	for _, left := range []int{10, 9, 2} {
		ev := newEvaluator(Request{Read: oneFile(text)})
		ev.family.calls = allCalls - left
		ds := ev.load()
		_, ds = ev.result(ds, nil)
		if left == 10 {
			if len(ds) > 0 {
				t.Errorf("%d calls are left, and the pipeline makes 10: %v", left, ds.Err())
			}
			continue
		}
		if len(ds) != 1 || ds[0].Code != "E-function-calls" || !strings.Contains(ds[0].Detail, "more than 5000000 calls") {
			t.Errorf("%d calls are left: %v", left, ds.Err())
		}
	}
}
