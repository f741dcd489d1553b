package sandbox

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/run"
)

// talk gives cmd a terminal of its own for what it would read and write, if there is somebody to talk
// to. started is to be called when it has been started, or not; ended when it is over.
func talk(cmd *exec.Cmd, t *run.Terminal) (started, ended func(), err error) {
	if t == nil {
		return func() {}, func() {}, nil
	}
	ours, theirs, err := openTerminal()
	if err != nil {
		return nil, nil, err
	}
	if t.Size != nil {
		rows, cols := t.Size()
		unix.IoctlSetWinsize(ours, unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: cols})
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true} // its group is called after it all the same
	m := startTerminal(ours, t)
	ended = func() {
		late := time.AfterFunc(outputPatience, func() { m.end.SetReadDeadline(time.Unix(1, 0)) })
		defer late.Stop()
		m.finish()
	}
	return func() { theirs.Close() }, ended, nil
}

// openTerminal makes a terminal: our end, and what a command has.
func openTerminal() (ours int, theirs *os.File, err error) {
	ours, err = unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, nil, &os.PathError{Op: "open", Path: "/dev/ptmx", Err: err}
	}
	var number int
	if err = unix.IoctlSetPointerInt(ours, unix.TIOCSPTLCK, 0); err == nil {
		number, err = unix.IoctlGetInt(ours, unix.TIOCGPTN)
	}
	if err == nil {
		theirs, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		unix.Close(ours)
		return -1, nil, err
	}
	return ours, theirs, nil
}
