package builtins_test

import (
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/google/go-cmp/cmp"
)

// TestDraws_refused: of a number of 64 bits that would make some results likelier than others another is
// drawn. Of as many as 2^63 + 1, as the points of a large experiment may be, that is every second one.
func TestDraws_refused(t *testing.T) {
	d := builtins.NewDraws("7")
	var got []uint64
	for range 4 {
		got = append(got, d.Below(1<<63+1))
	}
	if diff := cmp.Diff([]uint64{3080451552843183903, 1015746600358481441, 1044930527994979006, 8450718701085024360}, got); diff != "" {
		t.Error(diff)
	}
}
