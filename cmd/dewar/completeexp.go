package main

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

// What begins with something is offered, each with what it is: generated names say
// nothing to anybody. Nothing is offered, silently, where there is no project.

// completeExperiments offers the names of experiments that are not named yet.
func (c *cli) completeExperiments(_ *cobra.Command, named []string, begun string) ([]string, cobra.ShellCompDirective) {
	return c.offer(begun, func(p *dewar.Project, dir string) (out []offered) {
		rows, _ := p.Experiments() // what cannot be read is not offered
		for _, r := range rows {
			if r.Pipeline == dir && !slices.Contains(named, r.Name) {
				out = append(out, offered{r.Name, strings.TrimSpace(summaryOf(&r))})
			}
		}
		return out
	})
}

// completeExperiment is completeExperiments for commands that take one, at first.
func (c *cli) completeExperiment(cmd *cobra.Command, named []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(named) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return c.completeExperiments(cmd, nil, begun)
}

// completePlaces offers what results can be of: the workspace, the last commit, and
// experiments. There are too many commits for a list.
func (c *cli) completePlaces(cmd *cobra.Command, named []string, begun string) ([]string, cobra.ShellCompDirective) {
	names, directive := c.completeExperiments(cmd, named, begun)
	for _, place := range []string{"HEAD\tthe last commit", dewar.Workspace + "\twhat lies there now"} {
		if name, _, _ := strings.Cut(place, "\t"); strings.HasPrefix(name, begun) && !slices.Contains(named, name) {
			names = append(names, place)
		}
	}
	return names, directive
}

// completeBlocks offers the experiment blocks of the pipeline.
func (c *cli) completeBlocks(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	return c.offer(begun, func(p *dewar.Project, dir string) (out []offered) {
		for _, b := range p.ExperimentBlocks(dir) {
			out = append(out, offered{b.Name, b.Description})
		}
		return out
	})
}

// offered is a word, and what it means.
type offered struct{ word, meaning string }

// offer opens the project and returns the words that begin so.
func (c *cli) offer(begun string, words func(p *dewar.Project, dir string) []offered) (out []string, _ cobra.ShellCompDirective) {
	if c.settle() != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	c.quiet = true
	p, dir, err := c.open()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer c.close(p)
	for _, w := range words(p, dir) {
		if strings.HasPrefix(w.word, begun) {
			out = append(out, strings.TrimSuffix(w.word+"\t"+strings.Join(strings.Fields(w.meaning), " "), "\t"))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
