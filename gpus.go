package dewar

import (
	"context"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/gpu"
)

// takeGPUs takes the devices that x asks for and tells e of them. The scheduler
// has counted: if it waits here, then for other processes.
func (s *session) takeGPUs(ctx context.Context, id graph.ID, e *run.Execution) (release func(), err error) {
	x := &s.g.Instances[id]
	n := amount(x, "gpus")
	if n == 0 {
		return func() {}, nil
	}
	h := &s.p.host
	if n > int64(len(h.GPUs)) {
		return nil, run.Final(failure(tooFewGPUs(x, n, h.GPUs)))
	}
	pool := &gpu.Pool{FS: h.FS, Dir: h.LockDir, GPUs: h.GPUs, Tick: h.Ticker}
	e.GPUs, release, err = pool.Take(ctx, int(n), func() {
		s.notice(id, fmt.Sprintf("waits for %s that other processes use", gpusText(n)))
	})
	if err != nil {
		return nil, err
	}
	e.Vars = append(e.Vars, gpu.Vars(e.GPUs)...)
	e.SharedMax = h.Memory / 2 // those who feed a GPU hand batches over in shared memory
	return release, nil
}

// amount returns how much of a resource x asks for.
func amount(x *graph.Instance, name string) int64 {
	for _, r := range x.Resources {
		if r.Name == name {
			return r.Amount
		}
	}
	return 0
}

// tooFewGPUs says what there is. A result from a cache needs no GPU, so nobody
// hears of this before the command is to run.
func tooFewGPUs(x *graph.Instance, n int64, have []run.GPU) diag.Diagnostic {
	d := diag.Diagnostic{Code: "E-resources-missing", Span: x.Span, Subject: subject(x)}
	there := "finds none on this machine"
	if len(have) > 0 {
		var names []string
		for _, g := range have {
			names = append(names, g.Index)
		}
		there = fmt.Sprintf("may use %s here (%s)", gpusText(int64(len(have))), strings.Join(names, ", "))
	}
	d.Detail = fmt.Sprintf("%s asks for %s, and dewar %s. Ask for fewer, run it where there are enough, or name the devices in %s, as in %s=0,1.",
		x.Ref(), gpusText(n), there, gpu.Variable, gpu.Variable)
	return d
}

func gpusText(n int64) string {
	if n == 1 {
		return "1 GPU"
	}
	return fmt.Sprintf("%d GPUs", n)
}

// notice tells what an instance waits for.
func (s *session) notice(id graph.ID, text string) {
	if s.notices != nil {
		s.notices(id, text)
	}
}
