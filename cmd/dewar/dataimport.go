package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/spf13/cobra"
)

const projectWords = `PROJECT is what git clones (https://…, ssh://…, user@host:path, file://…) or a directory of this machine; it is
one of dewar, one of DVC, or any repository. PATH is relative to its top. With --rev it is what a branch, a tag
or a commit has; without, what the project's HEAD has, and of a directory of this machine what lies there.`

func (c *cli) dataImport() *cobra.Command {
	var name, description, rev, out string
	cmd := &cobra.Command{
		Use: "import PROJECT PATH", Short: "Take data from another project, and track where it is from", Args: cobra.ExactArgs(2),
		Long:    "Brings data of another project, verified, and writes a data block that says where it is from.\n" + projectWords + "\n\n`dewar data update NAME` takes what is there later; a clone of this project gets what pipeline.lock says.",
		Example: "  dewar data import https://example.org/registry.git images/train -o data/train\n  dewar data import ../registry data/raw.csv --rev v1.2",
		RunE: func(_ *cobra.Command, args []string) error {
			p, dir, err := c.open()
			if err != nil {
				return err
			}
			defer c.close(p)
			from := graph.Import{Project: c.projectFrom(p, dir, args[0]), Path: strings.TrimSuffix(args[1], "/"), Rev: rev}
			d := dewar.NewData{Name: name, Description: description, Path: outOf(out, args[1]), From: from}
			if d.Path, err = c.dataPath(p, d); err != nil {
				return err
			}
			added, err := p.AddData(c.ctx, dir, []dewar.NewData{d}, c.progressLine)
			c.endLine()
			c.say(p.Warnings())
			if err != nil {
				return err
			}
			return c.sayImported(added, from)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&name, "name", "n", "", "its name (default: that of the file)")
	f.StringVar(&description, "description", "", "what it is")
	f.StringVar(&rev, "rev", "", "a branch, a tag or a commit of the project")
	f.StringVarP(&out, "out", "o", "", "where it goes (default: the last part of PATH)")
	return cmd
}

// outOf is where something goes: a directory that is named with a slash at its end gets it under its own name.
func outOf(out, from string) string {
	base := path.Base(path.Clean(filepath.ToSlash(from)))
	if out == "" {
		return base
	}
	if strings.HasSuffix(out, "/") {
		return out + base
	}
	return out
}

// projectFrom is a project of the command line as the block of the pipeline in dir has it: a relative directory
// is relative to that.
func (c *cli) projectFrom(p *dewar.Project, dir, project string) string {
	if strings.Contains(project, ":") || filepath.IsAbs(project) {
		return project
	}
	rel, err := filepath.Rel(filepath.Join(p.Root, filepath.FromSlash(dir)), c.abs(project))
	if err != nil {
		return project
	}
	return filepath.ToSlash(rel)
}

func (c *cli) sayImported(added []dewar.AddedData, from graph.Import) error {
	if c.json {
		return c.sayAdded(added)
	}
	for _, a := range added {
		c.printf("imported data.%s: %s from %s (%s)\n", a.Name, a.Path, revised(from.Project, from.Rev), filesText(a.Files, a.Bytes))
	}
	return nil
}

// revised names a project and a revision.
func revised(project, rev string) string {
	if rev == "" {
		return project
	}
	return project + " at " + rev
}

func (c *cli) dataGet() *cobra.Command {
	var rev, out string
	cmd := &cobra.Command{
		Use: "get PROJECT PATH", Short: "Take data from another project, without tracking it", Args: cobra.ExactArgs(2),
		Long:    "Brings data of another project, verified. It need not be called in a project.\n" + projectWords,
		Example: "  dewar data get https://example.org/registry.git images/train --rev v1.2 -o /tmp/train",
		RunE: func(_ *cobra.Command, args []string) error {
			to := c.abs(outOf(out, args[1]))
			return c.somewhere(to, func(p *dewar.Project) error {
				got, err := p.GetData(c.ctx, c.request(args, rev), to)
				c.endLine()
				c.say(p.Warnings())
				if err != nil {
					return err
				}
				if c.json {
					return c.printJSON(gotJSON{got.Path, got.From, got.Commit, got.Content.Digest.String(), got.Files, got.Bytes})
				}
				c.printf("got %s from %s (%s)\n", c.shown(got.Path), revised(got.From, shortCommit(got.Commit)), filesText(got.Files, got.Bytes))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&rev, "rev", "", "a branch, a tag or a commit of the project")
	cmd.Flags().StringVarP(&out, "out", "o", "", "where it goes (default: the last part of PATH)")
	return cmd
}

type gotJSON struct {
	Path   string `json:"path"`
	From   string `json:"from"`
	Commit string `json:"commit,omitempty"`
	Digest string `json:"digest"`
	Files  int64  `json:"files"`
	Bytes  int64  `json:"bytes"`
}

func shortCommit(id string) string { return id[:min(7, len(id))] }

// shown is a path as seen from the current directory, if it is below it.
func (c *cli) shown(at string) string {
	if rel, err := filepath.Rel(c.dir, at); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return at
}

// request is what the arguments PROJECT and PATH say.
func (c *cli) request(args []string, rev string) dewar.ImportRequest {
	r := dewar.ImportRequest{Import: graph.Import{Project: args[0], Rev: rev}, Base: c.dir, Progress: c.progressLine}
	if len(args) > 1 {
		r.Path = args[1]
	}
	return r
}

// somewhere calls work with the project around the current directory, or else with one that is
// made for it near at and goes afterwards.
func (c *cli) somewhere(at string, work func(*dewar.Project) error) error {
	root, err := dewar.FindProject(c.host.FS, c.dir)
	var none *diag.Failure
	if errors.As(err, &none) {
		for at = filepath.Dir(at); ; at = filepath.Dir(at) {
			if info, err := os.Stat(at); err == nil && info.IsDir() || at == filepath.Dir(at) {
				break
			}
		}
		return dewar.WithTemporaryProject(c.host, at, work)
	}
	if err != nil {
		return err
	}
	p, err := dewar.Open(c.host, root)
	if err != nil {
		return err
	}
	defer c.close(p)
	return work(p)
}

// listForeign is `data list PROJECT [PATH]`.
func (c *cli) listForeign(args []string, rev string) error {
	return c.somewhere(filepath.Join(os.TempDir(), "list"), func(p *dewar.Project) error {
		list, err := p.ListForeign(c.ctx, c.request(args, rev))
		c.endLine()
		if err != nil {
			return err
		}
		c.say(p.Warnings())
		if c.json {
			return c.printJSON(foreignOf(list))
		}
		if len(list.Data) == 0 {
			fmt.Fprintf(c.err, "%s tracks nothing\n", revised(list.Project, shortCommit(list.Commit)))
		}
		width := 0
		for _, d := range list.Data {
			width = max(width, len(foreignSize(d)))
		}
		for _, d := range list.Data {
			name := d.Path
			if d.Kind == digest.Directory {
				name += "/"
			}
			line := fmt.Sprintf("%*s  %s", width, foreignSize(d), name)
			if d.By != "" && d.By != "git" {
				line += "  (" + d.By + ")"
			}
			c.printf("%s\n", line)
		}
		return nil
	})
}

// foreignSize is how large something is, as far as its project says.
func foreignSize(d dewar.Foreign) string {
	switch {
	case d.Kind == digest.Directory && d.Bytes >= 0 && d.Files >= 0:
		return filesText(d.Files, d.Bytes)
	case d.Bytes >= 0:
		return size(d.Bytes)
	}
	return "-"
}

type foreignJSON struct {
	Path  string `json:"path"`
	Kind  string `json:"kind"`
	By    string `json:"by,omitempty"`
	Files *int64 `json:"files,omitempty"`
	Bytes *int64 `json:"bytes,omitempty"`
}

func foreignOf(list *dewar.ForeignList) any {
	out := []foreignJSON{}
	for _, d := range list.Data {
		x := foreignJSON{Path: d.Path, Kind: d.Kind.String(), By: d.By}
		if d.Files >= 0 {
			x.Files = &d.Files
		}
		if d.Bytes >= 0 {
			x.Bytes = &d.Bytes
		}
		out = append(out, x)
	}
	return struct {
		Project string        `json:"project"`
		Commit  string        `json:"commit,omitempty"`
		Data    []foreignJSON `json:"data"`
	}{list.Project, list.Commit, out}
}

// sayImports says what became of data of other projects, and returns for how much of it there was something to do.
func (c *cli) sayImports(list []dewar.UpdatedImport) (done int) {
	for _, u := range list {
		c.sayKept(u.Kept)
		word := "updated"
		switch {
		case !u.Changed() && u.Written == 0:
			continue
		case !u.Changed():
			word = "brought"
		}
		done++
		c.printf("%s data.%s: %s from %s (%s)\n", word, u.Name, u.Path, revised(u.From, shortCommit(u.Commit)), filesText(u.Files, u.Bytes))
	}
	return done
}

type importJSON struct {
	Name    string       `json:"name"`
	Path    string       `json:"path"`
	From    string       `json:"from"`
	Commit  string       `json:"commit,omitempty"`
	Old     string       `json:"old,omitempty"`
	New     string       `json:"new"`
	Written int          `json:"written"`
	Kept    []dewar.Kept `json:"kept"`
}

func importsOf(list []dewar.UpdatedImport) []importJSON {
	out := []importJSON{}
	for _, u := range list {
		out = append(out, importJSON{u.Name, u.Path, u.From, u.Commit, digestText(u.Old), digestText(u.New), u.Written, append([]dewar.Kept{}, u.Kept...)})
	}
	return out
}
