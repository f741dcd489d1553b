package main

import (
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

// stageOf returns the stage of an instance, which is one at all points of the modules around it.
func stageOf(ref string) string {
	return graph.WithoutPoints(graph.StageOf(ref))
}

// completeSelectors offers stages, and instances once a stage is written out.
func (c *cli) completeSelectors(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return c.complete(typed, selectorWords)
}

// completeData offers names of tracked data.
func (c *cli) completeData(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return c.complete(typed, dataWords)
}

// completeShared offers what may be named: instances, and data.
func (c *cli) completeShared(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return c.complete(typed, selectorWords, dataWords)
}

// complete offers words of the pipeline. If it does not evaluate there are none, and nothing is said
// about it: the person is in the middle of a line.
func (c *cli) complete(typed string, words ...func(g *graph.Graph, typed string) []string) (out []string, _ cobra.ShellCompDirective) {
	if g := c.graphQuietly(); g != nil {
		for _, w := range words {
			out = append(out, w(g, typed)...)
		}
	}
	return out, cobra.ShellCompDirectiveDefault
}

func (c *cli) graphQuietly() *graph.Graph {
	if c.settle() != nil {
		return nil
	}
	c.quiet = true
	p, dir, err := c.open()
	if err != nil {
		return nil
	}
	defer c.close(p)
	ev, _ := p.Evaluate(dewar.EvalOptions{Dir: dir})
	return ev.Graph
}

// selectorWords offers stages, those of modules at all points too, and the instances of a
// stage that is written out. Points are written as the person has begun to.
func selectorWords(g *graph.Graph, typed string) (out []string) {
	spelled := func(ref string) string { return ref }
	if strings.Contains(typed, "[") {
		spelled = graph.InBrackets
	}
	offered := map[string]bool{}
	offer := func(word, meaning string) {
		if strings.HasPrefix(word, typed) && !offered[word] {
			offered[word] = true
			out = append(out, word+meaning)
		}
	}
	for _, st := range g.Stages {
		name := spelled(st.Name)
		offer(graph.WithoutPoints(st.Name), "\t"+st.Description)
		offer(name, "\t"+st.Description)
		if typed != name && !strings.HasPrefix(typed, name+"@") && !strings.HasPrefix(typed, name+"[") {
			continue
		}
		for id := st.First; id < st.First+st.N; id++ {
			offer(spelled(g.Instances[id].Ref()), "")
		}
	}
	return out
}

func dataWords(g *graph.Graph, typed string) (out []string) {
	for _, d := range g.Data {
		if strings.HasPrefix(d.Name, typed) {
			out = append(out, d.Name+"\t"+d.Path)
		}
	}
	return out
}
