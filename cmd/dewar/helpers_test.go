package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The programs of scripts, beside dewar itself.

// nobody is a program for scripts: nobody PROGRAM ARGUMENT... runs it as a user
// who owns nothing.
func nobody() {
	self, _ := os.Executable()
	for _, dir := range []string{filepath.Dir(os.Getenv("WORK")), filepath.Dir(filepath.Dir(self))} {
		_ = os.Chmod(dir, 0o755) // both lie below a directory that is ours alone
	}
	args := append([]string{"--reuid=65534", "--regid=65534", "--clear-groups"}, os.Args[1:]...)
	cmd := exec.Command("setpriv", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	_ = cmd.Run()
	os.Exit(cmd.ProcessState.ExitCode())
}

// interrupt is a program for scripts: interrupt FILE PROGRAM ARGUMENT... starts
// the program, waits until there is FILE, interrupts the program as Ctrl-C
// does, and exits as it does.
func interrupt() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	late := time.After(20 * time.Second)
	for wait := true; wait; {
		select {
		case <-ended:
			wait = false
		case <-late:
			fmt.Fprintf(os.Stderr, "%s never came\n", os.Args[1])
			wait = false
			_ = cmd.Process.Kill()
		case <-time.After(2 * time.Millisecond):
			if _, err := os.Stat(os.Args[1]); err == nil {
				wait = false
				_ = cmd.Process.Signal(os.Interrupt)
			}
		}
	}
	<-ended
	os.Exit(cmd.ProcessState.ExitCode())
}
