package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/run/sandbox"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test binary the command dewar as well, and the helper
// programs of the scripts. A keeper is the same binary once more: package
// keeper branches off before TestMain.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"dewar":     main,
		"interrupt": interrupt,
		"nobody":    nobody,
		"ociimage":  ociImage,
	})
}

// TestScripts runs testdata/script: what a person sees who uses the command
// line. A script is called after what it is about, CATEGORY_topic.txtar.
func TestScripts(t *testing.T) {
	if level, why := sandbox.Probe(); level != graph.IsolationProject {
		machinetest.Lacks(t, "the sandbox cannot be had here:", why)
	}
	bin, err := exec.LookPath("dewar")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.Dir(bin)+":/usr/bin:/bin:/usr/sbin:/sbin")
			e.Setenv("COLUMNS", "10000")            // sentences stay on one line
			e.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector waits a second by default
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"write":     write,
			"edit":      edit,
			"noprocess": noProcess,
			"damage":    damage,
		},
	})
}

// condition says what scripts may ask of the machine. What CI must have is
// never asked for there.
func condition(cond string) (bool, error) {
	if program, ok := strings.CutPrefix(cond, "has:"); ok {
		_, err := exec.LookPath(program)
		return err == nil || machinetest.InCI(), nil
	}
	if cond == "root" {
		return os.Getuid() == 0 || machinetest.InCI(), nil
	}
	return false, fmt.Errorf("unknown condition %q", cond)
}

// exits runs a program that has to end with a certain status:
//
//	exits 3 dewar status
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM ARGUMENT...")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = fmt.Sprint(exit.ExitCode())
	}
	if got != args[0] {
		ts.Fatalf("%s: exit status %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// write makes a file, its directories too: write NAME LINE...
func write(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: write FILE LINE...")
	}
	name := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o777))
	text := strings.Join(args[1:], "\n")
	if text != "" {
		text += "\n"
	}
	ts.Check(os.WriteFile(name, []byte(text), 0o666))
}

// edit replaces a text that a file has exactly once: edit FILE OLD NEW. In NEW,
// \n is a new line.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	name := ts.MkAbs(args[0])
	b, err := os.ReadFile(name)
	ts.Check(err)
	if n := strings.Count(string(b), args[1]); n != 1 {
		ts.Fatalf("%s has %q %d times", args[0], args[1], n)
	}
	ts.Check(os.WriteFile(name, []byte(strings.Replace(string(b), args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)), 0o666))
}

// damage changes what the cache holds of a file, as a failing disk or a rude
// program might: damage FILE. With "tree" behind it, it is not the blob that
// changes, but its copy in a directory made of it.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: damage FILE [tree]")
	}
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	hash := digest.Of(b).Hex()
	name := ts.MkAbs(filepath.Join(".dewar", "cache", "cas", hash[:2], hash))
	if len(args) > 1 {
		found, err := filepath.Glob(ts.MkAbs(".dewar/cache/trees/*/" + filepath.Base(args[0])))
		ts.Check(err)
		if len(found) != 1 {
			ts.Fatalf("%d trees have %s", len(found), args[0])
		}
		name = found[0]
		ts.Check(os.Chmod(filepath.Dir(name), 0o777))
		ts.Check(os.Remove(name)) // the blob may be the same file
	} else {
		ts.Check(os.Chmod(name, 0o666))
	}
	ts.Check(os.WriteFile(name, append(b[:len(b)-1], '!'), 0o666))
}

// noProcess fails if the command line of a process holds a text. What has been
// killed may take a moment to go.
func noProcess(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: noprocess TEXT")
	}
	var found string
	for patience := time.Now().Add(5 * time.Second); time.Now().Before(patience); time.Sleep(5 * time.Millisecond) {
		if found = processWith(args[0]); found == "" {
			return
		}
	}
	ts.Fatalf("there is a process: %s", found)
}

// processWith returns a process whose command line holds text, or "".
func processWith(text string) string {
	names, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range names {
		if b, err := os.ReadFile(name); err == nil && strings.Contains(string(b), text) {
			return fmt.Sprintf("%s: %q", name, b)
		}
	}
	return ""
}
