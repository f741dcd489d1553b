// Package git shows a commit as a filesystem, and what stands beside it: which
// commits there are and how the work tree differs from the one it is at.
//
// It asks git's own executable, which comes in as a function, by its plumbing
// commands and with the settings pinned that change what they print. It writes
// nothing and knows nothing of pipelines: names in and out are relative to the
// project, wherever in a Git work tree that is. What filters and attributes make
// of a blob on check-out (line endings, LFS) is left out: a file is the bytes
// that were committed. Package dewar imports it.
package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Command starts a program of the host and returns what it printed. The error
// of one that ended badly has a method ExitCode, as *exec.ExitError has.
type Command func(ctx context.Context, argv []string) ([]byte, error)

// ErrNone says that there is no history to ask: the directory is in no Git work
// tree, or this machine has no git.
var ErrNone = errors.New("no Git repository")

// Repo is the Git work tree that a project lies in. Its methods may be called
// from several goroutines.
type Repo struct {
	run    Command
	place  []string // the arguments that lead git to the repository
	prefix string   // of the project in the work tree: "", or with a slash at its end
	sha256 bool     // objects have the longer names

	mu    sync.Mutex
	blobs map[string]*blob // what was read, by ID
}

// Open finds the repository of the project with the root dir. The error is
// ErrNone if there is none. The environment is git's to read, as it is for the
// person's own git: in a hook GIT_DIR and GIT_INDEX_FILE mean what they mean there.
func Open(ctx context.Context, run Command, dir string) (*Repo, error) {
	r := &Repo{run: run, place: []string{"-C", dir}, blobs: map[string]*blob{}}
	err := r.locate(ctx)
	switch top := workTree(dir); {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("git repository of %s: %w", dir, ctx.Err())
	case err != nil && exitCode(err) < 0:
		return nil, fmt.Errorf("%w: git cannot be started: %w", ErrNone, err)
	case err != nil && (top == "" || errors.Is(err, errNoWorkTree)):
		return nil, fmt.Errorf("%w: %s", ErrNone, dir)
	case err != nil && strings.Contains(err.Error(), "safe.directory"): // git's own word on who may be trusted
		return nil, fmt.Errorf("git repository of %s: %w", dir, err)
	case err != nil || r.prefix == "" && top != "" && !sameFile(top, dir):
		return r.misled(ctx, dir, top, err)
	}
	return r, nil
}

// misled is for a hook's GIT_DIR without GIT_WORK_TREE: git takes the directory
// it is in for the top of the work tree. If the repository is the one that lies
// around the project, say so to git; else the person has set it up in a way of
// their own, and git's answer stands.
func (r *Repo) misled(ctx context.Context, dir, top string, answer error) (*Repo, error) {
	told := &Repo{run: r.run, blobs: r.blobs, place: []string{"-C", dir, "--git-dir=" + filepath.Join(top, ".git"), "--work-tree=" + top}}
	if err := told.locate(ctx); err != nil {
		if answer != nil {
			return nil, fmt.Errorf("git repository of %s: %w", dir, answer)
		}
		return r, nil
	}
	if answer == nil {
		mine, err1 := r.git(ctx, "rev-parse", "--absolute-git-dir")
		around, err2 := told.git(ctx, "rev-parse", "--absolute-git-dir")
		if err1 != nil || err2 != nil || string(mine) != string(around) {
			return r, nil
		}
	}
	return told, nil
}

var errNoWorkTree = errors.New("not in a work tree")

// locate asks where in the work tree the project is, and how objects are named.
func (r *Repo) locate(ctx context.Context) error {
	out, err := r.git(ctx, "rev-parse", "--is-inside-work-tree", "--show-object-format", "--show-prefix")
	if err != nil {
		return err
	}
	// The prefix is last: it may hold line feeds.
	lines := strings.SplitN(string(out), "\n", 3)
	if len(lines) < 3 || lines[0] != "true" {
		return errNoWorkTree
	}
	r.sha256 = lines[1] == "sha256"
	r.prefix = strings.TrimSuffix(lines[2], "\n")
	return nil
}

// git runs one command of git. What it reads it does not lock, and what it prints
// depends on the repository alone: replacements, quoting and monitors are off.
func (r *Repo) git(ctx context.Context, args ...string) ([]byte, error) {
	argv := append([]string{"git"}, r.place...)
	argv = append(argv, "--no-optional-locks", "--no-replace-objects", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", "-c", "color.ui=false")
	out, err := r.run(ctx, append(argv, args...))
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("git %s: %w", name(args), err)
	}
	return out, nil
}

// name is the command among its arguments.
func name(args []string) string {
	for len(args) > 2 && args[0] == "-c" {
		args = args[2:]
	}
	return args[0]
}

// exitCode is what a program ended with, or -1 if it never ran or was killed.
func exitCode(err error) int {
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}

// workTree returns the nearest directory at or above dir that has a .git; "" if
// there is none.
func workTree(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if filepath.Dir(at) == at {
			return ""
		}
	}
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}
