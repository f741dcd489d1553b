package keeper

import (
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// order is an action on its way to its thread.
type order struct {
	req      *Request
	stage    *stage
	in       int // its standard input; the keeper's own if that is nothing
	out, err int // its standard output and error
}

// spare is a thread that waits for an action in a namespace of its own.
type spare struct {
	fail   *failure // it could not be made
	orders chan order
}

// hand prepares the mounts of a request, on the host thread, and hands it to the
// thread that waits.
func (k *keeper) hand(req *Request, in, out, errOut int) {
	// From here on a signal may come for it.
	k.begin(req.ID)
	o := order{req, &stage{}, in, out, errOut}
	fail := o.stage.prepare(req)
	t := <-k.ready
	if fail == nil && t.fail == nil {
		t.orders <- o
		return
	}
	if t.fail == nil {
		k.ready <- t
	} else {
		fail = t.fail
		go k.spare(nil)
	}
	k.finish(o, &Reply{}, fail)
}

// spare is the life of an action's thread. It makes its namespace before there
// is an action, so that nobody has to wait for that. left is what the action
// before it left in the skeleton.
func (k *keeper) spare(left *maker) {
	if left != nil {
		left.undo()
		clearIPC()
	}
	runtime.LockOSThread() // never unlocked: the thread dies, and its mounts with it
	t := &spare{orders: make(chan order, 1), fail: separate()}
	if k.online && t.fail == nil {
		unreachable()
	}
	k.ready <- t
	if t.fail != nil {
		return
	}
	o := <-t.orders
	rep := &Reply{}
	made := &maker{} // mount points outside the project
	k.finish(o, rep, k.perform(o, rep, made))
	go k.spare(made)
}

// finish reports. Nothing of the action may be open afterwards.
func (k *keeper) finish(o order, rep *Reply, fail *failure) {
	if o.in != k.null {
		unix.Close(o.in)
	}
	unix.Close(o.out)
	unix.Close(o.err)
	o.stage.close()
	rep.ID = o.req.ID
	if fail != nil {
		rep.Failed, rep.Errno, rep.Overlay = fail.op, uint64(fail.errno), o.stage.overlay
	}
	k.begin(0)
	k.send(KindDone, rep.Encode(nil), -1)
}

// perform carries one action out on its thread, to the death of its last process.
func (k *keeper) perform(o order, rep *Reply, made *maker) *failure {
	req := o.req
	if fail := furnish(req, o.stage, made, k.online); fail != nil {
		return fail
	}
	if fail := dropPrivileges(); fail != nil {
		return fail
	}
	if err := unix.Chdir(req.Cwd); err != nil {
		return failed("chdir "+req.Cwd, err)
	}
	rep.Program, rep.NotFound = look(req)
	if rep.Program == "" {
		return nil
	}
	if req.Trace {
		// A machine that has no listeners runs the action all the same.
		if fd, err := seccompListener(); err == nil {
			err = k.send(KindTrace, nil, fd)
			unix.Close(fd)
			if err != nil {
				return failed("send listener", err)
			}
		}
	}
	files := [3]int{o.in, o.out, o.err}
	if req.Terminal {
		ours, theirs, fail := openTerminal(req)
		if fail != nil {
			return fail
		}
		defer unix.Close(theirs)
		err := k.send(KindTerminal, nil, ours)
		unix.Close(ours)
		if err != nil {
			return failed("send terminal", err)
		}
		files = [3]int{theirs, theirs, theirs}
	}
	k.run(req, rep, files)
	return nil
}

// separate gives the calling thread its own copy of the skeleton, with what is
// the same for every action.
//
// The network and uts namespaces are the slot's: a command has no privilege to
// change them, and nothing in them outlives the processes. For the ipc namespace
// see clearIPC.
func separate() *failure {
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS); err != nil {
		return failed("unshare", err)
	}
	for _, at := range []string{"/tmp", Shared} {
		if err := unix.Mount("tmpfs", at, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777,size=25%"); err != nil {
			return failed("mount "+at, err)
		}
	}
	if err := unix.Mkdir(Home, 0o755); err != nil {
		return failed("mkdir "+Home, err)
	}
	return dropFuture()
}

