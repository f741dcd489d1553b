package main

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/exp/plot"
	"github.com/dewar-build/dewar/fs"
	"github.com/spf13/cobra"
)

// templateDirs are where a project has templates of its own: a file is called by its
// name without .json. What is in both is taken from the first; what has the name of
// one of ours is meant to be in its place.
var templateDirs = [...]string{".dewar/plots", ".dvc/plots"}

// plotTemplates are the templates that there are: ours, and those of a project. Nil
// are ours alone.
type plotTemplates struct {
	fs   fs.FS
	root string // of the project; "" if there is none
}

// ownTemplate is one of a project.
type ownTemplate struct {
	Name string `json:"name"`
	File string `json:"file"` // in the project
}

// own lists those of the project, by name.
func (t *plotTemplates) own() []ownTemplate {
	out := []ownTemplate{}
	for _, dir := range templateDirs {
		if t == nil || t.root == "" {
			break
		}
		entries, err := t.fs.ReadDir(filepath.Join(t.root, filepath.FromSlash(dir)))
		if err != nil {
			continue // there need not be one
		}
		for _, e := range entries {
			name, ok := strings.CutSuffix(e.Name, ".json")
			if ok && name != "" && !slices.ContainsFunc(out, func(o ownTemplate) bool { return o.Name == name }) {
				out = append(out, ownTemplate{name, path.Join(dir, e.Name)})
			}
		}
	}
	slices.SortFunc(out, func(a, b ownTemplate) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (t *plotTemplates) names() (names []string) {
	for _, o := range t.own() {
		names = append(names, o.Name)
	}
	return names
}

// file returns where the project has a template of this name, "" if it has none.
func (t *plotTemplates) file(name string) string {
	for _, o := range t.own() {
		if o.Name == name {
			return o.File
		}
	}
	return ""
}

// chosenTemplate is how a plot is drawn: with one of ours, or with one of somebody's own.
type chosenTemplate struct {
	name string // of ours; "" is the default
	own  *plot.Own
}

// hinted is the template that a stage names: a name, or a file of the project.
func (t *plotTemplates) hinted(hint string) (chosenTemplate, error) {
	if strings.HasSuffix(hint, ".json") && t != nil {
		at := filepath.Join(t.root, filepath.FromSlash(hint))
		if t.there(at) || strings.Contains(hint, "/") {
			return t.read("", hint, at)
		}
		hint = strings.TrimSuffix(hint, ".json") // DVC lets people say so too
	}
	return t.named(hint)
}

// asked is the template that a command line names: a name, or any file.
func (t *plotTemplates) asked(name string, abs func(string) string) (chosenTemplate, error) {
	if strings.HasSuffix(name, ".json") && (t.there(abs(name)) || strings.ContainsAny(name, `/\`)) {
		return t.read("", name, abs(name))
	}
	return t.named(strings.TrimSuffix(name, ".json"))
}

func (t *plotTemplates) there(at string) bool {
	_, err := t.fs.Stat(at)
	return err == nil
}

func (t *plotTemplates) named(name string) (chosenTemplate, error) {
	ours := slices.Contains(plot.TemplateNames(), name)
	if file := t.file(name); file != "" {
		as := ""
		if ours { // its columns are found as ours finds them
			as = name
		}
		return t.read(as, file, filepath.Join(t.root, filepath.FromSlash(file)))
	}
	if !ours && name != "" {
		return chosenTemplate{}, plot.NoTemplate(name, t.names())
	}
	return chosenTemplate{name: name}, nil
}

// read reads a file of somebody's own; name is what it is called in messages.
func (t *plotTemplates) read(as, name, at string) (chosenTemplate, error) {
	b, err := fs.ReadFile(t.fs, at)
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		return chosenTemplate{}, fmt.Errorf("there is no template file %s", name)
	case err != nil:
		return chosenTemplate{}, fmt.Errorf("the template %s cannot be read: %w", name, err)
	}
	own, err := plot.Custom(b)
	if err != nil {
		return chosenTemplate{}, fmt.Errorf("the template %s cannot be used: %w", name, err)
	}
	return chosenTemplate{name: as, own: own}, nil
}

// templateFailure is for who asked for a template on the command line.
func templateFailure(err error) error {
	text := err.Error()
	text = strings.ToUpper(text[:1]) + text[1:]
	if strings.HasSuffix(text, "?") {
		return usage("E-plot-template", "%s `dewar plots templates` lists those that there are.", text)
	}
	return usage("E-plot-template", "%s.", text)
}

// templates are those of a project.
func (c *cli) templates(p *dewar.Project) *plotTemplates {
	return &plotTemplates{fs: c.host.FS, root: p.Root}
}

// sayTemplates says which plots are not drawn as their stages want it.
func (c *cli) sayTemplates(list []plot.Plot) {
	var said diag.List
	for _, p := range list {
		if p.Problem != "" {
			said = append(said, diag.Diagnostic{Severity: diag.Warning, Code: "W-plot-template", Detail: fmt.Sprintf("%s is not drawn: %s.", p.ID, p.Problem)})
		}
	}
	if !c.json { // the object has them
		c.say(said)
	}
}

func (c *cli) plotsTemplates() *cobra.Command {
	return &cobra.Command{
		Use: "templates [NAME]", Short: "List the templates of plots, or print one", Args: cobra.MaximumNArgs(1),
		Long: `Lists the names that -t and the entry template of a plot take: the templates that dewar has,
and those of the project, which are files NAME.json in .dewar/plots or .dvc/plots. With a name,
prints that template as JSON, to begin one of your own with:

  dewar plots templates linear > .dewar/plots/mine.json`,
		ValidArgsFunction: c.completeTemplates,
		RunE: func(_ *cobra.Command, args []string) error {
			t := c.templatesHere()
			if len(args) > 0 {
				return c.printTemplate(t, args[0])
			}
			own := t.own()
			if c.json {
				return c.printJSON(map[string]any{"templates": plot.TemplateNames(), "own": own})
			}
			c.printf("%s\n", strings.Join(plot.TemplateNames(), "\n"))
			for _, o := range own {
				c.printf("%s  (%s)\n", printable(o.Name), printable(o.File))
			}
			return nil
		},
	}
}

// templatesHere are those of the project around, if there is one: ours are there without.
func (c *cli) templatesHere() *plotTemplates {
	root, err := dewar.FindProject(c.host.FS, c.dir)
	if err != nil {
		root = ""
	}
	return &plotTemplates{fs: c.host.FS, root: root}
}

// printTemplate prints a template as it is in its file, or as it would be in one.
func (c *cli) printTemplate(t *plotTemplates, name string) error {
	text := plot.Anchored(name)
	if file := t.file(name); file != "" {
		b, err := fs.ReadFile(t.fs, filepath.Join(t.root, filepath.FromSlash(file)))
		if err != nil {
			return fmt.Errorf("read the template %s: %w", name, err)
		}
		text = b
	}
	if text == nil {
		return templateFailure(plot.NoTemplate(name, t.names()))
	}
	_, err := c.out.Write(text)
	return err
}

// completeTemplates offers names of templates.
func (c *cli) completeTemplates(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if c.settle() != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, name := range append(plot.TemplateNames(), c.templatesHere().names()...) {
		if strings.HasPrefix(name, begun) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
