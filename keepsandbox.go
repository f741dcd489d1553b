package dewar

import (
	"bytes"
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// With --keep-sandbox what an action that failed has written is kept, for people to look at:
//
//	.dewar/sandbox/INSTANCE-TIME/made        what the command wrote, without its inputs
//	.dewar/sandbox/INSTANCE-TIME/log         what it said
//	.dewar/sandbox/INSTANCE-TIME/command.sh  what was executed
//
// One is kept of an instance, until that succeeds; and of all together not many, nor for long.

const (
	keptTime      = "20060102-150405.000"
	keptSandboxes = 20
	keptFor       = 14 * 24 * time.Hour
)

// keptName is what the directories of an instance begin with. A reference that is no file's name
// is told from others by a hash.
func keptName(ref string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-.,=@+", r) {
			return r
		}
		return '_'
	}, ref)
	if len(name) > 100 {
		name = name[:100]
	}
	if name != ref {
		name += "-" + digest.Of([]byte(ref)).Hex()[:8]
	}
	return name
}

// keepSandbox keeps what x's failed command wrote, and says in err where. Not being able to is said there too:
// it is no further failure.
func (s *session) keepSandbox(x *graph.Instance, e *run.Execution, out *run.Outcome, log *commandLog, err error) {
	var f *diag.Failure
	if !s.keep || x.Native || !errors.As(err, &f) || len(f.List) == 0 {
		return
	}
	name := keptName(x.Ref())
	dir := s.p.path("sandbox", name+"-"+s.p.host.Now().UTC().Format(keptTime))
	text := fmt.Sprintf("what it wrote, its log and a script that says what was executed are in %s", s.p.shown(dir))
	if err := s.fillSandbox(dir, x, e, out, log); err != nil {
		text = fmt.Sprintf("what it wrote could not be kept: %v", err)
	}
	f.List[0].Notes = append(f.List[0].Notes, diag.Note{Text: text})
	s.p.removeSandboxes(func(i int, at string) bool {
		return at != filepath.Base(dir) && (keptOf(at) == name || i >= keptSandboxes || s.p.keptLong(at))
	})
}

// shown is a path of the project as people read it.
func (p *Project) shown(host string) string {
	if rel, err := p.Rel(host); err == nil {
		return rel
	}
	return host
}

func (s *session) fillSandbox(dir string, x *graph.Instance, e *run.Execution, out *run.Outcome, log *commandLog) error {
	fsys := s.p.host.FS
	if err := fsys.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := write(fsys, filepath.Join(dir, "command.sh"), 0o777, commandScript(x, e, out)); err != nil {
		return err
	}
	d, err := log.keep(s.p.store)
	if err != nil {
		return err
	}
	if d != digest.Empty {
		if err := s.p.store.CloneTo(d, filepath.Join(dir, "log"), 0o666); err != nil {
			return err
		}
	} else if err := write(fsys, filepath.Join(dir, "log"), 0o666, nil); err != nil {
		return err
	}
	if out.Root == "" || out.Level == graph.IsolationOff { // it worked in the workspace
		return nil
	}
	made := filepath.Join(dir, "made")
	err = fsys.Rename(out.Root, made)
	if err == nil || isNotExist(err) {
		return err
	}
	return copyAll(fsys, out.Root, made) // the cache is on another disk
}

