//go:build !linux

package sandbox

import (
	"context"

	"github.com/dewar-build/dewar/run"
)

// pool is empty: there are no keepers.
type pool struct{}

func (*pool) close() {}

func probe() error {
	return &Refused{"sandboxes need Linux; on this system actions run in a private directory", ""}
}

func (e *Executor) isolated(context.Context, *run.Execution) (*run.Outcome, error) {
	return nil, probe()
}
