package sandbox_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// inside names an attempt, in the process that makes it.
const inside = "DEWAR_TEST_INSIDE"

// TestInside is the other half of TestAttempts: this program, within a sandbox.
func TestInside(t *testing.T) {
	name := os.Getenv(inside)
	if name == "" {
		t.Skip("only as a process of its own")
	}
	for _, a := range attempts {
		if a.name == name {
			fmt.Printf("attempt: %v\n", a.do())
			os.Exit(0)
		}
	}
	os.Exit(9)
}

func vars(name, value string) []graph.Var { return []graph.Var{{Name: name, Value: value}} }

// attempt is a way out that no program of this machine tries for us. It has to fail.
type attempt struct {
	name string
	do   func() error
}

// call is a system call as an attempt.
func call(nr uintptr, args ...uintptr) func() error {
	return func() error {
		var a [6]uintptr
		copy(a[:], args)
		if _, _, e := syscall.Syscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5]); e != 0 {
			return e
		}
		return nil
	}
}

func text(s string) uintptr {
	p, _ := unix.BytePtrFromString(s)
	pinned = append(pinned, p)
	return uintptr(unsafe.Pointer(p))
}

// pinned keeps alive what attempts point to; zeros are for whoever needs some.
var (
	pinned []*byte
	zeros  [256]byte
	bpfMap = [4]uint32{2, 4, 8, 1} // BPF_MAP_CREATE: an array of one
)

// anyOf tries one after the other, until one succeeds.
func anyOf(fs ...func() error) func() error {
	return func() (err error) {
		for _, f := range fs {
			if e := f(); e == nil {
				return nil
			} else {
				err = errors.Join(err, e)
			}
		}
		return err
	}
}

func overwrite(path, s string) func() error {
	return func() error { return os.WriteFile(path, []byte(s), 0) }
}

func socket(family, kind, proto int) func() error {
	return func() error { _, err := unix.Socket(family, kind, proto); return err }
}

func namespace(flag int) func() error {
	return anyOf(
		func() error { return unix.Unshare(flag) },
		func() error {
			_, err := syscall.ForkExec("/proc/self/exe", []string{"x", "-test.run=^$"}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Cloneflags: uintptr(flag)}})
			return err
		},
		func() error { // clone3, which filters of clone's flags do not see
			args := [11]uint64{0: uint64(flag), 4: uint64(unix.SIGCHLD)}
			pid, _, e := syscall.RawSyscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&args)), unsafe.Sizeof(args), 0)
			if e == 0 && pid == 0 {
				syscall.RawSyscall(unix.SYS_EXIT, 0, 0, 0)
			}
			if e != 0 {
				return e
			}
			return nil
		})
}

// raise asks for more of a resource than there is.
func raise(resource int) func() error {
	return func() error {
		var l unix.Rlimit
		if err := unix.Getrlimit(resource, &l); err != nil {
			return err
		}
		l.Max += 1000
		l.Cur = l.Max
		return unix.Setrlimit(resource, &l)
	}
}

