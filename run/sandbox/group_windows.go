package sandbox

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"github.com/dewar-build/dewar/run"
)

// group is a command with its descendants, as far as the system can still tell.
type group struct{ proc *os.Process }

func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

func groupOf(cmd *exec.Cmd) group { return group{cmd.Process} }

// terminate cannot be polite: there is no signal that every program heeds.
func (g group) terminate() { g.kill() }

func (g group) kill() {
	exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(g.proc.Pid)).Run()
	g.proc.Kill()
}

// sweep does nothing: once the command has ended, its number may be another's.
func (g group) sweep() {}

// systemEnv is what the system needs to start anything at all.
func systemEnv() []string {
	var env []string
	for _, name := range []string{"SystemRoot", "ComSpec", "PATHEXT"} {
		env = append(env, name+"="+os.Getenv(name))
	}
	return env
}

func noExecFormat(err error) bool {
	e, ok := err.(*os.PathError)
	return ok && e.Err == syscall.Errno(193) // ERROR_BAD_EXE_FORMAT
}

func measure(st *os.ProcessState, out *run.Outcome) {
	out.User, out.Sys, out.ExitCode = st.UserTime(), st.SystemTime(), st.ExitCode()
}