// furnish puts the mounts of a request in their places.
func furnish(req *Request, s *stage, made *maker, online bool) *failure {
	shared := req.ShmMax
	if shared == 0 {
		shared = req.TmpMax
	}
	if fail := resize("/tmp", req.TmpMax); fail != nil {
		return fail
	}
	if fail := resize(Shared, shared); fail != nil {
		return fail
	}
	var private maker // in filesystems that die with the namespace
	for i := range s.mounts {
		m := &s.mounts[i]
		if !within(m.at, Project) {
			mk := made
			if within(m.at, "/tmp") || within(m.at, Shared) {
				mk = &private
			}
			if fail := mk.point(m.at, m.dir); fail != nil {
				return fail
			}
		}
		fd := m.fd
		m.fd = -1
		if fail := attach(fd, m.at); fail != nil {
			return fail
		}
	}
	if fail := vary(req, online); fail != nil {
		return fail
	}
	// The root is shared by all actions of the slot: nothing may be left there.
	return failed("mount_setattr /", unix.MountSetattr(unix.AT_FDCWD, "/", 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}))
}

// resize says how many bytes a filesystem in memory may hold; 0 leaves it as it is.
func resize(at string, size uint64) *failure {
	if size == 0 {
		return nil
	}
	data := "mode=1777,size=" + strconv.FormatUint(size, 10)
	return failed("resize "+at, unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_NOSUID|unix.MS_NODEV, data))
}

// look finds the program as a shell would: by PATH of the action's own
// environment, seen with the action's own eyes.
func look(req *Request) (program string, tried []string) {
	name := req.Args[0]
	if strings.Contains(name, "/") {
		if !strings.HasPrefix(name, "/") {
			name = req.Cwd + "/" + name
		}
		if unix.Access(name, unix.F_OK) != nil {
			return "", []string{name}
		}
		return name, nil
	}
	path := DefPath
	for _, e := range req.Env {
		if v, ok := strings.CutPrefix(e, "PATH="); ok {
			path = v
		}
	}
	for _, dir := range strings.Split(path, ":") {
		if !strings.HasPrefix(dir, "/") {
			dir = strings.TrimSuffix(req.Cwd+"/"+dir, "/")
		}
		p := dir + "/" + name
		var st unix.Stat_t
		if unix.Stat(p, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG && unix.Access(p, unix.X_OK) == nil {
			return p, nil
		}
		tried = append(tried, p)
	}
	return "", tried
}

// run starts the command and returns when it and all that it started is dead.
func (k *keeper) run(req *Request, rep *Reply, files [3]int) {
	start := time.Now()
	pid, err := syscall.ForkExec(rep.Program, req.Args, &syscall.ProcAttr{
		Env:   req.Env,
		Files: []uintptr{uintptr(files[0]), uintptr(files[1]), uintptr(files[2])},
		Sys:   &syscall.SysProcAttr{Setsid: true, Setctty: req.Terminal},
	})
	if err != nil {
		rep.NoExec = uint64(failed("", err).errno)
		return
	}
	k.launched()
	for {
		var ws syscall.WaitStatus
		var ru syscall.Rusage
		got, err := syscall.Wait4(-1, &ws, 0, &ru)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return // ECHILD: nothing is left
		}
		rep.User += uint64(ru.Utime.Nano())
		rep.Sys += uint64(ru.Stime.Nano())
		rep.MaxRSS = max(rep.MaxRSS, uint64(ru.Maxrss)<<10)
		if got == pid {
			rep.Wall = uint64(time.Since(start))
			rep.Status = uint64(ws)
			syscall.Kill(-1, syscall.SIGKILL)
		}
	}
}
