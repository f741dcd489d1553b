package main

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/spf13/cobra"
)

func (c *cli) fmt() *cobra.Command {
	var check, recursive bool
	cmd := &cobra.Command{
		Use: "fmt [FILE|DIR...]", Short: "Write pipeline files in canonical form",
		Long: "Writes pipeline files in canonical form, and prints the names of those that\nchange; without arguments, those of this directory. \"-\" formats standard input.\nA file that is wrong is left alone and named, and the others are formatted.\n\nWith -r directories are those of all pipelines in and below them: `dewar fmt -r --check`\nin the directory of the project is what a check of all of it runs. A symbolic link is\nfollowed if it is named, and not below a directory.",
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

// formatFiles formats all that can be, whatever is wrong with others: a check names everything there is to do.
func (c *cli) formatFiles(files []string, check bool) error {
	changed := []string{}
	var wrong diag.List
	seen := map[string]bool{}
	for _, name := range files {
		if seen[name] {
			continue // named, and in a directory that is named
		}
		seen[name] = true
		rel, err := filepath.Rel(c.dir, name)
		if err != nil {
			rel = name
		}
		differs, err := c.formatFile(name, rel, check)
		if differs {
			changed = append(changed, rel)
		}
		wrong = append(wrong, problems(err)...)
	}
	if err := c.printFormatted(changed, wrong); err != nil {
		return err
	}
	switch {
	case len(wrong) > 0:
		return exit(exitUsage)
	case check && len(changed) > 0:
		return exit(exitStale)
	}
	return nil
}

// formatFile formats a file, or only looks whether that changes it.
func (c *cli) formatFile(name, rel string, check bool) (differs bool, err error) {
	src, err := fs.ReadFile(c.host.FS, name)
	if err != nil {
		if _, gone := c.host.FS.Lstat(name); os.IsNotExist(gone) {
			return false, usage("E-usage", "There is no file %s to format.", rel)
		}
		return false, &diag.Failure{List: diag.List{lang.Unreadable(rel, err)}}
	}
	out, err := lang.Format(src)
	if err != nil {
		return false, c.inFile(err, rel, src)
	}
	if bytes.Equal(src, out) || check {
		return !bytes.Equal(src, out), nil
	}
	err = fs.Rewrite(c.host.FS, "", name, src, out)
	return err == nil, err
}

// printFormatted prints which files changed, and all that is wrong with others.
func (c *cli) printFormatted(changed []string, wrong diag.List) error {
	if c.json {
		c.held = append(c.held, wrong...)
		return c.printJSON(map[string]any{"changed": changed})
	}
	for _, name := range changed {
		c.printf("%s\n", name)
	}
	o := c.textOptions()
	o.Limit = -1
	_ = diag.Text(c.err, spaceAdvice(wrong), c.snippets(), o)
	return nil
}
