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

func TestValidate_dataInsideData(t *testing.T) {
	for _, c := range []struct {
		outer, inner graph.Data
		want         string // "": apart
	}{
		{graph.Data{Path: "big", Dir: true}, graph.Data{Path: "big/in/deep", Dir: true}, `data.inner, "big/in/deep", lies inside data.outer, "big"`},
		{graph.Data{Path: "big", Dir: true}, graph.Data{Path: "big", Dir: true}, `data.outer and data.inner are both "big"`},
		{graph.Data{Path: "big", Dir: true}, graph.Data{Path: "bigger"}, ""},
		{graph.Data{Path: graph.External + "/d", Host: "/big"}, graph.Data{Path: graph.External + "/d/e", Host: "/big/in"}, ""},
		{graph.Data{Path: "big", Dir: true}, graph.Data{Path: graph.External + "/d", Host: "/big"}, ""},
	} {
		c.outer.Name, c.inner.Name = "outer", "inner"
		pairs := [][]graph.Data{{c.outer, c.inner}, {c.inner, c.outer}}
		if c.outer.Path == c.inner.Path {
			pairs = pairs[:1] // which is the other is a matter of order
		}
		for _, data := range pairs {
			g := sketch(t, "s: >out/o/")
			g.Data = data
			list := graph.Validate(g)
			switch {
			case c.want == "" && len(list) == 0:
			case c.want != "" && len(list) == 1 && list[0].Code == "E-data-nested" && strings.Contains(list[0].Detail, c.want):
			default:
				t.Errorf("%s and %s: %v", data[0].Path, data[1].Path, list)
			}
		}
	}
}