func write(fsys fs.FS, name string, perm iofs.FileMode, b []byte) error {
	f, err := fsys.Create(name, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// copyAll copies a directory with the files and symbolic links in it.
func copyAll(fsys fs.FS, from, to string) error {
	if err := fsys.Mkdir(to, 0o777); err != nil {
		return err
	}
	entries, err := fsys.ReadDir(from)
	for _, e := range entries {
		src, dst := filepath.Join(from, e.Name), filepath.Join(to, e.Name)
		switch {
		case e.Type.IsDir():
			err = copyAll(fsys, src, dst)
		case e.Type.IsRegular():
			err = fsys.Clone(src, dst, 0o666)
		case e.Type&iofs.ModeSymlink != 0:
			var text string
			if text, err = fsys.Readlink(src); err == nil {
				err = fsys.Symlink(text, dst)
			}
		}
		if err != nil {
			return err
		}
	}
	return err
}

// forgetSandbox removes what was kept of an instance that has now succeeded.
func (s *session) forgetSandbox(x *graph.Instance) {
	s.p.removeSandboxes(func(_ int, at string) bool { return keptOf(at) == keptName(x.Ref()) || s.p.keptLong(at) })
}

// keptOf is the name that a directory begins with.
func keptOf(at string) string { return at[:max(len(at)-len("-"+keptTime), 0)] }

// keptLong reports whether a directory was made long ago.
func (p *Project) keptLong(at string) bool {
	made, err := time.Parse(keptTime, at[max(len(at)-len(keptTime), 0):])
	return err != nil || p.host.Now().Sub(made) > keptFor
}

// removeSandboxes removes those that remove says, of all from the newest on.
func (p *Project) removeSandboxes(remove func(i int, name string) bool) {
	entries, err := p.host.FS.ReadDir(p.path("sandbox"))
	if err != nil || len(entries) == 0 {
		return
	}
	slices.SortFunc(entries, func(a, b fs.Entry) int {
		return strings.Compare(b.Name[len(keptOf(b.Name)):], a.Name[len(keptOf(a.Name)):])
	})
	for i, e := range entries {
		if remove(i, e.Name) {
			_ = p.host.FS.RemoveAll(p.path("sandbox", e.Name)) // the next one tries again
		}
	}
}

// commandScript is what an execution executed, as a script of the shell. Values of secrets are not in it.
func commandScript(x *graph.Instance, e *run.Execution, out *run.Outcome) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "#!/bin/sh\n# What dewar executed for %s, at the isolation level %s. %s\n", oneLine(x.Ref()), out.Level, ended(out))
	if len(e.Action.Inputs) > 0 {
		fmt.Fprintf(&b, "# Its inputs are not here; they stood beside what it wrote:\n")
	}
	for _, l := range e.Action.Inputs {
		fmt.Fprintf(&b, "#   %s  %s\n", oneLine(l.At), graph.FormatContent(l.Content))
	}
	in := filepath.FromSlash(e.Action.WorkingDir)
	if out.Level == graph.IsolationOff { // it worked in the workspace
		fmt.Fprintf(&b, "cd %s || exit\n", graph.Quote([]string{filepath.ToSlash(filepath.Join(e.Workspace, in))}))
	} else {
		fmt.Fprintf(&b, "cd \"$(dirname \"$0\")\"/%s || exit\n", graph.Quote([]string{filepath.ToSlash(filepath.Join("made", in))}))
	}
	b.WriteString("exec env -i \\\n")
	for _, v := range commandEnv(x, e) {
		b.WriteString("  " + v + " \\\n")
	}
	fmt.Fprintf(&b, "  %s\n", graph.Quote(e.Action.Args))
	hide := newRedactor(secretValues(x, e))
	return append(hide.pass(b.Bytes()), hide.rest()...)
}

// ended says how an execution ended.
func ended(out *run.Outcome) string {
	switch {
	case len(out.NotFound) > 0:
		return "There was no such program."
	case out.TimedOut:
		return "It did not end in time."
	case out.Signal != "":
		return fmt.Sprintf("It was ended by signal %s.", out.Signal)
	}
	return fmt.Sprintf("It exited with status %d.", out.ExitCode)
}

// commandEnv is the environment of an execution as assignments, sorted. A secret has the value that it has
// where the script runs.
func commandEnv(x *graph.Instance, e *run.Execution) []string {
	secret := map[string]string{} // the variable that has the value, by name
	for _, s := range x.Secrets {
		if secret[s.Name] = s.Env; s.Env == "" {
			secret[s.Name] = s.Name
		}
	}
	var out []string
	for _, v := range e.Environment("/tmp", "", ":", scratchHosts(e)) {
		from := secret[v.Name]
		switch {
		case from == "":
			out = append(out, graph.Quote([]string{v.Name})+"="+graph.Quote([]string{v.Value}))
		case shellName.MatchString(v.Name) && shellName.MatchString(from): // no shell can say the value of another
			out = append(out, fmt.Sprintf("%s=\"$%s\"", v.Name, from))
		}
	}
	return out
}

// scratchHosts is where scratch directories are on this machine.
func scratchHosts(e *run.Execution) []string {
	var out []string
	for _, s := range e.Scratch {
		out = append(out, s.Host)
	}
	return out
}

// shellName is what a shell takes for the name of a variable.
var shellName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func secretValues(x *graph.Instance, e *run.Execution) []string {
	var values []string
	for _, s := range x.Secrets {
		for _, v := range e.Vars {
			if v.Name == s.Name {
				values = append(values, v.Value)
			}
		}
	}
	return values
}

// oneLine keeps what stands in a comment from leaving it.
func oneLine(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }
