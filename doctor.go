package dewar

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/toolchain"
)

// A checkup tries what dewar needs of a machine, for real wherever that can be tried: it is what
// `dewar doctor` prints. It needs no project; in one it looks at that and its cache as well.

// Health is how well something is.
type Health string

// The healths.
const (
	Well Health = "ok"
	Ail  Health = "warn" // dewar works, less well than it could
	Sick Health = "bad"  // something will fail
)

// Finding is one thing that was looked at.
type Finding struct {
	Group  string `json:"group"`
	Check  string `json:"check"`
	Health Health `json:"health"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to change; not there if all is well
}

// Checkup is what was found.
type Checkup struct {
	Project  string    `json:"project,omitempty"`
	Findings []Finding `json:"findings"`
	Warn     int       `json:"warn"` // how many are not well
	Bad      int       `json:"bad"`
}

// Examiner is what a checkup needs of the machine beside the Host.
type Examiner struct {
	// Try executes something at a level, in dir. An error with a method Refusal says what helps.
	Try func(ctx context.Context, level graph.Isolation, dir string, bindings []run.Binding) error
	// Landlock is the version that the kernel has; 0: none.
	Landlock int
	Disk     func(dir string) (Disk, error) // nil: unknown
	Files    uint64                         // how many files may be open; 0: unknown
	Built    time.Time                      // when this program was made; zero: unknown
	Limit    string                         // how the environment keeps commands to a lower level; "": it does not
}

// Disk is what a directory lies on.
type Disk struct {
	Type    string // "ext4"; "" if it has no name here
	Network bool   // other machines write to it as well
	Total   int64  // bytes
	Free    int64  // bytes that we may use
}

// patient collects findings.
type patient struct {
	h   Host
	m   Examiner
	dir string   // what is looked at: the project, or where dewar was called
	p   *Project // nil: there is none
	out *Checkup
}

func (d *patient) find(group, check string, health Health, found, advice string) {
	if health == Well {
		advice = ""
	}
	d.out.Findings = append(d.out.Findings, Finding{group, check, health, found, advice})
	switch health {
	case Ail:
		d.out.Warn++
	case Sick:
		d.out.Bad++
	}
}

// CheckUp looks at the machine, from the directory dir.
func CheckUp(ctx context.Context, h Host, m Examiner, dir string) (*Checkup, error) {
	d := &patient{h: h, m: m, dir: dir, out: &Checkup{Findings: []Finding{}}}
	if root, err := FindProject(h.FS, dir); err == nil {
		d.dir, d.out.Project = root, root
		if d.p, err = Open(h, root); err != nil {
			d.find("files", "opening", Sick, errorText(err), "mend what it says: `dewar status` says it at more length")
			d.p = nil
		} else {
			defer func() { _ = d.p.Close() }()
		}
	}
	work, remove, err := d.workDir(d.dir)
	if err == nil {
		defer remove()
		d.isolation(ctx, work)
		if m.Limit != "" {
			d.find("isolation", "limit", Ail, m.Limit+" is set: commands get no better than that", "unset it")
		}
		d.files(work)
		d.clock(work)
	} else {
		d.unwritable(ctx, err)
	}
	d.machine()
	d.programs(ctx)
	return d.out, ctx.Err()
}

// workDir makes a directory to try things in: where executions are in a project, and here if
// there is none.
func (d *patient) workDir(here string) (string, func(), error) {
	if d.p != nil {
		dir, remove, err := d.p.store.TempDir()
		return dir, func() { _ = remove() }, err
	}
	dir := fs.TempName(here)
	err := d.h.FS.Mkdir(dir, 0o777)
	return dir, func() { _ = d.h.FS.RemoveAll(dir) }, err
}

// unwritable is for a directory that nothing can be tried in. What has nothing to do with it is tried
// elsewhere.
func (d *patient) unwritable(ctx context.Context, err error) {
	health := Ail // nobody has said that a project is to be here
	if d.out.Project != "" {
		health = Sick
	}
	d.find("files", d.what(), health, errorText(err), fmt.Sprintf("make %s writable for you, or work in a directory that is", d.dir))
	temp := "/tmp"
	if at, ok := d.h.LookupEnv("TMPDIR"); ok && filepath.IsAbs(at) {
		temp = at
	}
	d.p = nil
	if work, remove, err := d.workDir(temp); err == nil {
		defer remove()
		d.isolation(ctx, work)
	}
}

// what the directory is that is looked at.
func (d *patient) what() string {
	if d.out.Project != "" {
		return "project"
	}
	return "directory"
}

// errorText is an error as part of a sentence.
func errorText(err error) string {
	var r interface {
		Refusal() (reason, advice string)
	}
	if errors.As(err, &r) {
		reason, _ := r.Refusal()
		return reason
	}
	return strings.TrimSuffix(err.Error(), ".")
}

// adviceOf is what helps against an error, if it knows.
func adviceOf(err error, otherwise string) string {
	var r interface {
		Refusal() (reason, advice string)
	}
	if errors.As(err, &r) {
		if _, advice := r.Refusal(); advice != "" {
			return advice
		}
	}
	return otherwise
}

// isolation tries each level.
func (d *patient) isolation(ctx context.Context, work string) {
	const group = "isolation"
	try := func(level graph.Isolation, bindings []run.Binding) error {
		dir := filepath.Join(work, string(level))
		if err := d.h.FS.Mkdir(dir, 0o777); err != nil {
			return err
		}
		return d.m.Try(ctx, level, dir, bindings)
	}
	linux := d.h.OS == "linux"
	locked, private := try(graph.IsolationLandlock, nil), try(graph.IsolationPrivate, nil)
	project := try(graph.IsolationProject, nil)
	switch {
	case project == nil:
		d.find(group, "project", Well, "commands have namespaces of their own: they see their inputs and the system", "")
	case !linux:
		d.find(group, "project", Ail, errorText(project), "run it on Linux, or in a container there, where commands are to be kept to what they declare")
	default:
		health := Ail
		if locked != nil {
			health = Sick
		}
		d.find(group, "project", health, errorText(project), adviceOf(project, "without it commands run at the next level below, and results stay on this machine"))
	}
	d.hermetic(ctx, work, project, try)
	switch {
	case locked == nil:
		d.find(group, "landlock", Well, fmt.Sprintf("version %d, for where there are no namespaces%s", d.m.Landlock, d.landlockLacks()), "")
	case !linux:
	case project == nil:
		d.find(group, "landlock", Well, errorText(locked)+"; it is not needed here", "")
	default:
		d.find(group, "landlock", Ail, errorText(locked), adviceOf(locked, "Linux 5.13 or newer has it, and containers that allow its calls"))
	}
	if private != nil {
		d.find(group, "private", Sick, errorText(private), "commands cannot be executed at all: look at the permissions of "+work)
		return
	}
	d.find(group, "private", Well, "commands run in directories of their own", "")
}

// landlockLacks says what an old version does not do.
func (d *patient) landlockLacks() string {
	if v := d.m.Landlock; v < 6 {
		return "; it does not keep commands from signals to other processes (Linux 6.12 does)"
	}
	return ""
}

// hermetic tries that level with a shell and what that needs.
func (d *patient) hermetic(ctx context.Context, work string, project error, try func(graph.Isolation, []run.Binding) error) {
	if d.h.OS != "linux" || project != nil {
		return // it needs the same
	}
	host := &toolchain.Host{
		FS: d.h.FS, Root: d.dir, Cache: filepath.Join(work, "toolchains"), Ask: d.h.Ask,
		Getenv: func(name string) string { v, _ := d.h.LookupEnv(name); return v },
	}
	f, diags := host.Find(ctx, graph.Toolchain{Name: "shell", Kind: "files", Files: []string{"/bin/sh"}}, true)
	if err := diags.Err(); err != nil {
		return // there is no shell to try it with, which is said elsewhere
	}
	if err := try(graph.IsolationHermetic, []run.Binding{f.Binding}); err != nil {
		d.find("isolation", "hermetic", Ail, errorText(err), adviceOf(err, "stages that ask for it fail here"))
		return
	}
	d.find("isolation", "hermetic", Well, "commands see their toolchains and inputs, and nothing of the system", "")
}
