package sandbox

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/keeper"
	"github.com/dewar-build/dewar/run/sandbox/landlock"
)

// landlockBounds lets a command see about what it would see in a sandbox: the system, its
// toolchains and its own directories.
//
// Shared memory is the machine's: without it no program can use several processes as Python
// does. All of /proc can be read, but nothing of other processes that ptrace is
// needed for.
func landlockBounds(x *run.Execution, root, tmp string) *landlock.Bounds {
	r := &landlock.Bounds{
		Read:    []string{"/proc", "/sys/devices/system"},
		Write:   []string{root, tmp, "/dev/shm"},
		Devices: []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"},
		Network: x.Network,
	}
	r.Read = append(r.Read, etc(os.Getuid() == 0)...)
	if x.Level != graph.IsolationHermetic || !haveBase(x.Bindings) {
		r.Read = append(r.Read, systemDirs()...)
	}
	for _, b := range x.Bindings {
		r.Read = append(append(r.Read, b.Mounts...), b.Base...)
	}
	for _, s := range x.Scratch {
		r.Write = append(r.Write, s.Host)
	}
	for _, g := range x.GPUs {
		r.Devices = append(r.Devices, g.Files...)
	}
	if x.Terminal != nil {
		r.Devices = append(r.Devices, "/dev/pts")
	}
	if len(x.GPUs) > 0 {
		r.Read = append(r.Read, "/sys")
	}
	if x.Network { // it leads out of /etc on many machines
		r.Read = append(r.Read, "/etc/resolv.conf")
	}
	slices.Sort(r.Read)
	r.Read = slices.Compact(r.Read)
	return r
}

// haveBase reports whether toolchains name all that they need of the system.
func haveBase(bindings []run.Binding) bool {
	return slices.ContainsFunc(bindings, func(b run.Binding) bool { return len(b.Base) > 0 })
}

// systemDirs are the directories that a sandbox shows of the host, but /etc.
func systemDirs() []string {
	var dirs []string
	entries, _ := os.ReadDir("/")
	for _, e := range entries {
		if keeper.System(e.Name()) && e.Name() != "etc" {
			dirs = append(dirs, "/"+e.Name())
		}
	}
	return dirs
}

// etc is /etc, for root without what only root may read: a rule says what may be seen
// below a directory, and cannot leave something out.
func etc(root bool) []string {
	if !root {
		return []string{"/etc"}
	}
	return open("/etc", []string{"/etc/ssh", "/etc/ssl/private", "/etc/pki/tls/private"})
}

// open lists what is in dir and everybody may read, but hidden paths.
func open(dir string, hidden []string) []string {
	var paths []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		at := filepath.Join(dir, e.Name())
		info, err := e.Info()
		switch {
		case err != nil, info.Mode().Perm()&0o004 == 0, slices.Contains(hidden, at), e.Type()&os.ModeSymlink != 0: // where links lead is decided there
		case slices.ContainsFunc(hidden, func(h string) bool { return strings.HasPrefix(h, at+"/") }):
			paths = append(paths, open(at, hidden)...)
		default:
			paths = append(paths, at)
		}
	}
	return paths
}

// superviseLocked has a helper start cmd within bounds, and waits for its end. The error is a
// *Refused if the kernel would not have them; nothing has been started then.
func (e *Executor) superviseLocked(ctx context.Context, x *run.Execution, bounds *landlock.Bounds, cmd *exec.Cmd, s *streams, started func(), out *run.Outcome) error {
	cmd.Path, cmd.Args = "/proc/self/exe", bounds.Args(cmd.Path, cmd.Args)
	cmd.SysProcAttr = ownGroup() // a terminal is the command's, not the helper's
	control, report, err := helperPipes(cmd)
	if err == nil {
		err = cmd.Start()
	}
	s.close()
	started()
	for _, f := range cmd.ExtraFiles {
		f.Close()
	}
	if err != nil {
		if control != nil {
			control.Close()
			report.Close()
		}
		s.wait()
		return fmt.Errorf("start %s under Landlock: %w", out.Program, err)
	}
	defer control.Close()
	defer report.Close()
	order := func(what byte) func() { return func() { control.Write([]byte{what}) } }
	w := startWatch(ctx, x.Timeout, e.opt.Grace, order(landlock.Terminate), order(landlock.Kill), func() { cmd.Process.Kill() })
	cmd.Wait() // what it reports tells more
	out.TimedOut = w.stop()
	s.waitAtMost(outputPatience)
	if err := ctx.Err(); err != nil {
		return err
	}
	line, err := io.ReadAll(io.LimitReader(report, 4096))
	if err != nil {
		return fmt.Errorf("sandbox: read what became of a command: %w", err)
	}
	res, err := landlock.Decode(line)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return locked(x, res, out)
}

// helperPipes gives a helper its two descriptors. They are in cmd.ExtraFiles, to be closed here
// once it has them.
func helperPipes(cmd *exec.Cmd) (control, report *os.File, err error) {
	orders, control, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	report, line, err := os.Pipe()
	if err != nil {
		orders.Close()
		control.Close()
		return nil, nil, err
	}
	cmd.ExtraFiles = []*os.File{landlock.Control - 3: orders, landlock.Report - 3: line}
	return control, report, nil
}

// locked reads a report.
func locked(x *run.Execution, res *landlock.Result, out *run.Outcome) error {
	if res.Refused != "" {
		return &Refused{Reason: "Landlock, which would keep commands to their directories, does not work: " + res.Refused + ": " + res.Errno.Error()}
	}
	out.Wall, out.User, out.Sys, out.MaxRSS = res.Wall, res.User, res.Sys, res.MaxRSS
	if out.Wall == 0 {
		out.Wall = time.Since(out.Started)
	}
	switch ws := syscall.WaitStatus(res.Status); {
	case res.NoExec != 0:
		out.ExitCode = exitNoExec
		cannotExecute(x.Stderr, out.Program, res.NoExec)
	case ws.Signaled():
		out.Signal = unix.SignalName(ws.Signal())
		out.ExitCode = 128 + int(ws.Signal())
	default:
		out.ExitCode = ws.ExitStatus()
	}
	return nil
}
