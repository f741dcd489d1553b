//go:build unix

package toolchain

import (
	"os"
	"syscall"
)

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func killGroup(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGKILL) }

// sweepGroup ends what a program left behind.
func sweepGroup(p *os.Process) { _ = killGroup(p) }
