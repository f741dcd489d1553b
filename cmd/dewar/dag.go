package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dewar-build/dewar/cmd/dewar/layout"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

func (c *cli) dag() *cobra.Command {
	var params paramFlags
	var format string
	var expand bool
	cmd := &cobra.Command{
		Use: "dag [SELECTOR...]", Short: "Draw the graph",
		Long: "Draws the graph of the pipeline; with selectors, what they need and themselves.\nA stage with many instances is one box unless --expand is given, also one of a module with many points. What is too large to be drawn, or too wide\nfor the terminal, is a list: each line has what it needs behind an arrow.",
		RunE: func(_ *cobra.Command, args []string) error {
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			ids, diags := graph.Select(ev.Graph, c.selectors(p, ev, args))
			if err := diags.Err(); err != nil {
				return err
			}
			v := newView(ev.Graph, ev.Graph.Edges().Upstream(ids), expand)
			if c.json {
				format = "json"
			}
			switch format {
			case "text":
				c.printf("%s\n", strings.Join(v.draw(c.drawWidth()), "\n"))
			case "dot":
				c.printf("%s", v.dot())
			case "mermaid":
				c.printf("%s", v.mermaid())
			case "json":
				return c.printJSON(v.json())
			default:
				return usage("E-usage", "--format is text, dot, mermaid or json, not %q.", format)
			}
			return nil
		},
	}
	params.add(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text, dot, mermaid or json")
	cmd.Flags().BoolVar(&expand, "expand", false, "a box for every instance")
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

// view is the part of a graph that is drawn: vertices and edges, in order.
type view struct {
	names []string // what selectors call them
	count []int    // instances; 1 for an instance
	all   []int    // how many there are of the stage
	grid  []bool
	edges [][2]int // indices of names; from what is needed to what needs it
}

// newView gathers the instances ids, or their stages.
func newView(g *graph.Graph, ids []graph.ID, expand bool) *view {
	v := &view{}
	at := map[string]int{}
	stages := stagesDrawn(g, ids)
	name := func(id graph.ID) string {
		if expand {
			return g.Instances[id].Ref()
		}
		return stages[g.Instances[id].Stage].name
	}
	for _, id := range ids {
		n := name(id)
		i, ok := at[n]
		if !ok {
			i = len(v.names)
			at[n] = i
			v.names = append(v.names, n)
			v.count = append(v.count, 0)
			st := stages[g.Instances[id].Stage]
			v.grid = append(v.grid, !expand && st.grid)
			v.all = append(v.all, st.all)
		}
		v.count[i]++
	}
	edges := g.Edges()
	seen := map[[2]int]bool{}
	for _, id := range ids {
		for _, dep := range edges.Deps(id) {
			from, ok := at[name(dep)]
			e := [2]int{from, at[name(id)]}
			if ok && e[0] != e[1] && !seen[e] {
				seen[e] = true
				v.edges = append(v.edges, e)
			}
		}
	}
	return v
}

// drawnStage is the box that a stage is part of.
type drawnStage struct {
	name string
	grid bool
	all  int // instances
}

// stagesDrawn gives the boxes of the stages that ids are of. A stage of a module is one box for all points of the
// module, as it is for its own, unless only one of them is there: then the point says more.
func stagesDrawn(g *graph.Graph, ids []graph.ID) map[string]drawnStage {
	drawn := map[string]bool{}
	for _, id := range ids {
		drawn[g.Instances[id].Stage] = true
	}
	points, all := map[string]int{}, map[string]int{}
	for i := range g.Stages {
		st := &g.Stages[i]
		name := graph.WithoutPoints(st.Name)
		all[name] += int(st.N)
		if drawn[st.Name] {
			points[name]++
		}
	}
	out := make(map[string]drawnStage, len(drawn))
	for i := range g.Stages {
		st := &g.Stages[i]
		switch name := graph.WithoutPoints(st.Name); {
		case !drawn[st.Name]:
		case points[name] > 1:
			out[st.Name] = drawnStage{name, true, all[name]}
		default:
			out[st.Name] = drawnStage{st.Name, st.Template, int(st.N)}
		}
	}
	return out
}

func (v *view) label(i int) string {
	switch {
	case v.grid[i] && v.count[i] < v.all[i]:
		return fmt.Sprintf("%s ×%d of %d", v.names[i], v.count[i], v.all[i])
	case v.grid[i]:
		return fmt.Sprintf("%s ×%d", v.names[i], v.count[i])
	}
	return v.names[i]
}

// drawAtMost is how many boxes a terminal drawing may have; beyond it, a list
// says more.
const drawAtMost = 200

// drawWidth is how wide a drawing may be; 0 if nobody is there to whom it matters.
func (c *cli) drawWidth() int {
	if c.terminal(c.stdout) || c.getenv("COLUMNS") != "" {
		return c.columns()
	}
	return 0
}

// draw is the graph as boxes; as a list if there are too many of them, or if they are
// wider than width.
func (v *view) draw(width int) []string {
	if len(v.names) > drawAtMost {
		return v.listed()
	}
	var boxes []layout.Box
	for i := range v.names {
		boxes = append(boxes, layout.Box{Lines: []string{v.label(i)}})
	}
	lines := layout.Draw(boxes, v.edges)
	if width > 0 && slices.ContainsFunc(lines, func(line string) bool { return ansi.StringWidth(line) > width }) {
		return v.listed()
	}
	return lines
}

// listed is the graph as one line for every vertex.
func (v *view) listed() []string {
	needs := make([][]string, len(v.names))
	for _, e := range v.edges {
		needs[e[1]] = append(needs[e[1]], v.label(e[0]))
	}
	var out []string
	for i := range v.names {
		line := v.label(i)
		if len(needs[i]) > 0 {
			shown := needs[i]
			if len(shown) > 4 {
				shown = append(shown[:3:3], fmt.Sprintf("and %d more", len(needs[i])-3))
			}
			line += " <- " + strings.Join(shown, ", ")
		}
		out = append(out, line)
	}
	return out
}

func (v *view) dot() string {
	var b strings.Builder
	b.WriteString("digraph pipeline {\n  node [shape=box];\n")
	for i := range v.names {
		fmt.Fprintf(&b, "  %q [label=%q];\n", v.names[i], v.label(i))
	}
	for _, e := range v.edges {
		fmt.Fprintf(&b, "  %q -> %q;\n", v.names[e[0]], v.names[e[1]])
	}
	b.WriteString("}\n")
	return b.String()
}

func (v *view) mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i := range v.names {
		fmt.Fprintf(&b, "  s%d[\"%s\"]\n", i, strings.NewReplacer(`"`, "#quot;", "\n", " ").Replace(v.label(i)))
	}
	for _, e := range v.edges {
		fmt.Fprintf(&b, "  s%d --> s%d\n", e[0], e[1])
	}
	return b.String()
}

func (v *view) json() any {
	type vertex struct {
		Name      string `json:"name"`
		Instances int    `json:"instances"`
	}
	type edge struct {
		From string `json:"from"`
		To   string `json:"to"`
	}
	out := struct {
		Vertices []vertex `json:"vertices"`
		Edges    []edge   `json:"edges"`
	}{[]vertex{}, []edge{}}
	for i, n := range v.names {
		out.Vertices = append(out.Vertices, vertex{n, v.count[i]})
	}
	for _, e := range v.edges {
		out.Edges = append(out.Edges, edge{v.names[e[0]], v.names[e[1]]})
	}
	return out
}
