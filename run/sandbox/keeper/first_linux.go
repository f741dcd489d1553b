package keeper

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// becomeFirst makes the process fit to be the first of its pid namespace.
// What cannot fail in a way that matters is not checked.
func becomeFirst() {
	unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
	// Commands have our user id. Not being dumpable is what keeps them from
	// reading our memory, our descriptors and, through /proc/1/root, the host.
	unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	// What dewar itself inherited is none of the commands' business.
	unix.CloseRange(Socket, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
	defaultSignals()
	syscall.Umask(0o022)
	noCores()
}

// noCores keeps crashes from leaving cores. The host's handler gets one even if it may have no byte: one
// byte is how the kernel is told that there is to be none.
func noCores() {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &l) == nil && l.Max > 0 {
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1, Max: 1})
	}
}

// limit lowers both limits of a resource to at most max.
func limit(resource int, max uint64) {
	var l unix.Rlimit
	if unix.Getrlimit(resource, &l) != nil {
		return
	}
	l.Cur, l.Max = min(l.Cur, max), min(l.Max, max)
	unix.Setrlimit(resource, &l)
}

// defaultSignals gives every signal its default action. For the first process
// of a pid namespace that means that the kernel drops whatever comes from inside, where a
// handler (the Go runtime has one for each) would be called. Ignoring them would
// serve as well but is inherited by commands. The runtime's own use of SIGURG
// is switched off by asyncpreemptoff in our environment.
func defaultSignals() {
	var act [4]uint64 // struct sigaction of the kernel, all zero: SIG_DFL; at most 32 bytes on every architecture
	for sig := uintptr(1); sig <= 64; sig++ {
		unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&act[0])), 0, 8, 0, 0)
	}
}

// dropFuture makes sure that the calling thread, and what it starts, can never
// get a capability that it does not have.
func dropFuture() *failure {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return failed("prctl no_new_privs", err)
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return failed("prctl ambient", err)
	}
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil && err != unix.EINVAL {
			return failed("prctl capbset", err)
		}
	}
	return nil
}

// dropPrivileges leaves the calling thread without any capability.
func dropPrivileges() *failure {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return failed("capset", unix.Capset(&hdr, &none[0]))
}
