package landlock

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func init() {
	if len(os.Args) > 3 && os.Args[0] == Name {
		serve(os.Args[1:])
		os.Exit(0)
	}
}

// helper is the state of the process.
type helper struct {
	mu      sync.Mutex
	command int // its process; 0 before there is one and after the last is dead
}

// serve is the whole life of a helper.
func serve(args []string) {
	bounds, program, argv := parse(args)
	if bounds == nil {
		return
	}
	// Commands have our user id: they shall not read our memory, which holds their environment
	// and nothing else, nor write to it.
	unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
	unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
	syscall.Umask(0o022)
	h, res := &helper{}, &Result{}
	began := time.Now()
	h.start(bounds, program, argv, res)
	if h.command != 0 {
		go h.obey()
		h.wait(began, res)
	}
	unix.Write(Report, res.encode())
}

// start starts the command on a thread that is restricted first and does not live on.
func (h *helper) start(bounds *Bounds, program string, argv []string, res *Result) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread dies, and nothing can signal us through it
		if op, err := restrict(bounds); err != nil {
			res.Refused, res.Errno = op, errno(err)
			return
		}
		pid, err := syscall.ForkExec(program, argv, &syscall.ProcAttr{
			Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setsid: true, Setctty: terminal()},
		})
		if err != nil {
			res.NoExec = errno(err)
			return
		}
		h.command = pid
	}()
	<-done
	// What the command leaves behind may hold these open; we need not.
	for fd := range 3 {
		unix.Close(fd)
	}
}

// terminal reports whether the command is talked to.
func terminal() bool {
	_, err := unix.IoctlGetTermios(0, unix.TCGETS)
	return err == nil
}

func errno(err error) syscall.Errno {
	if e, ok := err.(syscall.Errno); ok {
		return e
	}
	return syscall.EIO
}

// wait returns when the command and all that it started is dead.
func (h *helper) wait(began time.Time, res *Result) {
	for {
		var ws syscall.WaitStatus
		var ru syscall.Rusage
		got, err := syscall.Wait4(-1, &ws, 0, &ru)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			break // ECHILD: nothing is left
		}
		res.User += time.Duration(ru.Utime.Nano())
		res.Sys += time.Duration(ru.Stime.Nano())
		res.MaxRSS = max(res.MaxRSS, ru.Maxrss<<10)
		if got == h.command {
			res.Status, res.Wall = int(ws), time.Since(began)
			h.gone()
		}
		if h.ended() {
			signal(syscall.SIGKILL) // each may have had children, which are ours now
		}
	}
}

func (h *helper) gone()       { h.mu.Lock(); defer h.mu.Unlock(); h.command = 0 }
func (h *helper) ended() bool { h.mu.Lock(); defer h.mu.Unlock(); return h.command == 0 }

// obey does what dewar wants. If dewar dies, so does the command.
func (h *helper) obey() {
	var order [1]byte
	for {
		n, err := unix.Read(Control, order[:])
		if err == unix.EINTR {
			continue
		}
		switch {
		case n == 1 && order[0] == Terminate:
			signal(syscall.SIGTERM)
		case n == 1:
			signal(syscall.SIGKILL)
		default:
			signal(syscall.SIGKILL)
			return // the rest is killed as it comes to us
		}
	}
}

// signal sends a signal to every descendant of this process.
func signal(sig syscall.Signal) {
	for _, pid := range descendants(os.Getpid(), parents()) {
		syscall.Kill(pid, sig)
	}
}

// descendants returns all processes below pid.
func descendants(pid int, parent map[int]int) []int {
	var out []int
	for p := range parent {
		for at := p; at > 1; at = parent[at] {
			if parent[at] == pid {
				out = append(out, p)
				break
			}
		}
	}
	return out
}

// parents returns the parent of each process that /proc shows.
func parents() map[int]int {
	of := map[int]int{}
	dir, err := os.Open("/proc")
	if err != nil {
		return of
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		b, err := os.ReadFile("/proc/" + name + "/stat")
		// The name of the program, in parentheses, may hold anything.
		words := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if err != nil || len(words) < 2 {
			continue
		}
		of[pid], _ = strconv.Atoi(words[1])
	}
	return of
}
