// Command bench measures dewar as a whole process beside ninja, on the same
// work, in the same run, in turn, and writes bench/RESULTS.md. From the root
// of the repository:
//
//	go run ./bench
//	go run ./bench data
//
// The second is about data: many files, and large ones (data.go).
//
// Everything is made in a directory in memory (-dir), so that the disk is not
// what is measured. It imports nothing of dewar: it runs the program.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// bench is one run of all measurements.
type bench struct {
	dewar string
	ninja string // "" where it is not installed
	dir   string
	runs  int
	out   bytes.Buffer
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "data" {
		exit(mainData(os.Args[2:]))
	}
	dir := flag.String("dir", "/dev/shm", "where to work: a filesystem in memory")
	runs := flag.Int("n", 7, "how many times each command is measured")
	results := flag.String("o", "bench/RESULTS.md", "where the results go; - prints them only")
	flag.Parse()
	exit(inside(*dir, func(b *bench) error { return b.all(*runs, *results) }))
}

// exit ends the program.
func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// inside does something in a new directory below dir, with a dewar that was just built.
func inside(dir string, do func(b *bench) error) error {
	work, err := os.MkdirTemp(dir, "dewar-bench-")
	if err != nil {
		return err
	}
	defer removeAll(work)
	b := &bench{dir: work, dewar: filepath.Join(work, "dewar")}
	if out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.dewar, "./cmd/dewar").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return do(b)
}

// all measures what actions cost.
func (b *bench) all(runs int, results string) error {
	b.runs = runs
	var err error
	if b.ninja, err = exec.LookPath("ninja"); err != nil {
		b.ninja = ""
	}
	b.header()
	for _, measure := range []func() error{b.startUp, b.cold, b.noOp, b.change, b.inside} {
		if err := measure(); err != nil {
			return err
		}
	}
	return b.write(results)
}

// write writes the results.
func (b *bench) write(results string) error {
	fmt.Print(b.out.String())
	if results == "-" {
		return nil
	}
	return os.WriteFile(results, b.out.Bytes(), 0o666)
}

func (b *bench) header() {
	b.printf("# Results\n\nMade by `go run ./bench`, on a filesystem in memory, commands in turn, %d times each after one warm-up.\n", b.runs)
	b.printf("Times are milliseconds of the whole process: minimum, median, maximum. Targets are in brackets.\n\n")
	b.printf("Machine: %s, %d CPUs, %s/%s, load %s before the run.\n", cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, load())
}

func (b *bench) printf(format string, args ...any) { fmt.Fprintf(&b.out, format, args...) }

// table begins a table.
func (b *bench) table(title string) {
	b.printf("\n## %s\n\n| what | min | median | max | CPU median | |\n|---|---|---|---|---|---|\n", title)
	fmt.Fprintln(os.Stderr, title)
}

func (b *bench) row(what string, s series, note string) {
	b.printf("| %s | %s | **%s** | %s | %s | %s |\n", what, ms(s.min()), ms(s.median()), ms(s.max()), ms(median(s.cpu)), note)
	fmt.Fprintf(os.Stderr, "  %-50s %s ms\n", what, ms(s.median()))
}

// series is the measurements of one command.
type series struct{ wall, cpu []time.Duration }

func (s series) min() time.Duration    { return slices.Min(s.wall) }
func (s series) max() time.Duration    { return slices.Max(s.wall) }
func (s series) median() time.Duration { return median(s.wall) }

func median(list []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

func ms(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.2f", float64(d)/1e6)
	}
	return fmt.Sprintf("%.0f", float64(d)/1e6)
}

// once runs a command and adds its times to s.
func (s *series) once(dir string, argv ...string) error {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, text.String())
	}
	s.wall = append(s.wall, took)
	s.cpu = append(s.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	return nil
}

// repeat runs a command n+1 times, forgets the first, and returns the others.
func (b *bench) repeat(dir string, argv ...string) (series, error) {
	var s series
	for range b.runs + 1 {
		if err := s.once(dir, argv...); err != nil {
			return s, err
		}
	}
	return series{s.wall[1:], s.cpu[1:]}, nil
}

// cpuModel and load describe the machine where /proc does.
func cpuModel() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for _, line := range strings.Split(string(b), "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown CPU"
}

func load() string {
	b, _ := os.ReadFile("/proc/loadavg")
	if f := strings.Fields(string(b)); len(f) > 0 {
		return f[0]
	}
	return "unknown"
}
