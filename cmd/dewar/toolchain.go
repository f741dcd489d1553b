package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

func (c *cli) toolchain() *cobra.Command {
	cmd := &cobra.Command{Use: "toolchain", Short: "Show what the host provides"}
	cmd.AddCommand(c.toolchainShow())
	return cmd
}

// toolchainFlags are those of `dewar toolchain show`.
type toolchainFlags struct {
	params paramFlags
	base   bool
	whole  bool
}

func (c *cli) toolchainShow() *cobra.Command {
	var o toolchainFlags
	cmd := &cobra.Command{
		Use: "show [NAME...]", Short: "Find the declared toolchains, and say what they are made of",
		Long: "Find the declared toolchains, or those of the names, and say what each is on this machine: where it is, what its\nfingerprint is made of, what a sandbox shows of it. A toolchain whose fingerprint changes changes the action keys of all stages that use it.",
		RunE: func(_ *cobra.Command, names []string) error { return c.showToolchains(o, names) },
	}
	o.params.add(cmd)
	cmd.Flags().BoolVar(&o.base, "base", false, "also what it needs of the system, as isolation = \"hermetic\" shows it")
	cmd.Flags().BoolVarP(&o.whole, "verbose", "v", false, "all lines, however many")
	cmd.ValidArgsFunction = c.completeToolchains
	return cmd
}

// completeToolchains offers names of toolchains.
func (c *cli) completeToolchains(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	out, _ := c.complete(typed, func(g *graph.Graph, typed string) (out []string) {
		for _, t := range g.Toolchains {
			if strings.HasPrefix(t.Name, typed) {
				out = append(out, t.Name+"\t"+t.Kind)
			}
		}
		return out
	})
	return out, cobra.ShellCompDirectiveNoFileComp
}

// showToolchains fails if one of them is not there, and shows the others all the same.
func (c *cli) showToolchains(o toolchainFlags, names []string) error {
	p, ev, err := c.evaluate(&o.params)
	if err != nil {
		return err
	}
	defer c.close(p)
	list, err := p.Toolchains(c.ctx, ev, names, o.base)
	if err != nil {
		return err
	}
	var problems diag.List
	for _, t := range list {
		problems = append(problems, t.Problems...)
	}
	if c.json {
		c.held = append(c.held, problems...)
		out := []any{}
		for _, t := range list {
			out = append(out, toolchainJSON(t, o.base))
		}
		if err := c.printJSON(map[string]any{"toolchains": out}); err != nil || len(problems) == 0 {
			return err
		}
		return exit(exitUsage)
	}
	if len(list) == 0 {
		fmt.Fprintln(c.err, "the pipeline declares no toolchains: stages without one use the programs of this machine, and their results are not shared")
	}
	shown := 0
	for _, t := range list {
		if len(t.Problems) > 0 {
			continue
		}
		if shown++; shown > 1 {
			c.printf("\n")
		}
		c.printToolchain(t, o)
	}
	return problems.Err()
}

func (c *cli) printToolchain(t dewar.ShownToolchain, o toolchainFlags) {
	b := t.Found.Binding
	c.printf("%s\n", t.Declared.Name)
	line := func(label, value string) {
		if value != "" {
			c.printf("  %-12s %s\n", label, value)
		}
	}
	line("kind", t.Declared.Kind)
	line("found", t.Found.Program)
	line("version", t.Found.Version)
	line("fingerprint", shortDigest(b.Fingerprint))
	var details, links, env []string
	for _, d := range b.Details {
		details = append(details, d.Label+"  "+shortHashes(d.Value))
	}
	for _, v := range b.Env {
		env = append(env, v.Name+"="+v.Value)
	}
	for _, l := range b.Links {
		links = append(links, l.At+" -> "+l.To)
	}
	c.printSection("made of", details, o.whole)
	c.printSection("shown, besides the system", b.Mounts, o.whole)
	c.printSection("on PATH", b.Path, o.whole)
	c.printSection("environment", env, o.whole)
	if !o.base {
		return
	}
	line("base", shortDigest(b.BaseDigest))
	c.printSection("base, in place of the system", b.Base, o.whole)
	c.printSection("symbolic links to it", links, o.whole)
	c.printSection("not found, though something may need it", t.Found.Lacking, o.whole)
}

// printSection prints a list, folded.
func (c *cli) printSection(title string, lines []string, whole bool) {
	const most = 15
	if len(lines) == 0 {
		return
	}
	c.printf("  %s\n", title)
	for i, l := range lines {
		if i == most && !whole && len(lines) > most+1 {
			c.printf("    … and %d more (-v shows all)\n", len(lines)-i)
			return
		}
		c.printf("    %s\n", strings.ReplaceAll(l, "\n", "\n      "))
	}
}

func shortDigest(hex string) string { return hex[:min(len(hex), 16)] }

// shortHashes shortens the hashes in a line: nobody reads them to the end.
func shortHashes(value string) string {
	words := strings.Split(value, " ")
	for i, w := range words {
		hash, size, sized := strings.Cut(w, "/")
		if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
			continue
		}
		if words[i] = shortDigest(hash); sized {
			words[i] += "/" + size
		}
	}
	return strings.Join(words, " ")
}

func toolchainJSON(t dewar.ShownToolchain, base bool) any {
	type field struct {
		Label string `json:"label"`
		Value string `json:"value"`
	}
	type variable struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	type link struct {
		At string `json:"at"`
		To string `json:"to"`
	}
	type baseJSON struct {
		Digest  string   `json:"digest"`
		Paths   []string `json:"paths"`
		Links   []link   `json:"links"`
		Lacking []string `json:"lacking"`
	}
	b := t.Found.Binding
	out := struct {
		Name        string     `json:"name"`
		Kind        string     `json:"kind"`
		Found       bool       `json:"found"`
		Program     string     `json:"program,omitempty"`
		Version     string     `json:"version,omitempty"`
		Fingerprint string     `json:"fingerprint,omitempty"`
		Details     []field    `json:"details"`
		Mounts      []string   `json:"mounts"`
		Path        []string   `json:"path"`
		Env         []variable `json:"env"`
		Base        *baseJSON  `json:"base,omitempty"`
	}{
		Name: t.Declared.Name, Kind: t.Declared.Kind, Found: len(t.Problems) == 0, Program: t.Found.Program, Version: t.Found.Version, Fingerprint: b.Fingerprint,
		Details: []field{}, Mounts: append([]string{}, b.Mounts...), Path: append([]string{}, b.Path...), Env: []variable{},
	}
	for _, d := range b.Details {
		out.Details = append(out.Details, field{d.Label, d.Value})
	}
	for _, v := range b.Env {
		out.Env = append(out.Env, variable{v.Name, v.Value})
	}
	if base && out.Found {
		out.Base = &baseJSON{Digest: b.BaseDigest, Paths: append([]string{}, b.Base...), Links: []link{}, Lacking: append([]string{}, t.Found.Lacking...)}
		for _, l := range b.Links {
			out.Base.Links = append(out.Base.Links, link{l.At, l.To})
		}
	}
	return out
}
