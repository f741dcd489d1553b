package sandbox_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
)

// BenchmarkForkExec is what starting a program costs anyway.
func BenchmarkForkExec(b *testing.B) {
	for b.Loop() {
		if err := exec.Command("/bin/true").Run(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNull is the same through the sandbox.
func BenchmarkNull(b *testing.B) {
	bench := isolated(b)
	bench.do([]string{"/bin/true"}).ok(b)
	for b.Loop() {
		r := bench.do([]string{"/bin/true"})
		os.RemoveAll(filepath.Dir(r.Root))
	}
}

// BenchmarkNullPercentiles is the same, in turns with starting the program plainly: what an action
// costs over fork and exec is what a build of many small ones feels.
func BenchmarkNullPercentiles(b *testing.B) {
	bench := isolated(b)
	bench.do([]string{"/bin/true"}).ok(b)
	percentiles(b, bench)
}

// percentiles measures null actions, and plain starts of the same program, in milliseconds.
func percentiles(b *testing.B, bench *bench, opts ...with) {
	var plain, null []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := exec.Command("/bin/true").Run(); err != nil {
			b.Fatal(err)
		}
		plain = append(plain, time.Since(start))
		x, _, _ := bench.execution([]string{"/bin/true"}, opts...)
		start = time.Now()
		out, err := bench.e.Execute(context.Background(), x)
		null = append(null, time.Since(start))
		if err != nil || out.ExitCode != 0 {
			b.Fatal(err, out)
		}
		os.RemoveAll(x.Dir)
	}
	at := func(l []time.Duration, percent int) float64 {
		slices.Sort(l)
		return float64(l[len(l)*percent/100].Microseconds()) / 1000
	}
	for _, percent := range []int{50, 99} {
		name := "ms/p" + strconv.Itoa(percent)
		b.ReportMetric(at(plain, percent), "plain-"+name)
		b.ReportMetric(at(null, percent), "null-"+name)
		b.ReportMetric(at(null, percent)-at(plain, percent), "over-"+name)
	}
}

// BenchmarkTraced is the same with every lookup of a path noted.
func BenchmarkTraced(b *testing.B) {
	bench := isolated(b)
	for b.Loop() {
		r := bench.do([]string{"/bin/true"}, trace)
		os.RemoveAll(filepath.Dir(r.Root))
	}
}

// BenchmarkCopies is a thousand copies on two slots.
func BenchmarkCopies(b *testing.B) {
	bench := isolated(b)
	leaf := bench.store.file(b, "in/a.txt", "hi\n", false)
	for b.Loop() {
		var wg sync.WaitGroup
		for s := range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range 500 {
					copyOne(b, bench, leaf, strconv.Itoa(s*500+i))
				}
			}()
		}
		wg.Wait()
		os.RemoveAll(filepath.Join(bench.tmp, "x"))
		os.Mkdir(filepath.Join(bench.tmp, "x"), 0o755)
	}
}

func copyOne(b *testing.B, bench *bench, leaf graph.Leaf, name string) {
	dir := filepath.Join(bench.tmp, "x", name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		b.Error(err)
		return
	}
	out, err := bench.e.Execute(context.Background(), &run.Execution{
		Action: &graph.Action{
			Args: []string{"/usr/bin/cp", "in/a.txt", "out/b.txt"}, WorkingDir: ".", Inputs: []graph.Leaf{leaf},
			Outputs: []graph.Path{{At: "out/b.txt"}}, Mkdirs: []string{"out"},
		},
		Level: graph.IsolationProject, Dir: dir,
	})
	if err != nil || out.ExitCode != 0 {
		b.Error(err, out)
	}
}

// BenchmarkInputs is an action with ten thousand input files.
func BenchmarkInputs(b *testing.B) {
	bench := isolated(b)
	var leaves []graph.Leaf
	for i := range 10000 {
		leaves = append(leaves, bench.store.file(b, "in/"+strconv.Itoa(i/100)+"/"+strconv.Itoa(i), strconv.Itoa(i), false))
	}
	for b.Loop() {
		r := bench.do([]string{"/bin/true"}, inputs(leaves...)).ok(b)
		os.RemoveAll(filepath.Dir(r.Root))
	}
}

// BenchmarkPrivate is the private directory.
func BenchmarkPrivate(b *testing.B) {
	bench := newBench(b, sandbox.Options{Slots: 1, Private: true})
	for b.Loop() {
		r := bench.do([]string{"/bin/true"})
		os.RemoveAll(filepath.Dir(r.Root))
	}
}
