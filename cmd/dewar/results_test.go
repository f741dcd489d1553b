package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
)

// TestResults_lost: what could not be printed is a failure, and is said once.
func TestResults_lost(t *testing.T) {
	dir := t.TempDir()
	unwritable := filepath.Join(dir, "stdout")
	files := map[string]string{unwritable: "", filepath.Join(dir, "pipeline.hcl"): "locals {\n  unused = 1\n}\nstage \"s\" {\n  command = [\"true\"]\n}\n"}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, ".dewar"), 0o755); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]int{
		"version": exitUsage, "version --json": exitUsage, "dag": exitUsage, "dag --format dot": exitUsage, "show functions": exitUsage, "show schema --json": exitUsage,
		"plan": exitUsage, "lint": exitUsage, "show param nothing --json": exitUsage, "validate -q": exitUsage, "fmt": exitDone,
	} {
		t.Run(args, func(t *testing.T) {
			m := system()
			m.dir = dir
			var err error
			if m.stdout, err = os.Open(unwritable); err != nil { // to read: nothing can be written
				t.Fatal(err)
			}
			defer m.stdout.Close()
			if m.stderr, err = os.Create(filepath.Join(dir, "stderr")); err != nil {
				t.Fatal(err)
			}
			defer m.stderr.Close()
			code := run(strings.Fields(args), m)
			said, err := os.ReadFile(m.stderr.Name())
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(said), "write "+unwritable); code != want || (n == 1) != (want == exitUsage) || n > 1 {
				t.Errorf("exit %d, and\n%s", code, said)
			}
		})
	}
}

// TestExitCode_interrupted: an interruption is no reason to hide what failed by itself.
func TestExitCode_interrupted(t *testing.T) {
	failure := func(text string) error {
		return &diag.Failure{List: diag.List{{Code: "E-environment", Detail: text}}}
	}
	for _, test := range []struct {
		err  error
		says string
	}{
		{context.Canceled, ""},
		{fmt.Errorf("open in.txt: %w", context.Canceled), ""},
		{failure("python is no toolchain: context canceled."), ""},
		{failure("git fetch: signal: interrupt."), ""},
		{failure("The lock could not be written."), "The lock could not be written."},
		{errors.New("the disk is stubborn"), "the disk is stubborn."},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var said strings.Builder
		c := &cli{ctx: ctx, err: &said, machine: machine{getenv: func(string) string { return "" }}}
		cancel()
		code, text := c.exitCode(test.err), said.String()
		if code != exitInterrupted || !strings.HasSuffix(text, "interrupted\n") || !strings.Contains(text, test.says) || (test.says == "") != (text == "interrupted\n") {
			t.Errorf("%v: exit %d, and\n%s", test.err, code, text)
		}
	}
}
