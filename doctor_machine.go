package dewar

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/store/remote/program"
)

// machine looks at what there is to compute with, and what is allowed.
func (d *patient) machine() {
	const group = "machine"
	d.find(group, "processors", Well, strconv.Itoa(d.h.CPUs), "")
	if d.h.Memory > 0 {
		d.memory()
	}
	switch n := len(d.h.GPUs); n {
	case 0:
		d.find(group, "GPUs", Well, "none", "")
	default:
		var names []string
		for _, g := range d.h.GPUs {
			names = append(names, strings.TrimSpace(g.Kind+" "+g.Index))
		}
		d.find(group, "GPUs", Well, strings.Join(names, ", "), "")
	}
	if n := d.m.Files; n > 0 && n < 4096 {
		d.find(group, "open files", Ail, fmt.Sprintf("at most %d", n), "raise it: ulimit -n 65536, and for good in /etc/security/limits.conf")
	} else if n > 0 {
		d.find(group, "open files", Well, fmt.Sprintf("up to %d", n), "")
	}
	d.namespaces()
	d.mounts()
}

func (d *patient) memory() {
	found := gibibytes(d.h.Memory)
	for _, line := range strings.Split(d.proc("meminfo"), "\n") {
		var kib int64
		if _, err := fmt.Sscanf(line, "MemAvailable: %d kB", &kib); err == nil {
			if found = gibibytes(kib<<10) + " free of " + found; kib<<10 < d.h.Memory/20 {
				d.find("machine", "memory", Ail, found, "end what takes it, or run fewer actions at once with -j: the system kills commands when it runs out")
				return
			}
		}
	}
	d.find("machine", "memory", Well, found, "")
}

// namespaces looks at the setting, which says more than the error of one that was refused.
func (d *patient) namespaces() {
	text := d.proc("sys/user/max_user_namespaces")
	n, err := strconv.ParseInt(text, 10, 64)
	switch need := int64(4 * d.h.CPUs); {
	case err != nil:
	case n < need:
		d.find("machine", "user namespaces", Ail, "at most "+text, fmt.Sprintf("allow %d, some for every action that runs: sysctl -w user.max_user_namespaces=10000", need))
	default:
		d.find("machine", "user namespaces", Well, "up to "+text, "")
	}
}

// mounts looks at how many there may be: a sandbox takes one an input.
func (d *patient) mounts() {
	limit, err := strconv.Atoi(d.proc("sys/fs/mount-max"))
	if err != nil {
		return
	}
	have := strings.Count(d.proc("self/mounts"), "\n") + 1
	if need := have + 600*d.h.CPUs; need > limit {
		d.find("machine", "mounts", Ail, fmt.Sprintf("%d of at most %d are there", have, limit), fmt.Sprintf("raise it: sysctl -w fs.mount-max=%d", max(100000, 2*need)))
		return
	}
	d.find("machine", "mounts", Well, fmt.Sprintf("%d of at most %d", have, limit), "")
}

// programs looks for the programs of others that dewar and pipelines use.
func (d *patient) programs(ctx context.Context) {
	if d.h.Command == nil {
		return
	}
	const group = "programs"
	first := func(argv ...string) (string, bool) {
		out, err := d.h.Command(ctx, argv)
		line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		return line, err == nil
	}
	if d.h.OS != "windows" {
		if _, ok := first("/bin/sh", "-c", "exit 0"); ok {
			d.find(group, "shell", Well, "/bin/sh", "")
		} else {
			d.find(group, "shell", Sick, "there is no /bin/sh that works", "install one: commands that are written as a text are its scripts")
		}
	}
	if text, ok := first("git", "--version"); ok {
		d.find(group, "git", Well, strings.TrimPrefix(text, "git version "), "")
	} else {
		d.find(group, "git", Ail, "not found", "install it: revisions, `dewar data import` and the record of experiments need it")
	}
	if text, ok := first("python3", "--version"); ok {
		d.find(group, "python", Well, strings.TrimPrefix(text, "Python "), "")
	} else {
		d.find(group, "python", Well, "not found: stages that want one say which, in a toolchain", "")
	}
	d.remoteProgram(group)
}

// remoteProgram looks for the program that reaches most remotes, if one is needed.
func (d *patient) remoteProgram(group string) {
	var needs []string
	if d.p != nil {
		for _, r := range d.p.config.Remotes {
			if !r.URL.IsDirectory() {
				needs = append(needs, r.Name)
			}
		}
	}
	path, err := program.Find(d.h.Self)
	if name, ok := d.h.LookupEnv(RemoteProgram); ok && name != "" {
		path, err = name, nil
	}
	switch {
	case err == nil:
		d.find(group, "dewar-remote", Well, path, "")
	case len(needs) == 0:
		d.find(group, "dewar-remote", Well, "not found; no remote needs it", "")
	default:
		d.find(group, "dewar-remote", Sick, fmt.Sprintf("not found, and needed for %s", list(needs)), fmt.Sprintf("put it beside %s, or name it in %s", d.h.Self, RemoteProgram))
	}
}
