package run_test

import (
	"context"
	"encoding/binary"
	"sync/atomic"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// adder is a driver whose instances add up what they depend on, and one.
type adder struct {
	edges    *graph.Edges
	sums     []int64
	executed atomic.Int64
	found    run.Found
}

func (a *adder) Resolve(_ context.Context, id graph.ID) (digest.Digest, error) {
	d := digest.Digest{Size: 1}
	binary.LittleEndian.PutUint64(d.Hash[:], uint64(id))
	return d, nil
}

func (a *adder) Restore(context.Context, graph.ID) (run.Found, error) { return a.found, nil }

func (a *adder) Share(context.Context, graph.ID, graph.ID) error { return nil }

func (a *adder) Execute(_ context.Context, id graph.ID, _ int) error {
	sum := int64(1)
	for _, d := range a.edges.Deps(id) {
		sum += a.sums[d]
	}
	a.sums[id] = sum % 1_000_003
	a.executed.Add(1)
	return nil
}

// layered is a graph of layers of ten; each waits for three of the layer before.
func layered(n int) *graph.Graph {
	deps := make([][]int, n)
	for i := 10; i < n; i++ {
		for k := range 3 {
			deps[i] = append(deps[i], i-i%10-10+(i+k*3)%10)
		}
	}
	return build(deps...)
}

func TestAThousandInstancesAddUp(t *testing.T) {
	g := layered(1000)
	a := &adder{edges: g.Edges(), sums: make([]int64, 1000)}
	s, err := run.Run(t.Context(), g, a, run.Options{Parallel: 8})
	if err != nil || s.Executed != 1000 || a.executed.Load() != 1000 {
		t.Fatalf("%v, executed %d", err, a.executed.Load())
	}
	// Every instance of layer k has the same sum: s(0) = 1, s(k) = 3 s(k-1) + 1.
	want := int64(1)
	for layer := range 100 {
		for i := layer * 10; i < layer*10+10; i++ {
			if a.sums[i] != want {
				t.Fatalf("sum of %d is %d, want %d", i, a.sums[i], want)
			}
		}
		want = (3*want + 1) % 1_000_003
	}
}

func benchmarkRun(b *testing.B, g *graph.Graph, found run.Found) {
	a := &adder{edges: g.Edges(), sums: make([]int64, len(g.Instances)), found: found}
	b.ReportAllocs()
	for b.Loop() {
		if s, err := run.Run(b.Context(), g, a, run.Options{}); err != nil || s.Failed > 0 {
			b.Fatal(s.Failed, err)
		}
	}
}

func BenchmarkUnchanged10k(b *testing.B)         { benchmarkRun(b, independent(10_000), run.FoundInPlace) }
func BenchmarkUnchangedLayered10k(b *testing.B)  { benchmarkRun(b, layered(10_000), run.FoundInPlace) }
func BenchmarkUnchanged1k(b *testing.B)          { benchmarkRun(b, independent(1000), run.FoundInPlace) }
func BenchmarkExecuted10k(b *testing.B)          { benchmarkRun(b, independent(10_000), run.NotFound) }
func BenchmarkUnchangedLayered100k(b *testing.B) { benchmarkRun(b, layered(100_000), run.FoundInPlace) }