var attempts = []attempt{
	{"trace first", func() error { return syscall.PtraceAttach(1) }},
	{"seize first", call(unix.SYS_PTRACE, 0x4206, 1, 0, 0)},
	{"memory of first", func() error {
		b := make([]byte, 8)
		_, err := unix.ProcessVMReadv(1, []unix.Iovec{{Base: &b[0], Len: 8}}, []unix.RemoteIovec{{Base: 0x400000, Len: 8}}, 0)
		return err
	}},
	{"open memory of first", func() error { _, err := os.Open("/proc/1/mem"); return err }},
	{"descriptor of first", func() error {
		fd, err := unix.PidfdOpen(1, 0)
		if err != nil {
			return err
		}
		_, err = unix.PidfdGetfd(fd, 3, 0)
		return err
	}},
	{"namespaces of first", anyOf(func() error { _, err := os.Open("/proc/1/ns/mnt"); return err }, func() error { _, err := os.Open("/proc/1/root/etc"); return err })},
	{"user namespace", namespace(unix.CLONE_NEWUSER)},
	{"mount namespace", namespace(unix.CLONE_NEWNS)},
	{"network namespace", namespace(unix.CLONE_NEWNET)},
	{"pid namespace", namespace(unix.CLONE_NEWPID)},
	{"mount", func() error { return unix.Mount("none", "/tmp", "tmpfs", 0, "") }},
	{"new mount", anyOf(func() error { _, err := unix.Fsopen("tmpfs", 0); return err }, func() error {
		_, err := unix.OpenTree(unix.AT_FDCWD, "/project", unix.OPEN_TREE_CLONE)
		return err
	})},
	{"remount", func() error {
		return unix.MountSetattr(unix.AT_FDCWD, "/project/in.txt", 0, &unix.MountAttr{Attr_clr: unix.MOUNT_ATTR_RDONLY})
	}},
	{"unmount", func() error { return unix.Unmount("/project/in.txt", unix.MNT_DETACH) }},
	{"pivot", func() error { return unix.PivotRoot("/tmp", "/tmp") }},
	{"change root", func() error { return unix.Chroot("/tmp") }},
	{"device", func() error { return unix.Mknod("/tmp/mem", unix.S_IFCHR|0o666, int(unix.Mkdev(1, 1))) }},
	{"handle", func() error {
		h := unix.NewFileHandle(1, make([]byte, 8))
		fd, err := unix.Open("/project", unix.O_RDONLY, 0)
		if err != nil {
			return err
		}
		_, err = unix.OpenByHandleAt(fd, h, unix.O_RDONLY)
		return err
	}},
	{"host name", func() error { return unix.Sethostname([]byte("evil")) }},
	{"domain name", func() error { return unix.Setdomainname([]byte("evil")) }},
	{"time", func() error { return unix.ClockSettime(unix.CLOCK_REALTIME, &unix.Timespec{Sec: 1}) }},
	{"swap", call(unix.SYS_SWAPON, text("/project/in.txt"), 0)},
	{"accounting", call(unix.SYS_ACCT, text("/tmp/acct"))},
	{"become root", func() error { return unix.Setresuid(0, 0, 0) }},
	{"other groups", func() error { return unix.Setgroups([]int{0}) }},
	{"capability", func() error {
		data := [2]unix.CapUserData{{Effective: 1 << unix.CAP_SYS_ADMIN, Permitted: 1 << unix.CAP_SYS_ADMIN}}
		return unix.Capset(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &data[0])
	}},
	{"privileges again", func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) }},
	{"more processes", raise(unix.RLIMIT_NPROC)},
	{"cores", raise(unix.RLIMIT_CORE)},
	{"priority", func() error { return unix.Setpriority(unix.PRIO_PROCESS, 0, -10) }},
	{"real time", func() error {
		return unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1}, 0)
	}},
	{"session keyring", call(unix.SYS_KEYCTL, unix.KEYCTL_GET_KEYRING_ID, uintptr(1<<32-3), 0)},
	{"user's keyring", call(unix.SYS_ADD_KEY, text("user"), text("dewar"), text("x"), 1, uintptr(1<<32-4))},
	{"ask for a secret", call(unix.SYS_REQUEST_KEY, text("user"), text("dewar"), 0, 0)},
	{"bpf", call(unix.SYS_BPF, 0, uintptr(unsafe.Pointer(&bpfMap)), unsafe.Sizeof(bpfMap))},
	{"performance", func() error {
		_, err := unix.PerfEventOpen(&unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Size: unix.PERF_ATTR_SIZE_VER0}, -1, 0, -1, 0)
		return err
	}},
	{"ring", call(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&zeros)))},
	{"kernel's log", call(unix.SYS_SYSLOG, 10, 0, 0)},
	{"virtual machine's host", socket(unix.AF_VSOCK, unix.SOCK_STREAM, 0)},
	{"kernel's ciphers", socket(unix.AF_ALG, unix.SOCK_SEQPACKET, 0)},
	{"raw socket", socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP)},
	{"packets", socket(unix.AF_PACKET, unix.SOCK_RAW, 0)},
	{"another network", func() error {
		c, err := net.DialTimeout("udp", "192.0.2.1:9", time.Second)
		if err == nil {
			_, err = c.Write([]byte("x"))
		}
		return err
	}},
	{"settings", anyOf(overwrite("/proc/sys/kernel/core_pattern", "|/x"), overwrite("/proc/sys/kernel/hostname", "x"), overwrite("/proc/sys/vm/drop_caches", "3"),
		overwrite("/proc/sys/user/max_user_namespaces", "9"), overwrite("/proc/sys/kernel/pid_max", "4000000"), overwrite("/proc/sys/net/ipv4/ip_forward", "1"))},
	{"magic requests", overwrite("/proc/sysrq-trigger", "h")},
	{"processors", anyOf(overwrite("/sys/devices/system/cpu/cpu1/online", "1"), overwrite("/sys/devices/system/memory/probe", "0"))},
	{"memory of the machine", anyOf(func() error { _, err := os.Open("/proc/kcore"); return err }, func() error { _, err := os.Open("/dev/mem"); return err }, func() error { _, err := os.Open("/proc/kmsg"); return err })},
	{"identities", anyOf(overwrite("/proc/self/uid_map", "0 0 1"), overwrite("/proc/self/setgroups", "allow"))},
	{"input's times", anyOf(func() error { return os.Chtimes("in.txt", time.Unix(1, 0), time.Unix(1, 0)) }, func() error { return os.Chtimes("tree/f", time.Unix(1, 0), time.Unix(1, 0)) })},
	{"input's mode", anyOf(func() error { return os.Chmod("in.txt", 0o777) }, func() error { return os.Chmod("tree", 0o777) })},
	{"input's owner", func() error { return os.Chown("in.txt", 1000, 1000) }},
	{"input's attributes", func() error { return unix.Setxattr("in.txt", "user.x", []byte("x"), 0) }},
	{"input by another name", anyOf(func() error { return os.Link("in.txt", "out/in.txt") }, func() error { return os.Rename("in.txt", "out/in.txt") }, func() error { return os.Link("tree/f", "out/f") })},
	{"input's length", func() error { return os.Truncate("in.txt", 0) }},
	{"input by its descriptor", func() error {
		f, err := os.Open("in.txt")
		if err != nil {
			return err
		}
		return overwrite(fmt.Sprintf("/proc/self/fd/%d", f.Fd()), "x")()
	}},
	{"input in memory", func() error {
		fd, err := unix.Open("in.txt", unix.O_RDONLY, 0)
		if err != nil {
			return err
		}
		_, err = unix.Mmap(fd, 0, 1, unix.PROT_WRITE, unix.MAP_SHARED)
		return err
	}},
}

