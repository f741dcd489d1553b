package keeper

import (
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// All actions of a slot share an ipc namespace: a fresh one would cost as much
// as everything else together. But what System V IPC and message queues make
// outlives the processes, so it is looked for and removed after each action.

// sysV are the lists of the kernel, with the call that removes what they name.
var sysV = [...]struct {
	list string
	call uintptr
	args func(id uintptr) (a, b, c uintptr)
}{
	{"/proc/sysvipc/shm", unix.SYS_SHMCTL, func(id uintptr) (a, b, c uintptr) { return id, unix.IPC_RMID, 0 }},
	{"/proc/sysvipc/msg", unix.SYS_MSGCTL, func(id uintptr) (a, b, c uintptr) { return id, unix.IPC_RMID, 0 }},
	{"/proc/sysvipc/sem", unix.SYS_SEMCTL, func(id uintptr) (a, b, c uintptr) { return id, 0, unix.IPC_RMID }},
}

// queues is where message queues are files.
const queues = "/dev/mqueue"

// clearIPC removes what is left.
func clearIPC() {
	var buf [4096]byte
	for _, s := range sysV {
		for {
			n := slurp(s.list, buf[:])
			ids := column(string(buf[:n]))
			if len(ids) == 0 {
				break
			}
			for _, id := range ids {
				a, b, c := s.args(id)
				if _, _, e := syscall.RawSyscall(s.call, a, b, c); e != 0 {
					unix.Exit(1) // the next action would find it: rather none in this slot
				}
			}
		}
	}
	entries, _ := os.ReadDir(queues)
	for _, e := range entries {
		unix.Unlink(queues + "/" + e.Name())
	}
}

func slurp(path string, b []byte) int {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	n, _ := unix.Read(fd, b)
	return max(n, 0)
}

// column returns the second column of a list, without its head and without a
// line that was cut off.
func column(list string) (ids []uintptr) {
	lines := strings.SplitAfter(list, "\n")
	for _, l := range lines[1:] {
		f := strings.Fields(l)
		if len(f) < 2 || !strings.HasSuffix(l, "\n") {
			continue
		}
		id := uintptr(0)
		for _, c := range f[1] {
			id = id*10 + uintptr(c-'0')
		}
		ids = append(ids, id)
	}
	return ids
}
