package main

import (
	"bytes"
	"os"
	"path/filepath"
	"sort"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/spf13/cobra"
)

func (c *cli) fmt() *cobra.Command {
	var check, recursive bool
	cmd := &cobra.Command{
		Use: "fmt [FILE|DIR...]", Short: "Write pipeline files in canonical form",
		Long: "Writes pipeline files in canonical form, and prints the names of those that\nchange; without arguments, those of this directory. \"-\" formats standard input.\n\nWith -r directories are those of all pipelines in and below them: `dewar fmt -r --check`\nin the directory of the project is what a check of all of it runs.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "-" {
				return c.formatStream(cmd)
			}
			files, err := c.formatted(args, recursive)
			if err != nil {
				return err
			}
			return c.formatFiles(files, check)
		},
	}
	cmd.Flags().BoolVarP(&recursive, "recursive", "r", false, "the pipelines below directories as well, but for what is ignored")
	cmd.Flags().BoolVar(&check, "check", false, "change nothing; exit with 3 if a file is not in canonical form")
	return cmd
}

func (c *cli) formatStream(cmd *cobra.Command) error {
	var in bytes.Buffer
	if _, err := in.ReadFrom(cmd.InOrStdin()); err != nil {
		return err
	}
	out, err := lang.Format(in.Bytes())
	if err != nil {
		return c.inFile(err, "<standard input>", in.Bytes())
	}
	_, err = c.out.Write(out)
	return err
}

// formatted returns the files to format: those that are named, and the pipeline
// files of directories.
func (c *cli) formatted(args []string, recursive bool) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	var out []string
	for _, a := range args {
		name := c.abs(a)
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			out = append(out, name)
			continue
		}
		dirs := []string{name}
		if recursive {
			var err error
			if dirs, err = c.pipelinesBelow(a); err != nil {
				return nil, err
			}
		}
		for _, dir := range dirs {
			files, err := pipelineFiles(dir)
			if err != nil {
				return nil, err
			}
			out = append(out, files...)
		}
	}
	return out, nil
}

// pipelinesBelow returns the directories of the pipelines in and below a directory of the project.
func (c *cli) pipelinesBelow(arg string) ([]string, error) {
	p, _, err := c.open()
	if err != nil {
		return nil, err
	}
	defer c.close(p)
	rel, err := p.Rel(c.abs(arg))
	if err != nil {
		return nil, usage("E-usage", "%s is not in the project.", arg)
	}
	below, err := p.Pipelines(rel)
	if err != nil {
		return nil, err
	}
	if len(below) == 0 {
		return nil, usage("E-usage", "There is no pipeline in %s, nor below it.", arg)
	}
	for i, dir := range below {
		below[i] = filepath.Join(p.Root, filepath.FromSlash(dir))
	}
	return below, nil
}

// pipelineFiles returns the files of the pipeline of a directory; if there are
// none, the one that is missing.
func pipelineFiles(dir string) ([]string, error) {
	out, err := filepath.Glob(filepath.Join(globEscape(dir), "*.pipeline.hcl"))
	if err != nil {
		return nil, err
	}
	if main := filepath.Join(dir, "pipeline.hcl"); len(out) == 0 || fileExists(main) {
		out = append(out, main)
	}
	sort.Strings(out)
	return out, nil
}

// globEscape makes a directory name match itself.
func globEscape(dir string) string {
	var b bytes.Buffer
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || (r == '\\' && os.PathSeparator == '/') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func (c *cli) formatFiles(files []string, check bool) error {
	changed := []string{}
	for _, name := range files {
		rel, err := filepath.Rel(c.dir, name)
		if err != nil {
			rel = name
		}
		src, err := fs.ReadFile(c.host.FS, name)
		if os.IsNotExist(err) {
			return usage("E-usage", "There is no file %s to format.", rel)
		}
		if err != nil {
			return err
		}
		out, err := lang.Format(src)
		if err != nil {
			return c.inFile(err, rel, src)
		}
		if bytes.Equal(src, out) {
			continue
		}
		changed = append(changed, rel)
		if !check {
			if err := fs.Rewrite(c.host.FS, "", name, src, out); err != nil {
				return err
			}
		}
	}
	if c.json {
		if err := c.printJSON(map[string]any{"changed": changed}); err != nil {
			return err
		}
	} else {
		for _, name := range changed {
			c.printf("%s\n", name)
		}
	}
	if check && len(changed) > 0 {
		return exit(exitStale)
	}
	return nil
}
