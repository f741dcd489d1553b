package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/keeper"
	"github.com/dewar-build/dewar/run/sandbox/landlock"
)

// place is where a command runs that no keeper looks after.
type place struct {
	level  graph.Isolation
	root   string           // its input root
	env    []string         // closed
	copy   bool             // root holds copies of the inputs, made for this execution
	bounds *landlock.Bounds // what the command is kept to; nil: nothing
}

// workspacePlace is the level off: the workspace itself.
func workspacePlace(x *run.Execution) place {
	home := x.Workspace
	if h, err := os.UserHomeDir(); err == nil {
		home = h
	}
	return place{level: graph.IsolationOff, root: x.Workspace, env: directEnv(x, home, hostScratch(x))}
}

// fallback runs x where there are no namespaces: in a private directory, which Landlock
// keeps it to if the kernel has that. What must not run so is a *Refused.
func (e *Executor) fallback(ctx context.Context, x *run.Execution) (*run.Outcome, error) {
	if x.Strict || x.Level == graph.IsolationImage { // the programs of this machine are not an image's
		return nil, e.refused()
	}
	level, _ := e.lesserLevel()
	return e.away(ctx, x, level)
}

// private runs x in a private directory. Nothing keeps the command from looking
// elsewhere, which the level says.
func (e *Executor) private(ctx context.Context, x *run.Execution) (*run.Outcome, error) {
	return e.away(ctx, x, graph.IsolationPrivate)
}

// away copies the inputs into a directory of their own and runs x there.
func (e *Executor) away(ctx context.Context, x *run.Execution, level graph.Isolation) (*run.Outcome, error) {
	p := place{level: level, root: filepath.Join(x.Dir, keeper.Upper), copy: true}
	tmp := filepath.Join(x.Dir, "tmp")
	if err := e.copyInputs(x, p.root, tmp); err != nil {
		return nil, fmt.Errorf("prepare private directory: %w", err)
	}
	scratch, err := linkScratch(x, p.root)
	if err != nil {
		return nil, fmt.Errorf("prepare private directory: %w", err)
	}
	defer func() {
		for i, s := range x.Scratch {
			if s.Path != "" {
				os.Remove(scratch[i]) // the link
			}
		}
	}()
	if p.env, err = awayEnv(directEnv(x, keeper.Home, scratch), tmp); err != nil {
		return nil, fmt.Errorf("prepare private directory: %w", err)
	}
	if level == graph.IsolationLandlock {
		p.bounds = landlockBounds(x, p.root, tmp)
		out, err := e.direct(ctx, x, p)
		var r *Refused
		if !errors.As(err, &r) {
			return out, err
		}
		e.unlock(r.Error())
		if x.Terminal != nil { // who reads what is typed cannot be called back; the next one has it for itself
			return nil, err
		}
		p.level, p.bounds = graph.IsolationPrivate, nil
	}
	return e.direct(ctx, x, p)
}

// awayEnv moves /tmp, as environment variables name it, to a directory of this execution, and
// makes what they lead to. env is sorted, and stays so.
func awayEnv(env []string, tmp string) ([]string, error) {
	has := map[string]bool{}
	for i, v := range env {
		name, value, _ := strings.Cut(v, "=")
		switch name {
		case "HOME", "TMPDIR", "TMP", "TEMP":
		default:
			continue
		}
		has[name] = true
		if rest, ok := strings.CutPrefix(value, "/tmp"); ok && (rest == "" || rest[0] == '/') {
			at := filepath.Join(tmp, filepath.FromSlash(path.Clean("/"+rest)))
			if err := os.MkdirAll(at, 0o755); err != nil {
				return nil, err
			}
			env[i] = name + "=" + at
		}
	}
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		if !has[name] {
			env = append(env, name+"="+tmp)
		}
	}
	slices.Sort(env)
	return env, nil
}

// copyInputs fills root with copies. They are never links: the command could
// write to what they lead to.
func (e *Executor) copyInputs(x *run.Execution, root string, others ...string) error {
	for _, d := range append(others, root) {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return err
		}
	}
	for _, l := range x.Action.Inputs {
		if err := e.copyInput(l, filepath.Join(root, filepath.FromSlash(l.At))); err != nil {
			return fmt.Errorf("input %s: %w", l.At, err)
		}
	}
	return makeDirs(root, x.Action.Mkdirs)
}

