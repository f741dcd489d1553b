package toolchain

import (
	"context"
	"errors"
	"os/exec"
	"time"
)

// saidMax is how much of a program's standard error is kept: its end.
const saidMax = 4 << 10

// Start starts a program and waits for its end; it is the Host.Ask of this machine. When ctx ends,
// or the program writes too much, it is killed with all that it has started.
func Start(ctx context.Context, q Question) (Answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, q.Args[0], q.Args[1:]...)
	cmd.Dir, cmd.Env = q.Dir, q.Env
	cmd.SysProcAttr = ownGroup()
	cmd.Cancel = func() error { return killGroup(cmd.Process) }
	cmd.WaitDelay = time.Second // for those that left the group and hold the pipes
	out, said := &head{max: q.Max, full: cancel}, &tail{}
	cmd.Stdout, cmd.Stderr = out, said
	err := cmd.Run()
	if cmd.Process != nil {
		sweepGroup(cmd.Process)
	}
	a := Answer{Out: out.b, Said: string(said.b)}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		a.Exit = exit.Error()
	case int64(len(out.b)) > q.Max, errors.Is(err, exec.ErrWaitDelay): // it has ended
	case err != nil:
		return a, err
	}
	return a, nil
}

// head takes the beginning of a stream, and a byte more to know that there is one.
type head struct {
	b    []byte
	max  int64
	full func()
}

func (h *head) Write(b []byte) (int, error) {
	n := min(int64(len(b)), h.max+1-int64(len(h.b)))
	if h.b = append(h.b, b[:n]...); int64(len(h.b)) > h.max {
		h.full()
	}
	return len(b), nil
}

// tail takes the end of a stream.
type tail struct{ b []byte }

func (t *tail) Write(b []byte) (int, error) {
	if t.b = append(t.b, b...); len(t.b) > saidMax {
		t.b = append([]byte{}, t.b[len(t.b)-saidMax:]...)
	}
	return len(b), nil
}
