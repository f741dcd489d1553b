package keeper

import "golang.org/x/sys/unix"

// vary makes what is different from how actions are executed else. All of it ends with the thread.
func vary(req *Request, online bool) *failure {
	if req.TempDir != "" {
		if fail := privateHome(req.TempDir); fail != nil {
			return fail
		}
	}
	if req.Host != "" {
		if fail := rename(req.Host, online); fail != nil {
			return fail
		}
	}
	if req.OneCPU {
		return oneCPU()
	}
	return nil
}

// privateHome makes a directory below /tmp, and a HOME in it.
func privateHome(dir string) *failure {
	if !within(dir, "/tmp") {
		return failed("mkdir "+dir, unix.EINVAL)
	}
	return new(maker).dir(dir + HomeBelow)
}

// rename gives the machine another name, in a namespace of its own. The files that say it say the new
// one, if they are ours.
func rename(host string, online bool) *failure {
	if err := unix.Unshare(unix.CLONE_NEWUTS); err != nil {
		return failed("unshare uts namespace", err)
	}
	if err := unix.Sethostname([]byte(host)); err != nil {
		return failed("sethostname "+host, err)
	}
	files := []etcFile{{"hostname", host + "\n"}}
	if !online {
		files = append(files, etcFile{"hosts", hosts(host)})
	}
	for _, f := range files {
		unix.Unmount("/etc/"+f.name, unix.MNT_DETACH) // nothing can be put on a file that is removed, as a cover's is
		if fail := cover("", f.name, f.text, 0o444); fail != nil {
			return fail
		}
	}
	return nil
}

// oneCPU leaves the calling thread, and what it starts, the first of its processors.
func oneCPU() *failure {
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return failed("sched_getaffinity", err)
	}
	for i := 0; all.Count() > 0; i++ {
		if all.IsSet(i) {
			one.Set(i)
			break
		}
	}
	return failed("sched_setaffinity", unix.SchedSetaffinity(0, &one))
}
