package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// stageOf returns the stage part of "stage@key".
func stageOf(ref string) string {
	name, _, _ := strings.Cut(ref, "@")
	return name
}

// completeSelectors offers stages, and instances once a stage is written out.
func (c *cli) completeSelectors(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	if c.settle() != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	c.quiet = true
	p, dir, err := c.open()
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	o, err := (&paramFlags{}).options(c, p, dir)
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	ev, _ := p.Evaluate(o)
	if ev.Graph == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var out []string
	for _, st := range ev.Graph.Stages {
		if !strings.Contains(typed, "@") && strings.HasPrefix(st.Name, typed) {
			out = append(out, st.Name+"\t"+st.Description)
		}
		if strings.HasPrefix(typed, st.Name+"@") || typed == st.Name {
			for id := st.First; id < st.First+st.N; id++ {
				if ref := ev.Graph.Instances[id].Ref(); strings.HasPrefix(ref, typed) {
					out = append(out, ref)
				}
			}
		}
	}
	return out, cobra.ShellCompDirectiveDefault
}
