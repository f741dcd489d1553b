package keeper

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Namespaces do not hold everything. What follows would cross them, or last longer than the
// processes of an action, and is refused to the keeper and all that it ever starts, as if the kernel had not got it:
//
//   - keyrings: a process inherits the session keyring of whoever called dewar, with
//     his tickets and tokens in it, and what is put into one is there for the next action;
//   - sockets of other families than those that a network namespace has: vsock leads to
//     the host of a virtual machine. Only with the host's network is it the host's business;
//   - io_uring, which does the same as system calls where no filter sees it;
//   - bpf and performance events, which on a generous machine see all processes of it, and
//     the kernel's log, which tells of the machine.
//
// The filter is installed once, in a keeper's first moments: actions inherit it and cost nothing more.

// abi is one of the ways to call the kernel on an architecture.
type abi struct {
	arch    uint32
	refused []uint32
	socket  uint32
	mux     uint32 // socketcall, which is socket if its first argument is 1; 0 if there is none
	strange uint32 // calls from this number on are of yet another way, which is refused; 0 if there is none
}

// families are those that sockets may have.
var families = []uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK}

// contain installs the filter on every thread.
func contain(loopback bool) *failure {
	prog := containment(abis, loopback)
	f := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	flags := uintptr(unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW)
	thread, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&f)))
	switch {
	case e != 0:
		return failed("seccomp", e)
	case thread != 0: // that one has another filter, and nobody has ours
		return failed("seccomp", unix.ESRCH)
	}
	return nil
}

// containment is the classic BPF program. Each piece of it either decides or falls through to the next.
func containment(ways []abi, loopback bool) []unix.SockFilter {
	p := []unix.SockFilter{{Code: bpfLoad, K: offsetArch}}
	for _, w := range ways {
		body := w.body(loopback)
		// Conditional jumps reach 255 pieces, and a body may be longer one day.
		p = append(p, unix.SockFilter{Code: bpfEqual, K: w.arch, Jt: 1}, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JA, K: uint32(len(body))})
		p = append(p, body...)
	}
	return append(p, refuse(unix.ENOSYS)) // an architecture of which we know nothing
}

func (w abi) body(loopback bool) []unix.SockFilter {
	p := []unix.SockFilter{{Code: bpfLoad, K: offsetNr}}
	if w.strange != 0 {
		p = append(p, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, K: w.strange, Jf: 1}, refuse(unix.ENOSYS))
	}
	for _, c := range w.refused {
		p = append(p, unix.SockFilter{Code: bpfEqual, K: c, Jf: 1}, refuse(unix.ENOSYS))
	}
	if loopback {
		p = append(p, w.sockets()...)
	}
	return append(p, allow)
}

func (w abi) sockets() []unix.SockFilter {
	first := unix.SockFilter{Code: bpfLoad, K: offsetArg0}
	known := []unix.SockFilter{first}
	for _, f := range families {
		known = append(known, unix.SockFilter{Code: bpfEqual, K: f, Jf: 1}, allow)
	}
	known = append(known, refuse(unix.EAFNOSUPPORT))
	p := append([]unix.SockFilter{{Code: bpfEqual, K: w.socket, Jf: uint8(len(known))}}, known...)
	if w.mux != 0 {
		p = append(p, unix.SockFilter{Code: bpfEqual, K: w.mux, Jf: 4}, first,
			unix.SockFilter{Code: bpfEqual, K: 1, Jf: 1}, refuse(unix.EAFNOSUPPORT), allow)
	}
	return p
}

// Pieces of classic BPF programs, and where things are in struct seccomp_data.
const (
	bpfLoad  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	bpfEqual = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	bpfRet   = unix.BPF_RET | unix.BPF_K

	offsetNr, offsetArch, offsetArg0 = 0, 4, 16
)

var allow = unix.SockFilter{Code: bpfRet, K: unix.SECCOMP_RET_ALLOW}

func refuse(e unix.Errno) unix.SockFilter {
	return unix.SockFilter{Code: bpfRet, K: unix.SECCOMP_RET_ERRNO | uint32(e)}
}

// unreachable keeps the calling thread, and what it starts, from abstract sockets of processes outside:
// they belong to the network, which is the host's for an action that uses it, but are the doors of desktops and
// of daemons. Kernels before 6.12 cannot do that.
func unreachable() {
	attr := struct{ fs, net, scoped uint64 }{scoped: 1} // LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
	fd, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if e != 0 {
		return
	}
	unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0)
	unix.Close(int(fd))
}
