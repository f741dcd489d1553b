package eval_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestInputs_shared: points have the same inputs, and an evaluation met stages in another order than that
// of the source. Each point's inputs lead to what they name.
func TestInputs_shared(t *testing.T) {
	g := graphOf(t, files{"pipeline.hcl": `
stage "b" {
  for_each = stage.late
  inputs   = { made = stage.late[*].outputs.o }
  command  = ["b", inputs.made]
}
stage "late" {
  for_each = grid({ i = [1, 2] })
  outputs  = { o = "build/${each.i}" }
  command  = ["late", outputs.o]
}
`})
	want := []string{"late@i=1", "late@i=2"}
	for i := 1; i <= 2; i++ {
		var got []string
		for _, in := range one(t, g, fmt.Sprintf("b@i=%d", i)).Inputs {
			got = append(got, g.Instances[in.From].Ref())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("inputs of point %d (-want +got):\n%s", i, diff)
		}
	}
}
