package graph_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
)

func TestValidate_data(t *testing.T) {
	for _, c := range []struct {
		data graph.Data
		want string // how the output out/o stands to it; "": apart
	}{
		{graph.Data{Path: "out/o"}, "is outputs.o of s"},
		{graph.Data{Path: "out/o/d/e"}, "lies inside outputs.o of s"},
		{graph.Data{Path: "out", Dir: true}, "holds outputs.o of s"},
		{graph.Data{Path: "out/other"}, ""},
		{graph.Data{Path: "out/o2"}, ""},
		{graph.Data{Path: graph.External + "/d", Host: "/out/o"}, ""},
	} {
		g := sketch(t, "s: >out/o/")
		c.data.Name = "d"
		g.Data = []graph.Data{c.data}
		list := graph.Validate(g)
		switch {
		case c.want == "" && len(list) == 0:
		case c.want != "" && len(list) == 1 && list[0].Code == "E-data-output" && strings.Contains(list[0].Detail, c.want):
		default:
			t.Errorf("%s: %v", c.data.Path, list)
		}
	}
}
