package keeper

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// hostView is the thread that sees the host. It reads the socket as well: what
// it is asked for begins with naming inputs, and handing a request from thread to
// thread costs more than a mount does on a busy machine.
type hostView struct {
	begin chan func()
	end   chan struct{}
}

// startHost starts the thread, while the host is still there to be seen.
func startHost() (*hostView, *failure) {
	h := &hostView{begin: make(chan func()), end: make(chan struct{})}
	ready := make(chan *failure)
	go func() {
		defer close(h.end)
		runtime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
			ready <- failed("unshare mount namespace", err)
			return
		}
		ready <- nil
		(<-h.begin)()
	}()
	return h, <-ready
}

// serve runs f on the host thread until it returns.
func (h *hostView) serve(f func()) {
	h.begin <- f
	<-h.end
}

// overlay makes a project of which a part, the forest in dir/Lower, is shared
// with other executions: what is written lands in dir/Upper. The names it is given are
// relative, because overlayfs reads commas, colons and backslashes in them its own way.
//
// It is for very many inputs only. With few, mount points in a directory are
// cheaper, and have no surprises: renaming a directory that is in both layers
// fails, and unmounting syncs the filesystem below, or, volatile, makes a file.
func overlay(dir string) (int, *failure) {
	if err := unix.Chdir(dir); err != nil {
		return -1, failed("chdir "+dir, err)
	}
	defer unix.Chdir("/")
	fs, err := unix.Fsopen("overlay", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return -1, failed("fsopen overlay", err)
	}
	defer unix.Close(fs)
	for _, o := range [][2]string{{"lowerdir", Lower}, {"upperdir", Upper}, {"workdir", Work}, {"userxattr", ""}, {"volatile", ""}} {
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
	if fail := s.project(req); fail != nil {
		return fail
	}
	for _, m := range req.Mounts {
		attr := uint64(readOnly)
		switch {
		case m.Device:
			attr = unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NOEXEC
		case m.Write:
			attr = writable
		}
		fd, fail := detached(m.Host, attr)
		if fail != nil {
			return fail
		}
		s.mounts = append(s.mounts, detachedMount{fd, m.At, isDir(fd)})
	}
	return nil
}

// project makes the mount of the project itself.
func (s *stage) project(req *Request) (fail *failure) {
	fd := -1
	if req.Forest {
		fd, fail = overlay(req.Dir)
		s.overlay = fail != nil
	} else {
		fd, fail = detached(req.Dir+"/"+Upper, writable)
	}
	if fail == nil {
		s.mounts = append(s.mounts, detachedMount{fd, Project, true})
	}
	return fail
}
