package keeper

import "golang.org/x/sys/unix"

// base is where the skeleton is built before it becomes the root. Any directory
// that every machine has would do.
const base = "/tmp"

// build makes the namespaces what they shall be: it starts the host thread,
// builds the skeleton and makes it the root of all other threads.
func build(s *Shape, loopback, root bool) (*hostView, *failure) {
	if err := unix.Mount("", "/", "", unix.MS_SLAVE|unix.MS_REC, ""); err != nil {
		return nil, failed("mount / slave", err)
	}
	host, fail := startHost()
	if fail != nil {
		return nil, fail
	}
	if err := unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""); err != nil {
		return nil, failed("mount / private", err)
	}
	asked, fail := open(s) // what is in base will be hidden
	if fail != nil {
		return nil, fail
	}
	for _, f := range []func() *failure{
		func() *failure {
			return failed("mount root", unix.Mount("tmpfs", base, "tmpfs", unix.MS_NOSUID, "mode=755"))
		},
		directories,
		func() *failure { return content(s, asked, !loopback, root) },
		places,
		devices,
		func() *failure { return processes(s.processes()) },
		func() *failure { return network(loopback) },
		func() *failure { return failed("sethostname", unix.Sethostname([]byte(Host))) },
		pivot,
		func() *failure { return contain(loopback) },
	} {
		if fail := f(); fail != nil {
			return nil, fail
		}
	}
	return host, nil
}

// content puts into the skeleton what its shape says, and an /etc that does not tell who and where we are.
func content(s *Shape, a *asked, online, root bool) *failure {
	if s.Kind == ShapeSystem {
		if fail := system(); fail != nil {
			return fail
		}
		return identity(online, root)
	}
	var fail *failure
	if s.Kind == ShapeImage {
		fail = a.root(s, online)
	} else {
		fail = minimalEtc(online)
	}
	if fail == nil {
		fail = a.show()
	}
	if fail == nil {
		fail = links(s.Links)
	}
	if fail != nil {
		fail.asked = true // an odd image or path: the same machine can do the system's skeleton
		return fail
	}
	return processors()
}

// directories makes what every skeleton has of its own: mount points, and what is hidden.
func directories() *failure {
	for _, d := range []string{"project", "tmp", "proc", "dev", "dev/shm", "dev/pts", "dev/mqueue", "run", "var", "sys", "sys/devices", "sys/devices/system"} {
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

// places makes the directories that programs take for granted, empty, if nothing is there.
func places() *failure {
	for _, d := range []string{"home", "root", "mnt", "media", "srv"} {
		if err := unix.Mkdir(base+"/"+d, 0o755); err != nil && err != unix.EEXIST {
			return failed("mkdir /"+d, err)
		}
	}
	return nil
}

// processors shows how many there are, which numerical libraries ask.
func processors() *failure {
	bind("/sys/devices/system", base+"/sys/devices/system", readOnly)
	return nil
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
