package keeper

import (
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// points is where the host thread keeps mount points: a tmpfs over a directory
// under which no input can lie.
const points = "/proc"

// hostView is the thread that sees the host. What it is asked to do runs there.
type hostView struct {
	asks    chan func()
	overlay bool // overlayfs can be mounted
}

// startHost starts the thread, while the host is still there to be seen.
func startHost() (*hostView, *failure) {
	h := &hostView{asks: make(chan func())}
	ready := make(chan *failure)
	go func() {
		runtime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
			ready <- failed("unshare mount namespace", err)
			return
		}
		if err := unix.Mount("tmpfs", points, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
			ready <- failed("mount tmpfs", err)
			return
		}
		h.overlay = tryOverlay()
		ready <- nil
		for f := range h.asks {
			f()
		}
	}()
	return h, <-ready
}

// do runs f on the host thread and waits for it.
func (h *hostView) do(f func()) {
	done := make(chan struct{})
	h.asks <- func() { f(); close(done) }
	<-done
}

// tryOverlay reports whether overlayfs can be mounted at all.
func tryOverlay() bool {
	for _, d := range []string{"/try", "/try/low", "/try/" + Upper, "/try/" + Work} {
		if unix.Mkdir(points+d, 0o755) != nil {
			return false
		}
	}
	fd, fail := overlay(points+"/try", points+"/try/low")
	if fail != nil {
		return false
	}
	unix.Close(fd)
	return true
}

// overlay makes the writable project: what is written lands in dir/Upper, on
// the disk; lower holds mount points. The names it is given are relative, because
// overlayfs reads commas, colons and backslashes in them its own way.
func overlay(dir, lower string) (int, *failure) {
	if err := unix.Chdir(dir); err != nil {
		return -1, failed("chdir "+dir, err)
	}
	defer unix.Chdir("/")
	fs, err := unix.Fsopen("overlay", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, failed("fsopen overlay", err)
	}
	defer unix.Close(fs)
	for _, o := range [][2]string{{"lowerdir", lower}, {"upperdir", Upper}, {"workdir", Work}, {"userxattr", ""}, {"volatile", ""}} {
		// volatile: otherwise unmounting syncs the whole filesystem below.
		if o[1] == "" {
			err = unix.FsconfigSetFlag(fs, o[0])
		} else {
			err = unix.FsconfigSetString(fs, o[0], o[1])
		}
		if err != nil {
			return -1, failed("fsconfig "+o[0], err)
		}
	}
	if err := unix.FsconfigCreate(fs); err != nil {
		return -1, failed("mount overlay", err)
	}
	fd, err := unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV)
	return fd, failed("fsmount overlay", err)
}

// stage is the set of mounts of one action, made by the host thread, attached
// by the action's.
type stage struct {
	mounts  []detachedMount // parents first; the project is the first
	made    maker           // mount points inside the project
	overlay bool            // what failed was the overlay
}

type detachedMount struct {
	fd  int
	at  string
	dir bool
}

// close gives up what was not attached.
func (s *stage) close() {
	for _, m := range s.mounts {
		if m.fd >= 0 {
			unix.Close(m.fd)
		}
	}
}

// prepare makes the mounts of a request. It runs on the host thread.
func (s *stage) prepare(req *Request) *failure {
	inside := req.Dir + "/" + Upper
	if !req.Plain {
		inside = points + "/" + strconv.FormatUint(req.ID, 10)
		if fail := s.made.dir(inside); fail != nil {
			return fail
		}
	}
	s.mounts = append(s.mounts, detachedMount{-1, Project, true})
	for _, m := range req.Mounts {
		attr := uint64(readOnly)
		if m.Write {
			attr = writable
		}
		fd, fail := detached(m.Host, attr)
		if fail != nil {
			return fail
		}
		d := detachedMount{fd, m.At, isDir(fd)}
		s.mounts = append(s.mounts, d)
		if in, ok := strings.CutPrefix(m.At, Project+"/"); ok {
			if fail := s.made.point(inside+"/"+in, d.dir); fail != nil {
				return fail
			}
		}
	}
	var fail *failure
	if req.Plain {
		s.mounts[0].fd, fail = detached(inside, writable)
		return fail
	}
	if req.Forest {
		inside += ":" + Lower
	}
	s.mounts[0].fd, fail = overlay(req.Dir, inside)
	s.overlay = fail != nil
	return fail
}
