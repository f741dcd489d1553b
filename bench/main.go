// Command bench measures dewar as a whole process beside other programs that
// do the same work (DVC, Snakemake, xvc, Bazel, ninja and make), in one run and
// in turn, and writes bench/RESULTS.md with bench/results.svg. From the root of
// the repository:
//
//	go run ./bench
//	go run ./bench -venv DIR -program bazel=PATH -budget 30s
//	go run ./bench data
//
// The last is about data: many files, and large ones (data.go). A peer that is
// not installed is left out and named; a peer.go file each says how it is told
// the work, and what it does not do that dewar does. What would take a peer
// longer than the budget is not run (budget.go).
//
// Everything is made in a directory in memory (-dir), so that the disk is not
// what is measured. It imports nothing of dewar: it runs the program.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// bench is one run of all measurements.
type bench struct {
	ctx      context.Context // ends with Ctrl-C
	dewar    string
	dir      string
	runs     int           // of what is measured of dewar alone
	parallel int           // how many actions at once
	budget   time.Duration // what would take longer is not run
	ends     time.Time     // when nothing new is begun; zero: no limit
	peers    []peer
	absent   []string // names of peers that are not here, and why
	results  results
	began    map[string]time.Duration // what it took to start the servers of those that have one
	broken   error                    // of dewar, if it failed somewhere: the rest is measured all the same
	out      bytes.Buffer
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "data" {
		exit(mainData(os.Args[2:]))
	}
	o := flags()
	exit(inside(o.dir, o.dewar, func(b *bench) error { return b.all(o) }))
}

// options are the flags.
type options struct {
	dir, results, only   string
	dewar                string
	runs, parallel       int
	stages, files, sweep sizes
	budget, total        time.Duration
	search               search
	alone                bool
}

func flags() options {
	o := options{stages: sizes{10, 100, 1000, 10000}, files: sizes{10000, 100000}, sweep: sizes{10, 100}, search: search{programs: map[string]string{}}}
	flag.StringVar(&o.dir, "dir", "/dev/shm", "where to work: a filesystem in memory")
	flag.StringVar(&o.results, "o", "bench/RESULTS.md", "where the results go, and results.svg beside it; - prints them only")
	flag.StringVar(&o.dewar, "dewar", "", "the dewar to measure; empty: one that is built from here")
	flag.StringVar(&o.only, "peers", "dvc,snakemake,xvc,bazel,ninja,make", "whom to measure beside dewar")
	flag.IntVar(&o.runs, "n", 7, "how many times what is measured of dewar alone is measured")
	flag.IntVar(&o.parallel, "j", runtime.NumCPU(), "how many actions at once, for all who take such a number")
	flag.Var(&o.stages, "stages", "how many stages the pipelines have, each ten times the one before; empty: none")
	flag.Var(&o.files, "files", "how many files the directories have; empty: none")
	flag.Var(&o.sweep, "points", "how many points the sweeps have; empty: none")
	flag.DurationVar(&o.budget, "budget", 120*time.Second, "what another program would probably need longer for is not run; after twice the time it is stopped")
	flag.DurationVar(&o.total, "total", 0, "how long all comparisons together may take; 0: no limit")
	flag.Var(&o.search, "venv", "a directory to find programs in, or in its bin, before those of PATH (repeatable)")
	flag.Func("program", "where a peer's program is, as NAME=PATH (repeatable)", o.search.program)
	flag.BoolVar(&o.alone, "alone", true, "measure dewar alone too: start-up, points, and inside the process with go test -bench")
	flag.Parse()
	return o
}

// exit ends the program.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// inside does something in a new directory below dir, with a dewar that was
// just built unless there is a program.
func inside(dir, program string, do func(b *bench) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	work, err := os.MkdirTemp(dir, "dewar-bench-")
	if err != nil {
		return err
	}
	defer removeAll(work)
	b := &bench{ctx: ctx, dir: work, dewar: filepath.Join(work, "dewar"), results: results{}, began: map[string]time.Duration{}}
	if program != "" {
		if b.dewar, err = filepath.Abs(program); err != nil {
			return err
		}
		return do(b)
	}
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags=grpcnotrace", "-ldflags=-s -w", "-o", b.dewar, "./cmd/dewar").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return do(b)
}

// all measures everything and writes what came out.
func (b *bench) all(o options) error {
	b.runs, b.parallel, b.budget = o.runs, o.parallel, o.budget
	if o.total > 0 {
		b.ends = time.Now().Add(o.total)
	}
	loaded := load()
	defer b.stopServers()
	if err := b.findPeers(o); err != nil {
		return err
	}
	var a alone
	if o.alone {
		var err error
		if a, err = b.alone(); err != nil {
			return err
		}
	}
	for _, w := range workloads(o) {
		if err := b.compare(w); err != nil {
			return err
		}
	}
	b.header(loaded)
	b.summary(o)
	b.targets(o, a)
	b.plotted(o)
	b.tables(o)
	b.differences()
	if o.alone {
		if err := b.insideProcess(); err != nil {
			return err
		}
	}
	return b.writeAll(o)
}

// writeAll writes the results and the plot beside them.
func (b *bench) writeAll(o options) error {
	if err := b.write(o.results); err != nil {
		return err
	}
	if o.results == "-" || len(o.stages) < 2 {
		return b.broken
	}
	return errors.Join(b.broken, os.WriteFile(filepath.Join(filepath.Dir(o.results), "results.svg"), []byte(b.plot(o.stages).svg()), 0o666))
}

// write writes the results.
func (b *bench) write(results string) error {
	fmt.Print(b.out.String())
	if results == "-" {
		return nil
	}
	return os.WriteFile(results, b.out.Bytes(), 0o666)
}

func (b *bench) printf(format string, args ...any) { fmt.Fprintf(&b.out, format, args...) }

// sizes is a flag of several numbers.
type sizes []int

func (s *sizes) String() string {
	var list []string
	for _, n := range *s {
		list = append(list, strconv.Itoa(n))
	}
	return strings.Join(list, ",")
}

// Set reads numbers that grow.
func (s *sizes) Set(text string) error {
	*s = nil
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(one)
		if err != nil || n < 1 || len(*s) > 0 && n <= (*s)[len(*s)-1] {
			return fmt.Errorf("%q: numbers, each larger than the one before, are wanted", text)
		}
		*s = append(*s, n)
	}
	return nil
}
