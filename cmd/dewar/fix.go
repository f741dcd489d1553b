package main

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/spf13/cobra"
)

func (c *cli) fix() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use: "fix", Short: "Declare what the last failed run read and did not declare", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, dir, err := c.open()
			if err != nil {
				return err
			}
			defer c.close(p)
			fixes, err := p.Fixes(dir)
			if err != nil {
				return err
			}
			if !dry {
				if err := c.apply(p, fixes); err != nil {
					return err
				}
			}
			return c.printFixes(fixes, dry)
		},
	}
	cmd.Flags().BoolVarP(&dry, "dry-run", "n", false, "only say what would be added")
	return cmd
}

// apply adds to each stage what it lacks. Instances of one stage lack the same
// things; adding twice adds nothing.
func (c *cli) apply(p *dewar.Project, fixes []dewar.Fix) error {
	for _, f := range fixes {
		if f.Commit != "" {
			continue // what is kept of a commit is what it was
		}
		name := filepath.Join(p.Root, filepath.FromSlash(f.File))
		src, err := fs.ReadFile(c.host.FS, name)
		if os.IsNotExist(err) {
			return usage("E-fix", "%s, in which stage %q was declared, is gone. Run again.", f.File, f.Stage)
		}
		if err != nil {
			return err
		}
		var entries []lang.Entry
		for _, in := range f.Inputs {
			entries = append(entries, lang.Entry{Name: in.Name, Expr: in.Expr})
		}
		out, err := lang.AddInputs(src, path.Base(f.Stage), entries, f.Params) // in a module it has no more than its own name
		if err != nil {
			return c.cannotFix(err, f, src)
		}
		if err := fs.Rewrite(c.host.FS, "", name, src, out); err != nil {
			return err
		}
	}
	return nil
}

// cannotFix says why lines cannot be added: the file has changed since.
func (c *cli) cannotFix(err error, f dewar.Fix, src []byte) error {
	var failure *diag.Failure
	if errors.As(err, &failure) {
		return c.inFile(err, f.File, src)
	}
	return usage("E-fix", "Stage %q in %s: %v. Add by hand:\n%s", f.Stage, f.File, err, strings.Join(fixLines(f), "\n"))
}

func (c *cli) printFixes(fixes []dewar.Fix, dry bool) error {
	if c.json {
		return c.printJSON(map[string]any{"fixes": append([]dewar.Fix{}, fixes...), "applied": !dry})
	}
	if len(fixes) == 0 {
		c.printf("nothing to fix: the last run found nothing undeclared\n")
		return nil
	}
	seen := map[string]bool{}
	for _, f := range fixes {
		for _, line := range fixLines(f) {
			if line = f.Stage + ": " + line; !seen[line] {
				seen[line] = true
				c.printf("%s\n", line)
			}
		}
		if at := f.Elsewhere(); at != "" && !seen[at] {
			seen[at] = true
			c.printf("%s: nothing was added. %s\n", f.Stage, at)
		}
	}
	return nil
}

// fixLines are what to add, one line each.
func fixLines(f dewar.Fix) []string {
	var out []string
	for _, in := range f.Inputs {
		out = append(out, "inputs: "+in.Name+" = "+in.Expr)
	}
	for _, ref := range f.Params {
		out = append(out, "params: "+ref)
	}
	return out
}
