package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/spf13/cobra"
)

func (c *cli) stage() *cobra.Command {
	cmd := &cobra.Command{Use: "stage", Short: "Add and list stages"}
	cmd.AddCommand(c.stageAdd(), c.stageList())
	return cmd
}

// stageFlags are those of `dvc stage add`, for people who know them.
type stageFlags struct {
	name, description, workingDir  string
	deps, params                   []string
	outs, outsNoCache              []string
	metrics, metricsNoCache, plots []string
}

func (c *cli) stageAdd() *cobra.Command {
	var s stageFlags
	cmd := &cobra.Command{
		Use: "add -n NAME [flags] -- COMMAND...", Short: "Add a stage to pipeline.hcl",
		Example: "  dewar stage add -n train -d src/train.py -d assets/features/ -p train -o assets/models/ -- python3 src/train.py",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return c.addStage(s, args)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&s.name, "name", "n", "", "the stage's name")
	f.StringVar(&s.description, "description", "", "what it is for")
	f.StringVarP(&s.workingDir, "working-dir", "w", "", "where the command starts")
	f.StringArrayVarP(&s.deps, "deps", "d", nil, "an input (repeatable)")
	f.StringArrayVarP(&s.params, "params", "p", nil, "a param or section of params.yaml that the command reads (repeatable)")
	f.StringArrayVarP(&s.outs, "outs", "o", nil, "an output; a directory ends with a slash (repeatable)")
	f.StringArrayVarP(&s.outsNoCache, "outs-no-cache", "O", nil, "an output that Git keeps")
	f.StringArrayVarP(&s.metrics, "metrics", "m", nil, "a metrics file")
	f.StringArrayVarP(&s.metricsNoCache, "metrics-no-cache", "M", nil, "a metrics file that Git keeps")
	f.StringArrayVar(&s.plots, "plots", nil, "a plots file")
	return cmd
}

func (c *cli) addStage(s stageFlags, command []string) error {
	if s.name == "" {
		return usage("E-usage", "A stage needs a name: dewar stage add -n NAME … -- COMMAND.")
	}
	p, dir, err := c.open()
	if err != nil {
		return err
	}
	defer c.close(p)
	name := filepath.Join(p.Root, filepath.FromSlash(dir), "pipeline.hcl")
	src, err := fs.ReadFile(c.host.FS, name)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	ev, _ := p.Evaluate(dewar.EvalOptions{Dir: dir}) // without a graph, paths stay plain
	inputs, err := p.InputEntries(ev, dir, s.deps)
	if err != nil {
		return err
	}
	stage := lang.NewStage{
		Name: s.name, Description: s.description, WorkingDir: s.workingDir,
		Inputs:  inputs,
		Outputs: append(pathEntries(s.outs, ""), pathEntries(s.outsNoCache, ", cache = false")...),
		Metrics: append(pathEntries(s.metrics, ""), pathEntries(s.metricsNoCache, ", cache = false")...),
		Plots:   pathEntries(s.plots, ""),
	}
	if stage.Command = command; len(command) == 1 && strings.ContainsAny(command[0], " \t|<>&;") {
		stage.Command, stage.Script = nil, command[0]
	}
	out, err := c.declareParams(src, s.params, &stage)
	if err != nil {
		return err
	}
	if out, err = lang.AddStage(out, stage); err != nil {
		return c.cannotAdd(err, path.Join(dir, "pipeline.hcl"), src)
	}
	if err := fs.Rewrite(c.host.FS, "", name, src, out); err != nil {
		return err
	}
	if c.json {
		return c.printJSON(map[string]any{"stage": s.name, "file": path.Join(dir, "pipeline.hcl")})
	}
	c.printf("added stage %q to %s\n", s.name, path.Join(dir, "pipeline.hcl"))
	return nil
}

// cannotAdd says why a stage cannot be added: it is wrong, or the file is.
func (c *cli) cannotAdd(err error, name string, src []byte) error {
	var f *diag.Failure
	if errors.As(err, &f) {
		return c.inFile(err, name, src)
	}
	return usage("E-stage-add", "%v.", err)
}

// declareParams makes `-p train.C` a reference, and declares its param, read
// from params.yaml, if nothing does.
func (c *cli) declareParams(src []byte, params []string, stage *lang.NewStage) ([]byte, error) {
	for _, ref := range params {
		name, _, _ := strings.Cut(ref, ".")
		stage.Params = append(stage.Params, "param."+ref)
		if !bytes.Contains(src, []byte(fmt.Sprintf("param %q", name))) {
			if len(src) > 0 && !bytes.HasSuffix(src, []byte("\n")) {
				src = append(src, '\n')
			}
			src = append(src, fmt.Sprintf("\nparam %q {\n  type = any\n  file = \"params.yaml\"\n}\n", name)...)
		}
	}
	return bytes.TrimLeft(src, "\n"), nil
}

// pathEntries names outputs after their files.
func pathEntries(paths []string, more string) []lang.Entry {
	taken := map[string]bool{}
	var out []lang.Entry
	for _, p := range paths {
		e := lang.Entry{Name: dewar.InputName(p, taken), Text: p}
		if more != "" {
			e.Text, e.Expr = "", fmt.Sprintf("{ path = %q%s }", p, more)
		}
		out = append(out, e)
	}
	return out
}

// listedStage is a stage of the list; spec/formats.md describes it.
type listedStage struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Instances   int      `json:"instances"`
	Axes        []string `json:"axes,omitempty"`
}

// atAllPoints makes one line of a stage at all points of its module, as people think of it.
func atAllPoints(list []listedStage) []listedStage {
	var out []listedStage
	at := map[string]int{}
	for _, e := range list {
		axes := append(graph.PointAxes(e.Name), e.Axes...)
		name := graph.WithoutPoints(e.Name)
		if i, ok := at[name]; ok {
			out[i].Instances += e.Instances
			continue
		}
		at[name] = len(out)
		out = append(out, listedStage{name, e.Description, e.Instances, axes})
	}
	return out
}

func (c *cli) stageList() *cobra.Command {
	var params paramFlags
	cmd := &cobra.Command{
		Use: "list", Short: "List the stages", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			list := []listedStage{}
			for _, st := range ev.Graph.Stages {
				list = append(list, listedStage{st.Name, st.Description, int(st.N), st.Axes})
			}
			if c.json {
				return c.printJSON(map[string]any{"stages": list})
			}
			list = atAllPoints(list)
			names, width := make([]string, len(list)), 20
			for i, e := range list {
				names[i] = e.Name
				if len(e.Axes) > 0 {
					names[i] += fmt.Sprintf(" (%d: %s)", e.Instances, strings.Join(e.Axes, ", "))
				}
				width = max(width, len(names[i]))
			}
			for i, e := range list {
				c.printf("%s\n", strings.TrimRight(fmt.Sprintf("%-*s %s", width, names[i], e.Description), " "))
			}
			return nil
		},
	}
	params.add(cmd)
	return cmd
}