func (e *Executor) copyInput(l graph.Leaf, to string) error {
	from, release, err := leafPath(e.opt.Store, l)
	if err != nil {
		return err
	}
	if release != nil {
		defer release()
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if l.Content.Kind == digest.Directory {
		return copyTree(from, to)
	}
	return copyFile(from, to, l.Content.Exec)
}

// leafPath returns where the content of an input is on this machine.
func leafPath(store Blobs, l graph.Leaf) (host string, release func(), err error) {
	switch {
	case l.Host != "":
		return l.Host, nil, nil
	case l.Content.Kind == digest.Directory:
		return store.Tree(l.Content.Digest)
	case l.Content.Kind == digest.File:
		host, err = store.BlobPath(l.Content.Digest, l.Content.Exec)
		return host, nil, err
	default:
		return "", nil, fmt.Errorf("there is nothing to show (%v)", l.Content.Kind)
	}
}

// linkScratch makes each scratch directory reachable below root, and says where.
func linkScratch(x *run.Execution, root string) ([]string, error) {
	at := hostScratch(x)
	for i, s := range x.Scratch {
		if s.Path == "" {
			continue
		}
		link := filepath.Join(root, filepath.FromSlash(s.Path))
		if err := os.MkdirAll(s.Host, 0o755); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return nil, err
		}
		os.Remove(link) // an empty directory made as somebody's parent
		if err := os.Symlink(s.Host, link); err != nil {
			return nil, err
		}
		at[i] = link
	}
	return at, nil
}

func hostScratch(x *run.Execution) []string {
	at := make([]string, len(x.Scratch))
	for i, s := range x.Scratch {
		at[i] = s.Host
	}
	return at
}

// scratchPaths are the scratch directories that have a place in the project.
// In the workspace itself nothing takes them away: they are plain directories.
func scratchPaths(x *run.Execution) []string {
	var at []string
	for _, s := range x.Scratch {
		if s.Path != "" {
			at = append(at, s.Path)
		}
	}
	return at
}

func directEnv(x *run.Execution, home string, scratch []string) []string {
	path := keeper.DefPath
	sep := string(os.PathListSeparator)
	if sep != ":" {
		path = os.Getenv("PATH") // there is no usual place for programs
	}
	return append(environment(x, home, path, sep, scratch), systemEnv()...)
}

// direct starts the command in its place and waits for it.
func (e *Executor) direct(ctx context.Context, x *run.Execution, p place) (*run.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir := filepath.Join(p.root, filepath.FromSlash(x.Action.WorkingDir))
	if !p.copy {
		if err := makeDirs(p.root, append(scratchPaths(x), x.Action.Mkdirs...)); err != nil {
			return nil, err
		}
	}
	out := &run.Outcome{Level: p.level, Root: p.root, Started: time.Now()}
	out.Program, out.NotFound = lookPath(x.Action.Args[0], dir, p.env)
	if out.Program == "" {
		out.ExitCode = exitNotFound
		return out, nil
	}
	if err := e.supervise(ctx, x, p, dir, out); err != nil {
		return nil, err
	}
	if p.copy {
		out.Undeclared = undeclared(p.root, x, true)
	}
	return out, nil
}

// supervise runs out.Program to its end and fills in the rest of out.
func (e *Executor) supervise(ctx context.Context, x *run.Execution, p place, dir string, out *run.Outcome) error {
	s, err := openStreams(x.Stdout, x.Stderr)
	if err != nil {
		return err
	}
	cmd := &exec.Cmd{Path: out.Program, Args: x.Action.Args, Dir: dir, Env: p.env, Stdout: s.out, Stderr: s.err, SysProcAttr: ownGroup()}
	if x.Stdin != nil {
		cmd.Stdin = x.Stdin
	}
	started, ended, err := talk(cmd, x.Terminal)
	if err != nil {
		s.close()
		s.wait()
		return err
	}
	defer ended()
	if p.bounds != nil {
		return e.superviseLocked(ctx, x, p.bounds, cmd, s, started, out)
	}
	err = cmd.Start()
	s.close()
	started()
	if err != nil {
		s.wait()
		if errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) || noExecFormat(err) {
			out.ExitCode = exitNoExec
			cannotExecute(x.Stderr, out.Program, err)
			return nil
		}
		return fmt.Errorf("start %s: %w", out.Program, err)
	}
	g := groupOf(cmd)
	w := startWatch(ctx, x.Timeout, e.opt.Grace, g.terminate, g.kill, func() {})
	cmd.Wait() // the state tells all that its error would
	g.sweep()  // what it left behind
	out.TimedOut = w.stop()
	out.Wall = time.Since(out.Started)
	s.waitAtMost(outputPatience)
	measure(cmd.ProcessState, out)
	return ctx.Err()
}

// outputPatience is how long we listen to a process that outlives its command
// and cannot be killed, having left its process group.
const outputPatience = 2 * time.Second

// lookPath finds a program as a shell would, by PATH of the action's own environment.
func lookPath(name, dir string, env []string) (program string, tried []string) {
	if strings.ContainsRune(name, '/') || filepath.Base(name) != name {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, filepath.FromSlash(name))
		}
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
		if _, err := os.Stat(name); err == nil {
			return name, nil // it cannot be executed, which starting it will tell
		}
		return "", []string{name}
	}
	path := ""
	for _, v := range env {
		if rest, ok := strings.CutPrefix(v, "PATH="); ok {
			path = rest
		}
	}
	for _, d := range filepath.SplitList(path) {
		if !filepath.IsAbs(d) {
			d = filepath.Join(dir, d)
		}
		p := filepath.Join(d, name)
		if found, err := exec.LookPath(p); err == nil {
			return found, nil
		}
		tried = append(tried, p)
	}
	if tried == nil {
		tried = []string{name}
	}
	return "", tried
}
