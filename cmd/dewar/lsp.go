package main

import (
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/lsp"
	"github.com/spf13/cobra"
)

func (c *cli) lsp() *cobra.Command {
	cmd := &cobra.Command{
		Use: "lsp", Short: "Tell an editor about pipelines: the language server", Args: cobra.NoArgs,
		Long: `Speaks the Language Server Protocol over standard input and output. An editor starts it; spec/editors.md
says how. It evaluates what is being written, runs nothing and changes no file.`,
		RunE: func(*cobra.Command, []string) error {
			err := lsp.Serve(c.ctx, c.lspHost(), c.stdin, c.stdout)
			if errors.Is(err, lsp.ErrNoShutdown) {
				return exit(exitFailed) // as the protocol has it
			}
			return err
		},
	}
	cmd.Flags().Bool("stdio", true, "speak over standard input and output; there is no other way")
	_ = cmd.Flags().MarkHidden("stdio") // many clients give it
	return cmd
}

// lspHost is this machine for the language server.
func (c *cli) lspHost() lsp.Host {
	return lsp.Host{
		FS: c.host.FS, LookupEnv: c.host.LookupEnv, Version: version, Modules: dewar.KeptModules,
		Root: func(dir string) (string, bool) {
			root, err := dewar.FindProject(c.host.FS, dir)
			return root, err == nil
		},
		After: func(d time.Duration, f func()) func() {
			t := time.AfterFunc(d, f)
			return func() { t.Stop() }
		},
		Alive: alive,
	}
}

// alive reports whether there is a process, as far as can be seen.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
