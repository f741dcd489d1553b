//go:build unix

package sandbox

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/run"
)

// group is a command with all processes that stayed in its process group.
type group struct{ pid int }

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func groupOf(cmd *exec.Cmd) group { return group{cmd.Process.Pid} }

func (g group) terminate() { syscall.Kill(-g.pid, syscall.SIGTERM) }
func (g group) kill()      { syscall.Kill(-g.pid, syscall.SIGKILL) }

// sweep kills what outlived the command.
func (g group) sweep() { g.kill() }

// systemEnv is what the system needs to start anything at all.
func systemEnv() []string { return nil }

func noExecFormat(err error) bool { return errors.Is(err, syscall.ENOEXEC) }

// measure reads how a process ended and what it took.
func measure(st *os.ProcessState, out *run.Outcome) {
	out.User, out.Sys = st.UserTime(), st.SystemTime()
	if ru, ok := st.SysUsage().(*syscall.Rusage); ok {
		out.MaxRSS = int64(ru.Maxrss)
		if runtime.GOOS != "darwin" {
			out.MaxRSS <<= 10 // kilobytes everywhere else
		}
	}
	out.ExitCode = st.ExitCode()
	if ws, ok := st.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		out.Signal = unix.SignalName(ws.Signal())
		out.ExitCode = 128 + int(ws.Signal())
	}
}
