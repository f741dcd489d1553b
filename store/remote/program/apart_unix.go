//go:build unix

package program

import (
	"os/exec"
	"syscall"
)

// apart gives the program a process group of its own: a Ctrl-C at the terminal
// is for dewar, which then cancels what is under way and ends the program.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// end kills the program and all that it started.
func end(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Process.Kill()
}
