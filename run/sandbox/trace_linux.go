package sandbox

import (
	"path"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/keeper"
)

// maxAccesses bounds what a trace keeps.
const maxAccesses = 10000

// tracer serves the listener of one action: each lookup of a path, by any of
// its processes, waits until we have noted it and let it go on. What is noted may
// differ from what the kernel sees a moment later, if a process changes the path in
// between: good enough to advise a person, and never used for more.
type tracer struct {
	fd   int
	stop [2]int // a pipe; closing the second end stops
	done chan struct{}

	mu   sync.Mutex
	seen map[string]*run.Access
}

// notification and response are struct seccomp_notif and seccomp_notif_resp.
type notification struct {
	id    uint64
	pid   uint32
	flags uint32
	nr    int32
	arch  uint32
	ip    uint64
	args  [6]uint64
}

type response struct {
	id    uint64
	val   int64
	err   int32
	flags uint32
}

func startTracer(fd int) *tracer {
	t := &tracer{fd: fd, done: make(chan struct{}), seen: make(map[string]*run.Access)}
	if unix.Pipe2(t.stop[:], unix.O_CLOEXEC) != nil {
		t.stop = [2]int{-1, -1}
	}
	go t.serve()
	return t
}

// finish stops serving, once every process of the action is dead.
func (t *tracer) finish() {
	if t.stop[1] >= 0 {
		unix.Close(t.stop[1])
	}
	<-t.done
}

// serve runs until nothing is left that could look for a path.
func (t *tracer) serve() {
	defer close(t.done)
	defer unix.Close(t.fd)
	if t.stop[0] >= 0 {
		defer unix.Close(t.stop[0])
	}
	for {
		fds := []unix.PollFd{{Fd: int32(t.fd), Events: unix.POLLIN}, {Fd: int32(t.stop[0]), Events: unix.POLLIN}}
		_, err := unix.Poll(fds, -1)
		if err == unix.EINTR {
			continue
		}
		if err != nil || fds[0].Revents&unix.POLLIN == 0 {
			return // hung up, or stopped
		}
		t.answer()
	}
}

// answer takes one notification. Whatever goes wrong, the call goes on.
func (t *tracer) answer() {
	var n notification // must be zero
	if !ioctl(t.fd, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&n)) {
		return
	}
	t.note(&n)
	r := response{id: n.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
	ioctl(t.fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r))
}

func ioctl(fd int, req uintptr, arg unsafe.Pointer) bool {
	_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), req, uintptr(arg))
	runtime.KeepAlive(arg)
	return e == 0
}

// lookup is how a call names a path.
type lookup struct {
	dir   int  // the argument with the directory's descriptor; -1: the current directory
	path  int  // the argument with the path
	flags int  // the argument with open flags; -1: it does not open
	how   bool // flags points to a struct open_how
}

func lookupOf(nr int32) (lookup, bool) {
	switch nr {
	case unix.SYS_OPENAT:
		return lookup{0, 1, 2, false}, true
	case unix.SYS_OPENAT2:
		return lookup{0, 1, 2, true}, true
	case sysNewfstatat, unix.SYS_STATX, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2, unix.SYS_READLINKAT, unix.SYS_EXECVEAT:
		return lookup{0, 1, -1, false}, true
	case unix.SYS_EXECVE, unix.SYS_CHDIR:
		return lookup{-1, 0, -1, false}, true
	}
	return legacyLookup(nr)
}

// note records the lookup if it is one inside the project.
func (t *tracer) note(n *notification) {
	l, ok := lookupOf(n.nr)
	if !ok {
		return
	}
	name := readString(int(n.pid), n.args[l.path])
	if name == "" {
		return // a descriptor itself is meant, or nothing
	}
	proc := "/proc/" + strconv.Itoa(int(n.pid))
	if !strings.HasPrefix(name, "/") {
		dir := proc + "/cwd"
		if l.dir >= 0 && int32(n.args[l.dir]) != unix.AT_FDCWD {
			dir = proc + "/fd/" + strconv.Itoa(int(int32(n.args[l.dir])))
		}
		name = readlink(dir) + "/" + name
	}
	name = path.Clean(name)
	if !strings.HasPrefix(name, keeper.Project+"/") && name != keeper.Project {
		return
	}
	found, isDir := exists(proc+"/root", name)
	var flags uint64
	if l.flags >= 0 {
		flags = n.args[l.flags]
		if l.how {
			flags = readWord(int(n.pid), flags)
		}
	}
	if !found && flags&unix.O_CREAT != 0 {
		return // it is being made, not looked for
	}
	t.add(run.Access{Path: name, Found: found, Listed: isDir && l.flags >= 0 && flags&unix.O_PATH == 0})
}

func (t *tracer) add(a run.Access) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.seen[a.Path]
	switch {
	case old != nil:
		old.Found = old.Found || a.Found
		old.Listed = old.Listed || a.Listed
	case len(t.seen) < maxAccesses:
		t.seen[a.Path] = &a
	}
}

// accesses returns what was looked for, sorted. It is never nil: nil means
// that nobody watched.
func (t *tracer) accesses() []run.Access {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]run.Access, 0, len(t.seen))
	for _, a := range t.seen {
		list = append(list, *a)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Path < list[j].Path })
	return list
}

// exists looks a path up below the root of a process, absolute symbolic links
// included.
func exists(root, name string) (found, isDir bool) {
	dir, err := unix.Open(root, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false, false
	}
	defer unix.Close(dir)
	fd, err := unix.Openat2(dir, name, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT})
	if err != nil {
		return false, false
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	err = unix.Fstat(fd, &st)
	return true, err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}

func readlink(link string) string {
	b := make([]byte, unix.PathMax)
	n, err := unix.Readlink(link, b)
	if err != nil {
		return ""
	}
	return string(b[:n])
}

// readString reads a C string from the memory of a process; "" if it cannot.
func readString(pid int, addr uint64) string {
	b := make([]byte, unix.PathMax)
	const page = 4096
	first := page - int(addr%page) // memory may end at the next page
	n := readMemory(pid, addr, b[:first])
	for i := 0; ; i++ {
		if i == n && n == first {
			n += readMemory(pid, addr+uint64(n), b[n:])
		}
		if i == n {
			return ""
		}
		if b[i] == 0 {
			return string(b[:i])
		}
	}
}

func readWord(pid int, addr uint64) uint64 {
	var w uint64
	b := unsafe.Slice((*byte)(unsafe.Pointer(&w)), 8)
	if readMemory(pid, addr, b) != 8 {
		return 0
	}
	return w
}

func readMemory(pid int, addr uint64, b []byte) int {
	if len(b) == 0 {
		return 0
	}
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(len(b))
	n, err := unix.ProcessVMReadv(pid, local, []unix.RemoteIovec{{Base: uintptr(addr), Len: len(b)}}, 0)
	if err != nil {
		return 0
	}
	return n
}
