package dewar

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompareTables(t *testing.T) {
	for name, c := range map[string]struct {
		old, now string
		want     TableChange
	}{
		"a row more, a row less":     {"a,b\n1,2\n3,4\n", "a,b\n3,4\n5,6\n7,8\n", TableChange{OldRows: 2, NewRows: 3, Added: 2, Removed: 1}},
		"another order":              {"a\n1\n2\n", "a\n2\n1\n", TableChange{OldRows: 2, NewRows: 2, Reordered: true}},
		"the same row twice":         {"a\n1\n", "a\n1\n1\n", TableChange{OldRows: 1, NewRows: 2, Added: 1}},
		"columns":                    {"a,b\n1,2\n", "b,c\n2,9\n", TableChange{OldRows: 1, NewRows: 1, ColumnsAdded: []string{"c"}, ColumnsRemoved: []string{"a"}}},
		"columns in other places":    {"a,b\n1,2\n", "b,a\n2,1\n", TableChange{OldRows: 1, NewRows: 1}},
		"from nothing":               {"", "a\n1\n", TableChange{NewRows: 1, Added: 1, ColumnsAdded: []string{"a"}}},
		"ragged":                     {"a,b\n1\n", "a,b\n1,\n", TableChange{OldRows: 1, NewRows: 1}},
		"cells are not run together": {"a,b\n12,3\n", "a,b\n1,23\n", TableChange{OldRows: 1, NewRows: 1, Added: 1, Removed: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := compareTables(strings.NewReader(c.old), strings.NewReader(c.now), ',')
			if err != nil {
				t.Fatal(err)
			}
			for _, list := range []*[]string{&got.ColumnsAdded, &got.ColumnsRemoved} {
				if len(*list) == 0 {
					*list = nil
				}
			}
			if diff := cmp.Diff(c.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
