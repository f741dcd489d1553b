package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// The exit codes; spec/formats.md has them too.
const (
	exitDone        = 0
	exitFailed      = 1   // an action failed
	exitUsage       = 2   // wrong usage or a bad pipeline
	exitStale       = 3   // not up to date
	exitInterrupted = 130 // Ctrl-C
)

// cli is one invocation.
type cli struct {
	machine
	ctx context.Context
	out io.Writer // results
	err io.Writer // progress and messages

	directory string // -C
	json      bool
	color     string
	quiet     bool
	verbose   bool // run: show what commands write
	live      bool // a terminal that can be redrawn

	sources diag.Sources // for the snippets of messages
	events  bool         // with json: print a line an event, not one object
	held    diag.List    // with json: warnings that the object will carry
}

// exit is an error that only sets the exit code: everything has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// run carries out one command line and returns the exit code.
func run(args []string, m machine) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out := &results{w: m.stdout}
	c := &cli{machine: m, ctx: ctx, out: out, err: m.stderr}
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(c.err, "dewar: this is a bug in dewar: %v\n", r)
			if m.getenv("DEWAR_TRACEBACK") != "" {
				panic(r)
			}
			code = exitUsage
		}
	}()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends us as it ends any program
	root := c.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	return c.delivered(out, err, c.exitCode(err))
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "dewar",
		Short:         "A build system for data",
		Long:          "dewar runs the pipeline that pipeline.hcl describes: only what is needed, sandboxed, in parallel,\nand remembers every result by the hash of everything that went into it.",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return c.settle()
		},
	}
	root.SetOut(c.out)
	root.SetErr(c.err)
	f := root.PersistentFlags()
	f.StringVarP(&c.directory, "directory", "C", "", "work in this directory")
	f.BoolVar(&c.json, "json", false, "print JSON for programs")
	f.StringVar(&c.color, "color", "auto", "colours: auto, always or never")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "no progress, only results and errors")
	root.AddCommand(
		c.init(), c.run(), c.plan(), c.status(), c.why(), c.dag(), c.show(), c.shell(), c.logs(), c.checkout(),
		c.data(), c.push(), c.fetch(), c.pull(), c.gc(), c.verify(), c.cache(), c.image(), c.exp(), c.metrics(), c.params(), c.plots(), c.report(), c.fmt(), c.lint(), c.lsp(), c.validate(), c.fix(), c.stage(), c.toolchain(), c.remote(), c.doctor(), c.version(), c.mergeLock(),
	)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	explainUsage(root)
	return root
}

// settle checks the global flags.
func (c *cli) settle() error {
	if c.directory != "" {
		if !filepath.IsAbs(c.directory) {
			c.directory = filepath.Join(c.dir, c.directory)
		}
		c.dir = filepath.Clean(c.directory)
	}
	if info, err := os.Stat(c.dir); err != nil || !info.IsDir() {
		return usage("E-usage", "There is no directory %s.", c.dir)
	}
	switch c.color {
	case "auto":
		c.color = "never"
		if c.terminal(c.stderr) && c.getenv("NO_COLOR") == "" && c.getenv("TERM") != "dumb" {
			c.color = "always"
		}
	case "always", "never":
	default:
		return usage("E-usage", "--color is auto, always or never, not %q.", c.color)
	}
	c.live = c.terminal(c.stderr) && c.getenv("TERM") != "dumb" && c.getenv("CI") == "" && !c.json && !c.quiet
	return nil
}

func (c *cli) terminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

// width is how many columns messages may take: COLUMNS, if it is set, decides.
func (c *cli) width() int {
	if n, err := strconv.Atoi(c.getenv("COLUMNS")); err == nil && n > 20 {
		return n
	}
	if w, _, err := term.GetSize(int(c.stderr.Fd())); err == nil && w > 20 {
		return min(w, 120)
	}
	return 80
}

// columns is how many columns results may take.
func (c *cli) columns() int {
	if n, err := strconv.Atoi(c.getenv("COLUMNS")); err == nil && n > 20 {
		return n
	}
	if w, _, err := term.GetSize(int(c.stdout.Fd())); err == nil && w > 20 {
		return w
	}
	return 80
}

// exitCode says what went wrong, if something did, and how to exit.
func (c *cli) exitCode(err error) int {
	var code exit
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(c.err, "interrupted")
		return exitInterrupted
	}
	list := problems(err)
	if c.ctx.Err() != nil {
		c.say(notOfInterruption(list))
		fmt.Fprintln(c.err, "interrupted")
		return exitInterrupted
	}
	c.say(list)
	return exitUsage
}

// problems are the diagnostics of an error, none of nil.
func problems(err error) diag.List {
	var failure *diag.Failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &failure):
		return failure.List
	}
	return diag.List{{Code: "E-environment", Detail: err.Error() + "."}}
}

// say prints diagnostics: for people on stderr, as JSON on stdout. Commands
// that print one object carry warnings in it.
func (c *cli) say(l diag.List) {
	if len(l) == 0 {
		return
	}
	l = spaceAdvice(l)
	if c.json {
		c.sayJSON(l)
		return
	}
	_ = diag.Text(c.err, l, c.snippets(), c.textOptions())
}

func (c *cli) textOptions() diag.TextOptions {
	return diag.TextOptions{Color: c.color == "always", Width: c.width()}
}

func (c *cli) snippets() diag.Sources {
	if c.sources == nil {
		return diag.SourceMap{}
	}
	return c.sources
}

func (c *cli) printf(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }

// open opens the project around the current directory, and says which
// pipeline is meant: that of the nearest directory with a pipeline.hcl.
func (c *cli) open() (p *dewar.Project, dir string, err error) {
	root, err := dewar.FindProject(c.host.FS, c.dir)
	if err != nil {
		return nil, "", err
	}
	if p, err = dewar.Open(c.host, root); err != nil {
		c.sources, _ = dewar.ReadConfig(c.host, root) // it may be what is wrong
		return nil, "", err
	}
	for at := c.dir; ; at = filepath.Dir(at) {
		if _, err := c.host.FS.Lstat(filepath.Join(at, "pipeline.hcl")); err == nil { // a link to nothing is a mistake to be told
			rel, err := filepath.Rel(root, at)
			return p, filepath.ToSlash(rel), err
		}
		if at == root {
			rel, err := filepath.Rel(root, c.dir)
			return p, filepath.ToSlash(rel), err // evaluation says what is missing
		}
	}
}

// close closes the project. What it could not save is only a cache.
func (c *cli) close(p *dewar.Project) {
	if err := p.Close(); err != nil && c.getenv("DEWAR_DEBUG") != "" {
		fmt.Fprintf(c.err, "dewar: close: %v\n", err)
	}
}
