package keeper

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// openTerminal makes a terminal inside the sandbox, so that a command finds its own by name: our end of
// it, and the command's.
func openTerminal(req *Request) (ours, theirs int, fail *failure) {
	ours, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, -1, failed("open /dev/ptmx", err)
	}
	if theirs, err = commandsEnd(ours); err == nil && req.Rows > 0 && req.Cols > 0 {
		err = unix.IoctlSetWinsize(ours, unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(req.Rows), Col: uint16(req.Cols)})
	}
	if err != nil {
		unix.Close(ours)
		if theirs >= 0 {
			unix.Close(theirs)
		}
		return -1, -1, failed("open a terminal", err)
	}
	return ours, theirs, nil
}

// commandsEnd opens the other end of a terminal.
func commandsEnd(ours int) (int, error) {
	if err := unix.IoctlSetPointerInt(ours, unix.TIOCSPTLCK, 0); err != nil {
		return -1, err
	}
	n, err := unix.IoctlGetUint32(ours, unix.TIOCGPTN)
	if err != nil {
		return -1, err
	}
	return unix.Open("/dev/pts/"+strconv.Itoa(int(n)), unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
}
