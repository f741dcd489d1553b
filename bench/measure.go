package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// startUp: what every command pays.
func (b *bench) startUp() error {
	b.table("Start-up")
	s, err := b.repeat(b.dir, b.dewar, "version")
	if err != nil {
		return err
	}
	b.row("`dewar version`", s, "[10]")
	info, err := os.Stat(b.dewar)
	if err != nil {
		return err
	}
	b.printf("\nThe binary has %.1f MB [30].\n", float64(info.Size())/1e6)
	return nil
}

// cold: n independent copies, nothing cached, against ninja's time for the same.
func (b *bench) cold() error {
	b.table("Cold: independent `cp` stages, sandboxed, hashed, cached, checked out")
	for _, n := range []int{1000, 10000} {
		dir := filepath.Join(b.dir, fmt.Sprintf("copies%d", n))
		if err := copies(dir, n); err != nil {
			return err
		}
		runs := b.runs
		if n > 1000 {
			runs = 1
		}
		var d, nj series
		for range runs + 1 {
			if err := clean(dir); err != nil {
				return err
			}
			before := countFiles(dir)
			if err := d.once(dir, b.dewar, "run", "-q"); err != nil {
				return err
			}
			if len(d.wall) == 1 && n == 1000 {
				defer b.printf("\nFiles made by %d actions: %d, %.2f an action [4].\n", n, countFiles(dir)-before, float64(countFiles(dir)-before)/float64(n))
			}
			if b.ninja != "" {
				if err := nj.once(dir, b.ninja, "--quiet"); err != nil {
					return err
				}
			}
		}
		d = series{d.wall[1:], d.cpu[1:]}
		b.row(fmt.Sprintf("dewar, %d stages", n), d, "")
		if b.ninja == "" {
			b.printf("| ninja | | not installed | | | |\n")
			continue
		}
		nj = series{nj.wall[1:], nj.cpu[1:]}
		b.row(fmt.Sprintf("ninja, %d copies", n), nj, fmt.Sprintf("dewar takes %.2fx [2]", float64(d.median())/float64(nj.median())))
	}
	return nil
}

// noOp: nothing has changed.
func (b *bench) noOp() error {
	b.table("No-op: nothing has changed")
	for _, w := range []struct {
		what   string
		n      int
		make   func(string, int) error
		target string
	}{
		{"stages", 1000, copies, "[30]"}, {"stages", 10000, copies, ""},
		{"points", 1000, points, ""}, {"points", 10000, points, "[200]"},
	} {
		dir := filepath.Join(b.dir, fmt.Sprintf("noop-%s-%d", w.what, w.n))
		if err := w.make(dir, w.n); err != nil {
			return err
		}
		if err := clean(dir); err != nil {
			return err
		}
		var first series
		if err := first.once(dir, b.dewar, "run", "-q"); err != nil {
			return err
		}
		s, err := b.repeat(dir, b.dewar, "run", "-q")
		if err != nil {
			return err
		}
		b.row(fmt.Sprintf("dewar, %d %s", w.n, w.what), s, w.target)
		if w.what == "stages" && b.ninja != "" {
			if err := first.once(dir, b.ninja, "--quiet"); err != nil {
				return err
			}
			if s, err = b.repeat(dir, b.ninja, "--quiet"); err != nil {
				return err
			}
			b.row(fmt.Sprintf("ninja, %d copies", w.n), s, "")
		}
	}
	return nil
}

// change: one input of many is different.
func (b *bench) change() error {
	b.table("One input of 1,000 stages has changed")
	dir := filepath.Join(b.dir, "noop-stages-1000")
	var s series
	for i := range b.runs + 1 {
		if err := os.WriteFile(filepath.Join(dir, "in/7.txt"), fmt.Appendf(nil, "changed %d\n", i), 0o666); err != nil {
			return err
		}
		if err := s.once(dir, b.dewar, "run", "-q"); err != nil {
			return err
		}
	}
	b.row("dewar", series{s.wall[1:], s.cpu[1:]}, "")
	return nil
}

// inside: what `go test -bench` measures within the process.
func (b *bench) inside() error {
	b.printf("\n## Inside the process\n\n`go test -bench`: a null action through the sandbox [at most 1 ms over fork/exec], and hashing\n[the speed of crypto/sha256 on every core].\n\n```\n")
	for _, args := range [][]string{
		{"-bench", "^(BenchmarkNull|BenchmarkForkExec)$", "./run/sandbox"},
		{"-bench", "Hash|SHA256", "./fs", "./digest"},
	} {
		cmd := exec.Command("go", append([]string{"test", "-run", "^$"}, args...)...)
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
	b.printf("```\n")
	return nil
}
