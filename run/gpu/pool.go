package gpu

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/run"
)

// Pool shares the GPUs of a machine among all processes that look into Dir. A device
// belongs to whoever holds the lock of its file there; the system lets go of it
// when that process dies.
//
// Whoever wants several keeps those that it has got while it waits for more, so
// that it comes to its end whatever small ones do. Two of them could wait for
// each other: so only one gathers at a time.
type Pool struct {
	FS   fs.FS
	Dir  string // the same for all users of the machine
	GPUs []run.GPU
	Tick func(time.Duration) (c <-chan time.Time, stop func()) // a ticker
}

// Every is how often a Pool looks whether a device is free.
const Every = 500 * time.Millisecond

// Patience is how often it looks before it says that it waits: 5 seconds.
const Patience = 10

// Take waits until n devices are free and takes them. waiting is called once if
// that takes longer than patience.
func (p *Pool) Take(ctx context.Context, n int, waiting func()) (taken []run.GPU, release func(), err error) {
	if n > len(p.GPUs) {
		return nil, nil, fmt.Errorf("gpu.Take: %d wanted, there are %d", n, len(p.GPUs))
	}
	h := &hold{pool: p, n: n}
	if err := h.gather(ctx, waiting); err != nil {
		h.release()
		return nil, nil, err
	}
	return h.taken, h.release, nil
}

// hold is what one action has of a pool.
type hold struct {
	pool   *Pool
	n      int
	turn   func() error // gives back the turn to gather; nil: we have none
	taken  []run.GPU
	unlock []func() error
}

func (h *hold) gather(ctx context.Context, waiting func()) error {
	done, err := h.try()
	if done || err != nil {
		return err
	}
	ticks, stop := h.pool.Tick(Every)
	defer stop()
	for looked := 1; ; looked++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticks:
		}
		if done, err := h.try(); done || err != nil {
			return err
		}
		if looked == Patience {
			waiting()
		}
	}
}

// try takes what is free, and reports whether that is enough now.
func (h *hold) try() (bool, error) {
	if h.n > 1 && h.turn == nil {
		turn, err := h.lock("several")
		if turn == nil {
			return false, err
		}
		h.turn = turn
	}
	for _, g := range h.pool.GPUs {
		if len(h.taken) == h.n {
			break
		}
		if h.has(g) {
			continue
		}
		unlock, err := h.lock(g.Index)
		if err != nil {
			return false, err
		}
		if unlock != nil {
			h.taken, h.unlock = append(h.taken, g), append(h.unlock, unlock)
		}
	}
	if len(h.taken) < h.n {
		return false, nil
	}
	h.endTurn()
	return true, nil
}

func (h *hold) has(g run.GPU) bool {
	for _, t := range h.taken {
		if t.Index == g.Index {
			return true
		}
	}
	return false
}

// lock returns nil if somebody else has it.
func (h *hold) lock(name string) (func() error, error) {
	name = strings.NewReplacer("/", "_", `\`, "_", ":", "_").Replace(name)
	file := filepath.Join(h.pool.Dir, "dewar-gpu-"+name+".lock")
	unlock, err := h.pool.FS.Lock(file, true, false)
	if errors.Is(err, fs.ErrLocked) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take a GPU: %w", err)
	}
	_ = h.pool.FS.Chmod(file, 0o666) // for the others; it is enough that whoever made it can
	return unlock, nil
}

func (h *hold) endTurn() {
	if h.turn != nil {
		_ = h.turn()
		h.turn = nil
	}
}

// release gives everything back. The files stay: others may be about to lock them.
func (h *hold) release() {
	h.endTurn()
	for _, f := range h.unlock {
		_ = f()
	}
	h.unlock, h.taken = nil, nil
}
