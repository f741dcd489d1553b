package eval_test

import (
	"fmt"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// TestAllocations holds what one more block, point or file costs. Unlike time, allocations are
// the same on every machine; what grows faster than the pipeline shows here as well, for the
// cost of one more is taken between two sizes. The limits are some way above what is needed.
func TestAllocations(t *testing.T) {
	for name, c := range map[string]struct {
		of    func(n int) eval.Reader
		n     int
		limit float64 // for one more
	}{
		"a block":                   {func(n int) eval.Reader { return blocks(n) }, 500, 700},
		"a point":                   {func(n int) eval.Reader { return points(n) }, 2000, 150},
		"a point with what follows": {func(n int) eval.Reader { return fanned(n) }, 2000, 300},
		"a picked point":            {func(n int) eval.Reader { return picked(n) }, 1000, 400},
		"a point that looks for what it has among all": {func(n int) eval.Reader { return sought(n) }, 1000, 300},
		"a file of a shard":                            {func(n int) eval.Reader { return images(n, sharded) }, 4000, 80},
		"a file with an instance to it":                {func(n int) eval.Reader { return images(n, perFile) }, 2000, 125},
	} {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) float64 {
				read := c.of(n)
				return testing.AllocsPerRun(1, func() {
					res, ds := eval.Evaluate(eval.Request{Read: read, Dir: "."})
					if ds.HasErrors() {
						t.Fatal(render(ds, res.Sources))
					}
				})
			}
			small, large := cost(c.n), cost(4*c.n)
			if each := (large - small) / float64(3*c.n); each > c.limit {
				t.Errorf("%.0f allocations for %s, more than %.0f", each, name, c.limit)
			} else {
				t.Logf("%.1f", each)
			}
		})
	}
}

// sought is a pipeline whose points each ask for something in lists and objects as long as there
// are points.
func sought(n int) eval.Reader {
	return files{"pipeline.hcl": fmt.Sprintf(`locals {
  list = range(%d)
  object = { for i in local.list : "a${i}" => i }
}

stage "a" {
  for_each = grid({ i = local.list })
  command  = ["x", contains(local.list, each.i), index(local.list, each.i), element(local.list, each.i), lookup(local.object, "a${each.i}"), length(local.list)]
}
`, n)}
}