// Each attempt is refused at each level, and the slot serves the next action as if nothing had been.
func TestAttempts(t *testing.T) {
	b := isolated(t)
	exe, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	in := inputs(b.store.file(t, "probe", string(exe), true), b.store.file(t, "in.txt", "input\n", false), b.store.tree(t, "tree", map[string]string{"f": "leaf\n"}))
	before := state(t, b.store.dir)
	eachLevel(t, b, func(t *testing.T, on with) {
		keepers := children(t)
		for _, a := range attempts {
			t.Run(a.name, func(t *testing.T) {
				r := b.do([]string{"./probe", "-test.run=^TestInside$"}, in, outputs("out/"), on, func(x *run.Execution) { x.Vars = vars(inside, a.name) })
				if r.ExitCode != 0 || !strings.HasPrefix(r.out, "attempt: ") || r.out == "attempt: <nil>\n" {
					t.Errorf("exit %d %s: %s%s", r.ExitCode, r.Signal, r.out, r.err)
				}
				t.Log(r.out)
			})
		}
		if r := b.sh("cat in.txt tree/f; ls /dev/shm; ls -d /tmp/acct /tmp/mem /tmp/x 2>/dev/null; uname -n", in, on).ok(t); r.out != "input\nleaf\ndewar\n" {
			t.Errorf("afterwards %q", r.out)
		}
		if now := children(t); len(keepers) > 0 && len(now) > len(keepers)+1 {
			t.Errorf("keepers: %d, then %d", len(keepers), len(now))
		}
	}, os.Args[0])
	if after := state(t, b.store.dir); after != before {
		t.Errorf("the store was %s, is %s", before, after)
	}
}

// state is what can be told about files without reading them.
func state(t testing.TB, dir string) (s string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		err = unix.Lstat(path, &st)
		s += fmt.Sprintln(path, st.Mode, st.Uid, st.Nlink, st.Size, st.Mtim, st.Ctim)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
