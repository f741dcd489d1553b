package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// spent is what a command, or several, took.
type spent struct {
	wall, cpu time.Duration
	memory    int64 // bytes, at most; 0: unknown
}

// quietEnv is an environment in which no configuration of a person has a say.
func (b *bench) quietEnv() []string {
	home := filepath.Join(b.dir, "home")
	return append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home+"/config", "XDG_CACHE_HOME="+home+"/cache", "USER=a",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a",
		"GIT_COMMITTER_EMAIL=a@example.com", "DVC_NO_ANALYTICS=1")
}

// command is a command in a directory, in the quiet environment.
func (b *bench) command(dir string, argv []string) *exec.Cmd {
	return b.set(exec.Command(argv[0], argv[1:]...), dir)
}

// set gives a command its directory and environment. What a program starts by
// its own name, as DVC does its workers, must be the same program.
func (b *bench) set(cmd *exec.Cmd, dir string) *exec.Cmd {
	path := filepath.Dir(cmd.Path) + string(os.PathListSeparator) + os.Getenv("PATH")
	cmd.Dir, cmd.Env = dir, append(b.quietEnv(), "PATH="+path)
	return cmd
}

// errSlow is that a command was stopped because it took too long.
var errSlow = errors.New("stopped")

// once runs a command; after limit, if there is one, it is stopped.
func (b *bench) once(dir string, limit time.Duration, argv []string) (spent, error) {
	ctx, stop := context.WithCancelCause(b.ctx)
	defer stop(nil)
	if limit > 0 {
		timer := time.AfterFunc(limit, func() { stop(errSlow) })
		defer timer.Stop()
	}
	cmd := b.set(exec.CommandContext(ctx, argv[0], argv[1:]...), dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // its children are its own matter
	cmd.WaitDelay = 10 * time.Second
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if cause := context.Cause(ctx); cause != nil && err != nil {
		return spent{wall: took}, cause
	}
	if err != nil {
		return spent{}, fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, text.String())
	}
	p := cmd.ProcessState
	return spent{took, p.UserTime() + p.SystemTime(), residentOf(p)}, nil
}

// measure runs what a peer is measured by.
func (b *bench) measure(p peer, w workload, limit time.Duration) (spent, error) {
	var all spent
	before := b.serverTime(p)
	for _, argv := range p.run(w) {
		s, err := b.once(b.project(p.name), limit, argv)
		all = spent{all.wall + s.wall, all.cpu + s.cpu, max(all.memory, s.memory)}
		if err != nil {
			return all, err
		}
	}
	all.cpu += b.serverTime(p) - before
	return all, nil
}

// serverTime is the time of the processor that the server of a peer, and the
// children it has waited for, have used; 0 where it has none or cannot be told.
func (b *bench) serverTime(p peer) time.Duration {
	if p.server == nil {
		return 0
	}
	pid, err := b.command(b.project(p.name), p.server.pid).Output()
	if err != nil {
		return 0
	}
	text, err := os.ReadFile(filepath.Join("/proc", strings.TrimSpace(string(pid)), "stat"))
	if err != nil {
		return 0
	}
	return timesIn(string(text))
}

// timesIn adds the four times in /proc/PID/stat, which are hundredths of a second.
func timesIn(stat string) time.Duration {
	_, rest, _ := strings.Cut(stat[max(strings.LastIndexByte(stat, ')'), 0):], " ") // the name may have anything in it
	f := strings.Fields(rest)
	var sum time.Duration
	for i := 11; i <= 14 && i < len(f); i++ { // fields 14 to 17: user, system, and both of the children
		n, _ := strconv.ParseInt(f[i], 10, 64)
		sum += time.Duration(n) * 10 * time.Millisecond
	}
	return sum
}

// residentOf is how much memory a process used, where the system says so.
func residentOf(p *os.ProcessState) int64 {
	usage := reflect.ValueOf(p.SysUsage())
	if usage.Kind() != reflect.Pointer || usage.Elem().Kind() != reflect.Struct {
		return 0
	}
	most := usage.Elem().FieldByName("Maxrss")
	if !most.IsValid() || !most.CanInt() {
		return 0
	}
	return most.Int() << 10 // kilobytes, on Linux
}

// said is the last line of what a command that failed has said, without names
// of directories of this machine.
func (b *bench) said(p peer, err error) string {
	text := strings.TrimSpace(err.Error())
	line := text[strings.LastIndexByte(text, '\n')+1:]
	for _, at := range []string{b.project(p.name), b.dir, filepath.Dir(p.program)} {
		line = strings.ReplaceAll(line, at, "")
	}
	line = strings.NewReplacer("|", "/", "`", "'").Replace(line)
	if r := []rune(line); len(r) > 120 {
		line = string(r[:120]) + "…"
	}
	return line
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
