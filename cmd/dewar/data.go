package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) data() *cobra.Command {
	cmd := &cobra.Command{
		Use: "data", Short: "Track data: files that are too large for Git",
		Long: `Tracked data is what a pipeline begins with. pipeline.hcl names it in data blocks, pipeline.lock has its
digests, the cache and remotes have its bytes. A run reads what lies in the workspace.`,
	}
	cmd.AddCommand(c.dataAdd(), c.dataImport(), c.dataGet(), c.dataUpdate(), c.dataStatus(), c.dataDiff(), c.dataList(), c.dataMove(), c.dataRemove(), c.dataAllow())
	return cmd
}

func (c *cli) dataAdd() *cobra.Command {
	var name, description, url, out string
	var external bool
	cmd := &cobra.Command{
		Use: "add PATH...", Short: "Begin to track files or directories, or accept what changed in them",
		Long: `Writes a data block for each path, takes the bytes into the cache and the digests into pipeline.lock, and
has Git ignore what it does not track. With --url a file is downloaded, and its digest pinned. With
--external the path lies outside of the project: it is read where it is and never copied.`,
		Example: "  dewar data add data/raw.csv data/images\n  dewar data add --url https://example.org/raw.csv -o data/raw.csv\n  dewar data add --external /mnt/archive/scans --name scans",
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := c.newData(args, url, out, external)
			if err != nil {
				return err
			}
			if name != "" && len(list) > 1 {
				return usage("E-usage", "--name is for one path, and there are %d.", len(list))
			}
			return c.project(func(p *dewar.Project, dir string) error {
				for i := range list {
					list[i].Name, list[i].Description = name, description
					if list[i].Path, err = c.dataPath(p, list[i]); err != nil {
						return err
					}
				}
				added, err := p.AddData(c.ctx, dir, list, c.progressLine)
				c.endLine()
				if err != nil {
					return err
				}
				return c.sayAdded(added)
			})
		},
	}
	f := cmd.Flags()
	f.StringVarP(&name, "name", "n", "", "its name (default: that of the file)")
	f.StringVar(&description, "description", "", "what it is")
	f.StringVar(&url, "url", "", "download it from here, now and wherever it is missing")
	f.StringVarP(&out, "out", "o", "", "with --url: where it goes (default: the last part of the url)")
	f.BoolVar(&external, "external", false, "it lies outside of the project and is only read")
	return cmd
}

// newData is what the arguments say.
func (c *cli) newData(args []string, url, out string, external bool) ([]dewar.NewData, error) {
	if url != "" {
		if len(args) > 0 || external {
			return nil, usage("E-usage", "--url names what is added: give no paths with it, and no --external.")
		}
		if out == "" {
			out = filepath.Base(strings.SplitN(strings.TrimRight(url, "/"), "?", 2)[0])
		}
		return []dewar.NewData{{Path: out, URL: url}}, nil
	}
	if len(args) == 0 {
		return nil, usage("E-usage", "Name what is to be tracked: dewar data add PATH…, or dewar data add --url URL.")
	}
	var list []dewar.NewData
	for _, a := range args {
		list = append(list, dewar.NewData{Path: a, External: external})
	}
	return list, nil
}

// dataPath is a path of the command line as AddData wants it.
func (c *cli) dataPath(p *dewar.Project, d dewar.NewData) (string, error) {
	at := c.abs(d.Path)
	if d.External {
		return filepath.ToSlash(filepath.Clean(at)), nil
	}
	rel, err := filepath.Rel(p.Root, at)
	if err != nil {
		return "", err
	}
	return filepath.ToSlash(rel), nil
}

func (c *cli) sayAdded(added []dewar.AddedData) error {
	if c.json {
		list := []addedJSON{}
		for _, a := range added {
			list = append(list, addedJSON{a.Name, a.Path, a.Content.Digest.String(), a.Files, a.Bytes, a.Known, a.Git})
		}
		return c.printJSON(map[string]any{"data": list})
	}
	for _, a := range added {
		word := "tracked"
		if a.Known {
			word = "accepted"
		}
		c.printf("%s data.%s: %s (%s)\n", word, a.Name, a.Path, filesText(a.Files, a.Bytes))
		if a.Git {
			fmt.Fprintf(c.err, "Git tracks %s as well. To leave it to dewar: git rm -r --cached %s, then dewar data add %s\n", a.Path, a.Path, a.Path)
		}
	}
	return nil
}

type addedJSON struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Digest string `json:"digest"`
	Files  int64  `json:"files"`
	Bytes  int64  `json:"bytes"`
	Known  bool   `json:"known"`
	Git    bool   `json:"git"`
}

// filesText counts files and their bytes for people.
func filesText(files, bytes int64) string {
	if files == 1 {
		return size(bytes)
	}
	return fmt.Sprintf("%s, %s", counted(int(files), "file"), size(bytes))
}

// progressLine shows how far one thing is, on a terminal.
func (c *cli) progressLine(name string, done, total int64) {
	if !c.live {
		return
	}
	text := fmt.Sprintf("%s: %s", name, size(done))
	if total > 0 {
		text += " of " + size(total)
	}
	fmt.Fprintf(c.err, "\r\x1b[K%s", fit(text, c.width()-1))
}

func (c *cli) endLine() {
	if c.live {
		fmt.Fprint(c.err, "\r\x1b[K")
	}
}
