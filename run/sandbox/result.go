package sandbox

import (
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"syscall"
)

// The exit codes that shells use for commands they cannot start.
const (
	exitNoExec   = 126
	exitNotFound = 127
)

// say writes a line of dewar's own to where a command's errors go.
func say(w io.Writer, line string) {
	if w != nil && line != "" {
		io.WriteString(w, line)
	}
}

// cannotExecute tells, as a shell would, why a program that is there does not start.
func cannotExecute(w io.Writer, program string, err error) {
	if w == nil {
		return
	}
	hint := ""
	if errors.Is(err, iofs.ErrNotExist) {
		hint = " (the interpreter that its first line names, or its dynamic loader, is not there)"
	}
	if errors.Is(err, syscall.E2BIG) {
		hint = " (arguments and environment have room for some thousand paths: give the program a list in a file, as argfile(inputs.NAME), or a directory, as of collect)"
	}
	fmt.Fprintf(w, "dewar: cannot execute %s: %v%s\n", program, err, hint)
}
