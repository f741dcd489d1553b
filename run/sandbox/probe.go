package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// Try executes a small command at a level, in an empty directory, and returns nil if it was
// executed at that level and kept to what the level promises. The error is a *Refused where the
// machine does not allow it.
func Try(ctx context.Context, level graph.Isolation, dir string, bindings []run.Binding) error {
	if err := os.WriteFile(filepath.Join(dir, "outside"), nil, 0o666); err != nil {
		return err
	}
	o := Options{Slots: 1, Store: noBlobs{}, TempRoot: dir, Landlock: level == graph.IsolationLandlock, Private: level == graph.IsolationPrivate}
	e, err := New(o)
	if err != nil {
		return err
	}
	defer e.Close()
	return e.try(ctx, level, dir, bindings)
}

func (e *Executor) try(ctx context.Context, level graph.Isolation, dir string, bindings []run.Binding) error {
	var said bytes.Buffer
	x := &run.Execution{
		Action: &graph.Action{
			Args: []string{"/bin/sh", "-c", "echo well > out; (: < \"$1\") 2> /dev/null && echo open; true", "try", filepath.Join(dir, "outside")},
			Env:  graph.BaseEnv(), WorkingDir: ".", Outputs: []graph.Path{{At: "out"}},
		},
		Level: level, Bindings: bindings, Dir: filepath.Join(dir, "x"), Workspace: dir, Stdout: &said, Stderr: &said,
	}
	if level == graph.IsolationLandlock { // it is never asked for
		x.Level = graph.IsolationProject
		if why := noLandlock(); why != "" {
			return &Refused{Reason: why}
		}
	} else {
		x.Strict = level != graph.IsolationPrivate
	}
	if err := os.Mkdir(x.Dir, 0o777); err != nil {
		return err
	}
	out, err := e.Execute(ctx, x)
	if err != nil {
		return err
	}
	made, err := os.ReadFile(filepath.Join(out.Root, "out"))
	switch open := strings.Contains(said.String(), "open"); {
	case out.ExitCode != 0 || out.Signal != "" || err != nil || string(made) != "well\n":
		return fmt.Errorf("a command that writes a file ended with status %d: %s", out.ExitCode, strings.TrimSpace(said.String()))
	case out.Level != level:
		_, reason := e.Level()
		return &Refused{Reason: reason}
	case open && level != graph.IsolationPrivate:
		return errors.New("a command could read a file that is not one of its inputs")
	}
	return nil
}

// noBlobs is the store of actions without inputs.
type noBlobs struct{}

var errNoBlobs = errors.New("there are no inputs here")

func (noBlobs) BlobPath(digest.Digest, bool) (string, error) { return "", errNoBlobs }
func (noBlobs) Tree(digest.Digest) (string, func(), error)   { return "", nil, errNoBlobs }
