package keeper

import (
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// carryOut runs one action from its mounts to the death of its last process.
func (k *keeper) carryOut(req *Request, out, errOut int) {
	rep := &Reply{ID: req.ID}
	var s stage
	var fail *failure
	k.host.do(func() { fail = s.prepare(req) })
	var points maker // mount points outside the project
	if fail == nil {
		done := make(chan *failure)
		go func() {
			runtime.LockOSThread() // never unlocked: the thread dies, and its mounts with it
			done <- k.perform(req, rep, &s, &points, out, errOut)
		}()
		fail = <-done
	}
	unix.Close(out)
	unix.Close(errOut)
	s.close()
	points.undo()
	k.host.do(s.made.undo)
	if fail != nil {
		rep.Failed, rep.Errno, rep.Overlay = fail.op, uint64(fail.errno), s.overlay
	}
	k.begin(0)
	k.send(KindDone, rep.Encode(nil), -1)
}

// perform is the life of the action's thread.
func (k *keeper) perform(req *Request, rep *Reply, s *stage, points *maker, out, errOut int) *failure {
	if fail := enter(req, s, points); fail != nil {
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
		if fd, err := listen(); err == nil {
			err = k.send(KindTrace, nil, fd)
			unix.Close(fd)
			if err != nil {
				return failed("send listener", err)
			}
		}
	}
	k.run(req, rep, out, errOut)
	return nil
}

// enter makes the calling thread's own filesystem out of the skeleton.
func enter(req *Request, s *stage, points *maker) *failure {
	// The network and uts namespaces are the slot's: a command has no privilege
	// to change them, and nothing in them outlives the processes. What System V IPC
	// makes does, hence a fresh one.
	if err := unix.Unshare(unix.CLONE_NEWNS | unix.CLONE_FS | unix.CLONE_NEWIPC); err != nil {
		return failed("unshare", err)
	}
	size := "size=25%"
	if req.TmpMax > 0 {
		size = "size=" + strconv.FormatUint(req.TmpMax, 10)
	}
	for _, at := range []string{"/tmp", Shared} {
		if err := unix.Mount("tmpfs", at, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777,"+size); err != nil {
			return failed("mount "+at, err)
		}
	}
	if err := unix.Mkdir(Home, 0o755); err != nil {
		return failed("mkdir "+Home, err)
	}
	var private maker // in filesystems that die with the namespace
	for i := range s.mounts {
		m := &s.mounts[i]
		if !within(m.at, Project) {
			mk := points
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
	// The root is shared by all actions of the slot: nothing may be left there.
	return failed("mount_setattr /", unix.MountSetattr(unix.AT_FDCWD, "/", 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}))
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
func (k *keeper) run(req *Request, rep *Reply, out, errOut int) {
	start := time.Now()
	pid, err := syscall.ForkExec(rep.Program, req.Args, &syscall.ProcAttr{
		Env:   req.Env,
		Files: []uintptr{uintptr(k.null), uintptr(out), uintptr(errOut)},
		Sys:   &syscall.SysProcAttr{Setsid: true},
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
