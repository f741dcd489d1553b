package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What is measured of dewar alone: what every command pays, what the cache
// holds, and what points cost without processes.

type alone struct {
	version    []time.Duration
	binary     int64           // bytes
	files      float64         // that one action makes
	points     []int           // how many
	pointsWall []time.Duration // no-op, best, of each
}

func (b *bench) alone() (alone, error) {
	fmt.Fprintln(os.Stderr, "dewar alone")
	a := alone{points: []int{1000, 10000}}
	info, err := os.Stat(b.dewar)
	if err != nil {
		return a, err
	}
	a.binary = info.Size()
	if a.version, err = b.repeat(b.dir, b.dewar, "version"); err != nil {
		return a, err
	}
	if a.files, err = b.filesMade(1000); err != nil {
		return a, err
	}
	for _, n := range a.points {
		dir := filepath.Join(b.dir, "points")
		if err := points(dir, n); err != nil {
			return a, err
		}
		list, err := b.repeat(dir, b.dewar, "run", "-q")
		if err != nil {
			return a, err
		}
		a.pointsWall = append(a.pointsWall, slices.Min(list))
		if err := removeAll(dir); err != nil {
			return a, err
		}
	}
	return a, nil
}

// repeat runs a command once, and then as often as it is measured.
func (b *bench) repeat(dir string, argv ...string) ([]time.Duration, error) {
	var list []time.Duration
	for range b.runs + 1 {
		s, err := b.once(dir, 0, argv)
		if err != nil {
			return nil, err
		}
		list = append(list, s.wall)
	}
	return list[1:], nil
}

// filesMade is how many files one of n actions leaves behind.
func (b *bench) filesMade(n int) (float64, error) {
	p := b.peers[0]
	w := workload{independent, n, b.parallel}
	if err := b.prepare(p, w); err != nil {
		return 0, err
	}
	before := countFiles(b.project(p.name))
	if _, err := b.measure(p, w, 0); err != nil {
		return 0, err
	}
	return float64(countFiles(b.project(p.name))-before) / float64(n), nil
}

func median(list []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// insideProcess is what `go test -bench` measures within the process.
func (b *bench) insideProcess() error {
	fmt.Fprintln(os.Stderr, "inside the process")
	b.printf("\n## Inside the process\n\n`go test -bench`: a null action through the sandbox [at most 1 ms over fork/exec], and hashing\n[the speed of crypto/sha256 on every core].\n\n```\n")
	for _, args := range [][]string{
		{"-bench", "^(BenchmarkNull|BenchmarkForkExec)$", "./run/sandbox"},
		{"-bench", "Hash|SHA256", "./fs", "./digest"},
	} {
		cmd := exec.CommandContext(b.ctx, "go", append([]string{"test", "-run", "^$"}, args...)...)
		cmd.Env = append(os.Environ(), "TMPDIR="+b.dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
		}
		for _, line := range strings.Split(string(out), "\n") {
			if strings.HasPrefix(line, "Benchmark") {
				b.printf("%s\n", line)
			}
		}
	}
	b.printf("```\n\n`sha256` hashes what is in memory; `files` reads it from files in the page cache as well, which alone takes\nabout a fifth of the time of hashing.\n")
	return nil
}
