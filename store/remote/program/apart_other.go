//go:build !unix

package program

import "os/exec"

func apart(*exec.Cmd) {}

// end kills the program.
func end(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
