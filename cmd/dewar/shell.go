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
variable DEWAR_COMMAND: eval "$DEWAR_COMMAND" runs it. Whatever is made in the sandbox is dropped; a stage with isolation = "off"
has none, and works in the workspace itself. After --, a command is executed in place of the shell. Either reads what
dewar is given to read. dewar ends as the shell or the command does.`,
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
	typed := c.terminal(c.stdin) && (len(o.Args) == 0 || c.terminal(c.stdout))
	o.Stdout, o.Stderr = c.stdout, c.stderr
	switch {
	case !c.terminal(c.stdin):
		o.Stdin = c.stdin
	case typed:
		o.Terminal = &engine.Terminal{In: c.stdin, Out: c.stdout}
		o.Env = []graph.Var{{Name: "TERM", Value: orElse(c.getenv("TERM"), "dumb")}}
	}
	restore := func() {}
	if typed {
		if !c.quiet && len(o.Args) == 0 {
			c.printWhere(ev, selector)
		}
		var err error
		if restore, err = c.raw(o.Terminal); err != nil {
			return err
		}
	}
	out, warnings, err := p.Shell(c.ctx, ev, selector, o)
	restore()
	c.say(warnings)
	switch {
	case err != nil:
		return err
	case out.ExitCode != 0:
		return exit(out.ExitCode)
	}
	return nil
}

// printWhere says where the person is, and what becomes of what is made there.
func (c *cli) printWhere(ev *dewar.Evaluation, selector string) {
	where, made := "in the sandbox of "+selector, "dropped"
	if ids, _ := graph.Select(ev.Graph, []string{selector}); len(ids) == 1 && ev.Graph.Instances[ids[0]].Isolation == graph.IsolationOff {
		where, made = "in the workspace itself, as "+selector+" works there", "kept"
	}
	fmt.Fprintf(c.err, "You are %s. What you make is %s.\neval \"$DEWAR_COMMAND\" runs its command.\n", printable(where), made)
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
