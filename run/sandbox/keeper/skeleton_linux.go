package keeper

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// base is where the skeleton is built before it becomes the root. Any directory
// that every machine has would do.
const base = "/tmp"

// build makes the namespaces what they shall be: it starts the host thread,
// builds the skeleton and makes it the root of all other threads.
func build(loopback, root bool) (*hostView, *failure) {
	if err := unix.Mount("", "/", "", unix.MS_SLAVE|unix.MS_REC, ""); err != nil {
		return nil, failed("mount / slave", err)
	}
	host, fail := startHost()
	if fail != nil {
		return nil, fail
	}
	for _, f := range []func() *failure{
		func() *failure {
			return failed("mount / private", unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""))
		},
		func() *failure {
			return failed("mount root", unix.Mount("tmpfs", base, "tmpfs", unix.MS_NOSUID, "mode=755"))
		},
		directories,
		system,
		func() *failure { return identity(!loopback, root) },
		devices,
		processes,
		func() *failure { return network(loopback) },
		func() *failure { return failed("sethostname", unix.Sethostname([]byte(Host))) },
		pivot,
	} {
		if fail := f(); fail != nil {
			return nil, fail
		}
	}
	return host, nil
}

// directories makes the empty places: what is hidden, and mount points.
func directories() *failure {
	for _, d := range []string{"project", "tmp", "proc", "dev", "dev/shm", "dev/pts", "dev/mqueue", "run", "home", "root", "mnt", "media", "srv", "var", "sys", "sys/devices", "sys/devices/system"} {
		if err := unix.Mkdir(base+"/"+d, 0o755); err != nil {
			return failed("mkdir /"+d, err)
		}
	}
	for _, l := range [][2]string{{"../run", "var/run"}, {"../tmp", "var/tmp"}} {
		if err := unix.Symlink(l[0], base+"/"+l[1]); err != nil {
			return failed("symlink /"+l[1], err)
		}
	}
	return nil
}

// System reports whether an entry of the host's root directory is shown in
// the sandbox as it is.
func System(name string) bool {
	switch name {
	case "usr", "bin", "sbin", "opt", "etc", "nix", "gnu":
		return true
	}
	return strings.HasPrefix(name, "lib")
}

// system shows the host's system directories, read-only.
func system() *failure {
	entries, err := os.ReadDir("/")
	if err != nil {
		return failed("list /", err)
	}
	for _, e := range entries {
		if !System(e.Name()) {
			continue
		}
		from, at := "/"+e.Name(), base+"/"+e.Name()
		switch {
		case e.Type()&os.ModeSymlink != 0:
			to, err := os.Readlink(from)
			if err == nil {
				err = unix.Symlink(to, at)
			}
			if err != nil {
				return failed("symlink "+from, err)
			}
		case e.IsDir():
			if err := unix.Mkdir(at, 0o755); err != nil {
				return failed("mkdir "+from, err)
			}
			if fail := bind(from, at, readOnly); fail != nil {
				return fail
			}
		}
	}
	// How many processors there are, which numerical libraries ask.
	bind("/sys/devices/system", base+"/sys/devices/system", readOnly)
	return nil
}

// identity replaces the files of /etc that tell one machine or one person
// from another, and hides what only root may read: commands of a dewar that
// root runs are root's, seen from outside.
func identity(online, root bool) *failure {
	for _, f := range [][2]string{
		{"passwd", "root:x:0:0:root:/root:/bin/sh\ndewar:x:1000:1000:dewar:" + Home + ":/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"},
		{"group", "root:x:0:\ndewar:x:1000:\nnogroup:x:65534:\n"},
		{"hosts", "127.0.0.1\tlocalhost " + Host + "\n::1\tlocalhost\n"},
		{"hostname", Host + "\n"},
		{"machine-id", "00000000000000000000000000000000\n"},
	} {
		if f[0] == "hosts" && online {
			continue
		}
		if fail := cover(f[0], f[1], 0o444); fail != nil {
			return fail
		}
	}
	if online {
		resolver()
	}
	if !root {
		return nil
	}
	for _, name := range secrets() {
		if fail := cover(name, "", 0); fail != nil {
			return fail
		}
	}
	return nil
}

// secrets lists what in /etc is not for everyone.
func secrets() []string {
	names := []string{"ssl/private", "pki/tls/private", "ssh"}
	entries, _ := os.ReadDir("/etc")
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.Type()&os.ModeSymlink != 0 || e.Name() == "ssh" {
			continue
		}
		if info.Mode().Perm()&0o004 == 0 {
			names = append(names, e.Name())
		}
	}
	return names
}

// cover puts a file with the given text over a path of /etc, or an empty
// directory over a directory. What does not exist stays so.
func cover(name, text string, perm os.FileMode) *failure {
	at := base + "/etc/" + name
	var st unix.Stat_t
	if unix.Lstat(at, &st) != nil || st.Mode&unix.S_IFMT == unix.S_IFLNK {
		return nil
	}
	tmp := base + "/cover"
	remove := unix.Unlink
	if st.Mode&unix.S_IFMT == unix.S_IFDIR {
		remove = unix.Rmdir
		if err := unix.Mkdir(tmp, uint32(perm)); err != nil {
			return failed("mkdir for "+at, err)
		}
	} else if fail := write(tmp, text, perm); fail != nil {
		return fail
	}
	if fail := bind(tmp, at, readOnly); fail != nil {
		return fail
	}
	return failed("remove "+tmp, remove(tmp)) // the mount keeps it
}

// resolver makes /etc/resolv.conf readable where it leads into /run, which is
// hidden. Without it names are not resolved, which the command will notice.
func resolver() {
	text, err := os.ReadFile("/etc/resolv.conf")
	to, lerr := os.Readlink("/etc/resolv.conf")
	if err != nil || lerr != nil {
		return
	}
	if !strings.HasPrefix(to, "/") {
		to = "/etc/" + to
	}
	for strings.HasPrefix(to, "/etc/../") {
		to = to[len("/etc/.."):]
	}
	if strings.HasPrefix(to, "/run/") && !strings.Contains(to, "/../") {
		new(maker).dir(parent(base + to))
		write(base+to, string(text), 0o444)
	}
}

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
func processes() *failure {
	at := base + "/proc"
	if err := unix.Mount("proc", at, "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return failed("mount /proc", err)
	}
	if fail := write(at+"/sys/user/max_user_namespaces", "0", 0); fail != nil {
		return fail
	}
	return failed("mount_setattr /proc", unix.MountSetattr(unix.AT_FDCWD, at, 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}))
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

// pivot makes the skeleton the root and lets the old one go. All threads but
// the host's share one idea of the root, so all of them follow.
func pivot() *failure {
	if err := unix.Chdir(base); err != nil {
		return failed("chdir", err)
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return failed("pivot_root", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return failed("umount the old root", err)
	}
	return failed("chdir /", unix.Chdir("/"))
}
