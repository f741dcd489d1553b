package keeper

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// seccompListener installs, on the calling thread and all that it starts, a filter that
// reports every lookup of a path to whoever has the descriptor, and lets it go on.
func seccompListener() (int, error) {
	prog := filter(append(pathCalls(), legacyCalls...))
	f := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	// Waiting killably keeps a signal from repeating a call that was reported.
	for _, flags := range []uintptr{unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER} {
		fd, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&f)))
		if e == 0 {
			return int(fd), nil
		}
		if e != syscall.EINVAL {
			return -1, e
		}
	}
	return -1, syscall.EINVAL
}

// pathCalls are the calls that every architecture has.
func pathCalls() []uint32 {
	return []uint32{
		unix.SYS_OPENAT, unix.SYS_OPENAT2, sysNewfstatat, unix.SYS_STATX, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2,
		unix.SYS_READLINKAT, unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_CHDIR,
	}
}

// filter is the classic BPF program: notify for the calls of our architecture,
// allow everything else. Foreign ones (32 bits on 64) are not looked at.
func filter(calls []uint32) []unix.SockFilter {
	n := len(calls)
	p := []unix.SockFilter{
		{Code: bpfLoad, K: offsetArch},
		{Code: bpfEqual, K: auditArch, Jf: uint8(n + 1)},
		{Code: bpfLoad, K: offsetNr},
	}
	for i, c := range calls {
		p = append(p, unix.SockFilter{Code: bpfEqual, K: c, Jt: uint8(n - i)})
	}
	return append(p,
		allow,
		unix.SockFilter{Code: bpfRet, K: unix.SECCOMP_RET_USER_NOTIF})
}
