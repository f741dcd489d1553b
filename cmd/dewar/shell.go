package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/graph"
	engine "github.com/dewar-build/dewar/run"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (c *cli) shell() *cobra.Command {
	var params paramFlags
	var o dewar.ShellOptions
	cmd := &cobra.Command{
		Use: "shell SELECTOR [-- COMMAND...]", Short: "Open a shell in the sandbox of an instance",
		Long: `Opens a shell in the sandbox of an instance: with its inputs, its environment, its toolchains and
the directories that its outputs go to, and without anything else. What the stage's own command is stands in the
variable DEWAR_COMMAND: eval "$DEWAR_COMMAND" runs it. Whatever is made in the sandbox is dropped. After --, a command
is executed in place of the shell. dewar ends as the shell or the command does.`,
		Example: "  dewar shell train@C=0.1\n  dewar shell train -- ls -lR",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); len(args) > 1 && dash != 1 {
				return usage("E-usage", "shell takes one selector; a command to execute comes after --: dewar shell %s -- %s", args[0], strings.Join(args[1:], " "))
			}
			p, ev, err := c.evaluate(&params)
			if err != nil {
				return err
			}
			defer c.close(p)
			o.Args = args[1:]
			return c.shellIn(p, ev, c.selectors(p, ev, args[:1])[0], o)
		},
	}
	params.add(cmd)
	cmd.Flags().BoolVar(&o.Strict, "require-isolation", false, "fail where the sandbox cannot be what the stage asks for")
	cmd.ValidArgsFunction = c.completeSelectors
	return cmd
}

// shellIn executes the shell. It has a terminal if it is typed to, or if it is to be a shell whoever it is that types.
func (c *cli) shellIn(p *dewar.Project, ev *dewar.Evaluation, selector string, o dewar.ShellOptions) error {
	typed := term.IsTerminal(int(c.stdin.Fd()))
	o.Stdout, o.Stderr = c.stdout, c.stderr
	if typed || len(o.Args) == 0 {
		o.Terminal = &engine.Terminal{In: c.stdin, Out: c.stdout}
		o.Env = []graph.Var{{Name: "TERM", Value: orElse(c.getenv("TERM"), "dumb")}}
	}
	if typed {
		if !c.quiet && len(o.Args) == 0 {
			fmt.Fprintf(c.err, "In the sandbox of %s. eval \"$DEWAR_COMMAND\" runs its command; what you make is dropped.\n", printable(selector))
		}
		restore, err := c.raw(o.Terminal)
		if err != nil {
			return err
		}
		defer restore()
	}
	out, err := p.Shell(c.ctx, ev, selector, o)
	switch {
	case err != nil:
		return err
	case out.ExitCode != 0:
		return exit(out.ExitCode)
	}
	return nil
}

// raw hands every byte that is typed to the command, and tells it of the window's size.
func (c *cli) raw(t *engine.Terminal) (restore func(), err error) {
	fd := int(c.stdin.Fd())
	was, err := term.MakeRaw(fd)
	if err != nil {
		return nil, fmt.Errorf("set up the terminal: %w", err)
	}
	t.Size = func() (rows, cols uint16) {
		w, h, err := term.GetSize(fd)
		if err != nil {
			return 24, 80
		}
		return uint16(h), uint16(w)
	}
	resized, stop := windowChanges()
	t.Resize = resized
	return func() {
		stop()
		_ = term.Restore(fd, was)
	}, nil
}

func orElse(s, def string) string {
	if s == "" {
		return def
	}
	return s
}
