package keeper

import (
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// devices fills /dev with what every program may have.
func devices() *failure {
	for _, d := range []string{"null", "zero", "full", "random", "urandom", "tty"} {
		at := base + "/dev/" + d
		if fail := write(at, "", 0o666); fail != nil {
			return fail
		}
		if fail := bind("/dev/"+d, at, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC); fail != nil && d != "tty" {
			return fail
		}
	}
	for _, l := range [][2]string{{"/proc/self/fd", "fd"}, {"fd/0", "stdin"}, {"fd/1", "stdout"}, {"fd/2", "stderr"}, {"pts/ptmx", "ptmx"}} {
		if err := unix.Symlink(l[0], base+"/dev/"+l[1]); err != nil {
			return failed("symlink /dev/"+l[1], err)
		}
	}
	if err := unix.Mount("mqueue", base+queues, "mqueue", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return failed("mount "+queues, err)
	}
	return failed("mount devpts", unix.Mount("devpts", base+"/dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"))
}

// processes mounts /proc and forbids further user namespaces, with which a
// command could have capabilities again, over what it makes itself. Then /proc is
// made read-only: the kernel's settings belong to root, and commands of a dewar
// that root runs are root's.
//
// There can be at most max processes. The limit of a user does not bind root, so numbers of
// processes are limited as well, where a pid namespace has its own: since Linux 6.14. Before that
// the setting is the whole machine's.
func processes(max uint64) *failure {
	limit(unix.RLIMIT_NPROC, max)
	at := base + "/proc"
	if err := unix.Mount("proc", at, "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return failed("mount /proc", err)
	}
	if fail := write(at+"/sys/user/max_user_namespaces", "0", 0); fail != nil {
		return fail
	}
	if kernelSince(6, 14) {
		write(at+"/sys/kernel/pid_max", strconv.FormatUint(max, 10), 0) // too low is refused: then the user's limit remains
	}
	return failed("mount_setattr /proc", unix.MountSetattr(unix.AT_FDCWD, at, 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}))
}

// kernelSince reports whether the kernel is as new as a version.
func kernelSince(major, minor int) bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	parts := strings.FieldsFunc(unix.ByteSliceToString(u.Release[:]), func(c rune) bool { return c < '0' || c > '9' })
	if len(parts) < 2 {
		return false
	}
	a, err1 := strconv.Atoi(parts[0])
	b, err2 := strconv.Atoi(parts[1])
	return err1 == nil && err2 == nil && (a > major || a == major && b >= minor)
}

// network brings the loopback interface up.
func network(loopback bool) *failure {
	if !loopback {
		return nil
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return failed("socket", err)
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return failed("lo", err)
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return failed("bring lo up", unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req))
}
