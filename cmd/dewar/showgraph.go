package main

import (
	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

func (c *cli) showGraph() *cobra.Command {
	var params paramFlags
	cmd := &cobra.Command{
		Use: "graph", Short: "Show the whole graph as evaluated, for programs with --json", Args: cobra.NoArgs,
		Long: "Shows everything that evaluation gives: stages, instances with their inputs and outputs, edges, params and who uses\nthem. To look at, `dewar dag` draws it.",
		RunE: func(*cobra.Command, []string) error {
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			if c.json {
				return c.printJSON(graphJSON(ev))
			}
			c.printf("%s", graph.Dump(ev.Graph))
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	params.add(cmd)
	return cmd
}

// wholeGraph is a graph; spec/formats.md describes it.
type wholeGraph struct {
	Pipeline   string          `json:"pipeline"`
	Params     []exp.Param     `json:"params"`
	Overrides  []graphOverride `json:"overrides"`
	Data       []graphData     `json:"data"`
	Toolchains []graphTool     `json:"toolchains"`
	Stages     []graphStage    `json:"stages"`
	Instances  []graphInstance `json:"instances"`
	Edges      []graphEdge     `json:"edges"`
}

type graphOverride struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Origin string `json:"origin"`
}

type graphData struct {
	Name      string `json:"name"`
	Path      string `json:"path"`
	Directory bool   `json:"directory"`
}

type graphTool struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

type graphStage struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	ForEach     bool     `json:"for_each"`
	Axes        []string `json:"axes"`
	Instances   int      `json:"instances"`
	File        string   `json:"file"`
	Line        int      `json:"line"`
}

type graphInstance struct {
	Instance   string        `json:"instance"`
	Stage      string        `json:"stage"`
	Point      []graphAxis   `json:"point"`
	Command    []string      `json:"command"`
	Script     string        `json:"script,omitempty"`
	WorkingDir string        `json:"working_dir"`
	Inputs     []graphInput  `json:"inputs"`
	Outputs    []graphOutput `json:"outputs"`
	After      []string      `json:"after,omitempty"`
	Uses       []graphUse    `json:"uses"`
	Labels     []string      `json:"labels,omitempty"`
	Toolchains []string      `json:"toolchains,omitempty"`
}

type graphAxis struct {
	Axis  string `json:"axis"`
	Value string `json:"value"`
}

type graphInput struct {
	Label    string `json:"label"`
	Path     string `json:"path"`
	Kind     string `json:"kind"`
	Of       string `json:"of,omitempty"`
	Data     string `json:"data,omitempty"`
	Instance string `json:"instance,omitempty"`
	Output   string `json:"output,omitempty"`
}

type graphOutput struct {
	Group     string `json:"group"`
	Name      string `json:"name"`
	Path      string `json:"path"`
	At        string `json:"at,omitempty"`
	Directory bool   `json:"directory"`
}

type graphUse struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin string `json:"origin,omitempty"`
}

type graphEdge struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func graphJSON(ev *dewar.Evaluation) wholeGraph {
	g := ev.Graph
	out := wholeGraph{
		Pipeline: g.Dir, Params: append([]exp.Param{}, ev.Params()...), Overrides: []graphOverride{}, Data: []graphData{}, Toolchains: []graphTool{},
		Stages: []graphStage{}, Instances: make([]graphInstance, len(g.Instances)), Edges: []graphEdge{},
	}
	for _, o := range g.Overrides {
		out.Overrides = append(out.Overrides, graphOverride(o))
	}
	for i := range g.Data {
		out.Data = append(out.Data, graphData{g.Data[i].Name, g.Data[i].Path, g.Data[i].Dir})
	}
	for i := range g.Toolchains {
		out.Toolchains = append(out.Toolchains, graphTool{g.Toolchains[i].Name, g.Toolchains[i].Kind})
	}
	for i := range g.Stages {
		st := &g.Stages[i]
		out.Stages = append(out.Stages, graphStage{st.Name, st.Description, st.Template, append([]string{}, st.Axes...), int(st.N), st.Span.File, st.Span.Start.Line})
	}
	edges := g.Edges()
	for i := range g.Instances {
		out.Instances[i] = instanceJSON(g, &g.Instances[i])
		for _, dep := range edges.Deps(graph.ID(i)) {
			out.Edges = append(out.Edges, graphEdge{g.Instances[dep].Ref(), g.Instances[i].Ref()})
		}
	}
	return out
}

func instanceJSON(g *graph.Graph, x *graph.Instance) graphInstance {
	out := graphInstance{
		Instance: x.Ref(), Stage: x.Stage, Point: []graphAxis{}, Command: append([]string{}, x.Args...), Script: x.Script, WorkingDir: x.WorkingDir,
		Inputs: make([]graphInput, len(x.Inputs)), Outputs: make([]graphOutput, len(x.Outputs)), Uses: []graphUse{}, Labels: x.Labels, Toolchains: x.Toolchains,
	}
	for _, a := range x.Point {
		out.Point = append(out.Point, graphAxis{a.Name, a.Value})
	}
	for i := range x.Inputs {
		out.Inputs[i] = graphInputJSON(g, &x.Inputs[i])
	}
	for i := range x.Outputs {
		o := &x.Outputs[i]
		out.Outputs[i] = graphOutput{Group: string(o.Group), Name: o.Name, Path: o.Path, Directory: o.Dir}
		if o.At != o.Path {
			out.Outputs[i].At = o.At
		}
	}
	for _, id := range x.After {
		out.After = append(out.After, g.Instances[id].Ref())
	}
	for _, u := range x.Uses {
		out.Uses = append(out.Uses, graphUse{u.Name, u.Text, u.Origin})
	}
	return out
}

func graphInputJSON(g *graph.Graph, in *graph.Input) graphInput {
	out := graphInput{Label: in.Label, Path: in.At, Data: in.Data}
	switch in.Kind {
	case graph.Workspace:
		out.Kind = "workspace"
		if in.Path != in.At {
			out.Of = in.Path
		}
	case graph.Artifact:
		y := &g.Instances[in.From]
		o := &y.Outputs[in.Output]
		out.Kind, out.Instance, out.Output, out.Of = "artifact", y.Ref(), string(o.Group)+"."+o.Name, in.Sub
	case graph.Literal:
		out.Kind = "written"
	default:
		out.Kind = "collected"
	}
	return out
}
