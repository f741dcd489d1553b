package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/image"
	"github.com/dewar-build/dewar/run/gpu"
	"github.com/dewar-build/dewar/run/sandbox"
	"github.com/dewar-build/dewar/store/remote/web"
)

// machine is all that this program takes from outside itself.
type machine struct {
	stdin          *os.File
	stdout, stderr *os.File
	getenv         func(string) string
	dir            string // the current directory
	exit           func(code int)
	host           dewar.Host
}

func system() machine {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	return machine{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, dir: dir, exit: os.Exit,
		host: dewar.Host{
			FS: fs.OS(), Now: time.Now, LookupEnv: os.LookupEnv, Build: buildID(),
			OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Memory: memory(),
			GPUs: gpu.Find(fs.OS(), os.LookupEnv), LockDir: lockDir(), Self: self(),
			Command: command, Ask: dewar.AskProgram, Executor: executor, Download: download(), Images: image.NewNetwork(),
		},
	}
}

// levelVariable names a level of isolation that is not to be exceeded: "landlock" or "private". It is there to
// see how a pipeline fares on a machine that allows no better.
const levelVariable = "DEWAR_SANDBOX"

// executor starts the sandbox of this machine.
func executor(p *dewar.Project, slots int) (dewar.Executor, error) {
	o := sandbox.Options{Slots: slots, Store: p.Blobs(), TempRoot: p.TempRoot()}
	switch level := os.Getenv(levelVariable); level {
	case "", string(graph.IsolationProject):
	case string(graph.IsolationLandlock):
		o.Landlock = true
	case string(graph.IsolationPrivate):
		o.Private = true
	default:
		return nil, usage("E-usage", "%s is landlock or private, not %q.", levelVariable, level)
	}
	return sandbox.New(o)
}

// download downloads over HTTP, through the proxies that the environment names.
func download() func(ctx context.Context, url, name string, offset int64, progress func(int64)) error {
	client := &http.Client{}
	return func(ctx context.Context, url, name string, offset int64, progress func(int64)) error {
		return web.Download(ctx, client, fs.OS(), url, name, offset, progress)
	}
}

// command runs a program of the host: Git.
func command(ctx context.Context, argv []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return out, fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
	}
	return out, err
}

// self is this program.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}

// lockDir is where all processes of this machine find each other's locks,
// whatever TMPDIR and the user.
func lockDir() string {
	if runtime.GOOS == "windows" {
		return os.TempDir()
	}
	return "/tmp"
}

// memory is what this machine has, in bytes; 0 where that is not known.
func memory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 256))
	if err != nil {
		return 0
	}
	var kib int64
	if _, err := fmt.Sscanf(string(b), "MemTotal: %d kB", &kib); err != nil {
		return 0
	}
	return kib << 10
}
