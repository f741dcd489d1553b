//go:build !linux

package sandbox

import (
	"context"
	"os/exec"

	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/landlock"
)

func landlockBounds(*run.Execution, string, string) *landlock.Bounds { return nil }

func (e *Executor) superviseLocked(context.Context, *run.Execution, *landlock.Bounds, *exec.Cmd, *streams, func(), *run.Outcome) error {
	return &Refused{Reason: noLandlock()}
}
