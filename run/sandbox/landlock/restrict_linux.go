package landlock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ABI returns the version of Landlock that the kernel has. The file that lists
// security modules is not there in many containers, so the call is what is asked.
func ABI() (int, error) {
	v, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if e != 0 {
		return 0, e
	}
	return int(v), nil
}

// What rights there are, by the version that brought them.
const (
	rightsFile   = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE
	rightsRead   = rightsFile | unix.LANDLOCK_ACCESS_FS_READ_DIR
	rightsChange = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK |
		unix.LANDLOCK_ACCESS_FS_MAKE_FIFO | unix.LANDLOCK_ACCESS_FS_MAKE_SYM
	rightsNever = unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK

	// ofFiles are the rights that a file can have; the others are directories'.
	ofFiles = rightsFile | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE |
		unix.LANDLOCK_ACCESS_FS_IOCTL_DEV | unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX
)

// ruleset is a restriction in the making.
type ruleset struct {
	fd      int
	handled uint64 // what is denied unless a rule allows it
}

// newRuleset makes one that denies everything this kernel can deny.
func newRuleset(network bool) (*ruleset, error) {
	abi, err := ABI()
	if err != nil {
		return nil, err
	}
	attr := unix.LandlockRulesetAttr{Handled_access_fs: rightsRead | rightsChange | rightsNever}
	size := unsafe.Sizeof(attr.Handled_access_fs)
	if abi >= 2 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= 4 {
		size = 2 * size
		if !network {
			attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
		}
	}
	if abi >= 5 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	if abi >= 6 {
		size = unsafe.Sizeof(attr.Handled_access_fs) * 3
		attr.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	}
	// Sockets in the filesystem came late, and not with a version that is known here.
	attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX
	fd, err := create(&attr, size)
	if err == unix.EINVAL {
		attr.Handled_access_fs &^= unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX
		fd, err = create(&attr, size)
	}
	return &ruleset{fd, attr.Handled_access_fs}, err
}

func create(attr *unix.LandlockRulesetAttr, size uintptr) (int, error) {
	fd, _, e := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(attr)), size, 0)
	if e != 0 {
		return -1, e
	}
	return int(fd), nil
}

// allow grants rights over a path and all that is below it. What is not there needs none.
func (r *ruleset) allow(path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT || err == unix.ENOTDIR || err == unix.EACCES {
		return nil
	}
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= ofFiles
	}
	// The kernel's struct is packed; this one has four bytes more, at its end.
	attr := unix.LandlockPathBeneathAttr{Allowed_access: rights & r.handled, Parent_fd: int32(fd)}
	_, _, e := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(r.fd), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&attr)), 0, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// restrict takes the restriction on, for the calling thread and what it starts. It
// returns what could not be done.
func restrict(bounds *Bounds) (op string, err error) {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return "prctl no_new_privs", err
	}
	r, err := newRuleset(bounds.Network)
	if err != nil {
		return "landlock_create_ruleset", err
	}
	defer unix.Close(r.fd)
	const change = rightsRead | rightsChange | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX
	const use = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR | unix.LANDLOCK_ACCESS_FS_WRITE_FILE |
		unix.LANDLOCK_ACCESS_FS_TRUNCATE | unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	for _, of := range []struct {
		paths  []string
		rights uint64
	}{{bounds.Read, rightsRead}, {bounds.Write, change}, {bounds.Devices, use}} {
		for _, p := range of.paths {
			if err := r.allow(p, of.rights); err != nil {
				return "let it use " + p, err
			}
		}
	}
	if op, err := dropPrivileges(); err != nil {
		return op, err
	}
	if _, _, e := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(r.fd), 0, 0); e != 0 {
		return "landlock_restrict_self", e
	}
	if !bounds.Network {
		denyInternet() // Landlock knows TCP only, and that not for long: this is the rest
	}
	return "", nil
}

// dropPrivileges leaves the calling thread without any capability: a dewar that root
// runs would run commands that may do anything that is not about files.
func dropPrivileges() (op string, err error) {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return "prctl ambient", err
	}
	for c := uintptr(0); c <= unix.CAP_LAST_CAP; c++ {
		// Without CAP_SETPCAP it is not permitted, and without new privileges not needed.
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err == unix.EPERM {
			break
		}
	}
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return "capset", unix.Capset(&hdr, &none[0])
}

// denyInternet makes sockets of the internet, and of whatever else there is but those
// of one machine, impossible for the calling thread and what it starts. Where filters
// are not to be had, Landlock does what it can.
func denyInternet() {
	prog := internetFilter()
	f := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	_, _, _ = unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&f)))
}

// internetFilter is the classic BPF program. io_uring makes sockets without a call that a
// filter sees, so there is none.
func internetFilter() []unix.SockFilter {
	const (
		load = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
		is   = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		ret  = unix.BPF_RET | unix.BPF_K

		offsetNr, offsetArch, offsetArg0 = 0, 4, 16 // of struct seccomp_data, little endian

		no   = unix.SECCOMP_RET_ERRNO | uint32(syscall.ENETUNREACH)
		none = unix.SECCOMP_RET_ERRNO | uint32(syscall.ENOSYS)
	)
	return []unix.SockFilter{
		{Code: load, K: offsetArch},
		{Code: is, K: auditArch, Jf: 9}, // programs of another architecture have other numbers
		{Code: load, K: offsetNr},
		{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, K: strangeCalls, Jt: 7},
		{Code: is, K: unix.SYS_IO_URING_SETUP, Jt: 6},
		{Code: is, K: unix.SYS_SOCKET, Jf: 4},
		{Code: load, K: offsetArg0},
		{Code: is, K: unix.AF_UNIX, Jt: 2},
		{Code: is, K: unix.AF_NETLINK, Jt: 1},
		{Code: ret, K: no},
		{Code: ret, K: unix.SECCOMP_RET_ALLOW},
		{Code: ret, K: none},
	}
}
