package dewar_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/store"
)

// workshop is an executor without processes. The first word of a command is its
// name, by which executions are counted; the name up to "@" says what it does.
// A name that no test has given a meaning makes, for every output, a text out of the command
// and all the bytes of its inputs.
type workshop struct {
	fs fs.FS

	mu     sync.Mutex
	counts map[string]int
	acts   map[string]act
}

// act is what a command does. A text that is not empty is a failure: it is
// written as the command's log, and the command exits with 1.
type act func(w *workbench) (problem string)

func newWorkshop(fsys fs.FS) *workshop {
	return &workshop{fs: fsys, counts: map[string]int{}, acts: map[string]act{
		"lines": lines, "first": first, "sum": sum,
	}}
}

// on gives a name a meaning; nil takes it away.
func (s *workshop) on(name string, a act) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts[name] = a
}

// counted returns the executions so far, "clean, train x2", and forgets them.
func (s *workshop) counted() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for name, n := range s.counts {
		if n > 1 {
			name = fmt.Sprintf("%s x%d", name, n)
		}
		list = append(list, name)
	}
	s.counts = map[string]int{}
	sort.Strings(list)
	return strings.Join(list, ", ")
}

func (s *workshop) open(p *dewar.Project, _ int) (dewar.Executor, error) {
	return &hired{s, p.Blobs()}, nil
}

// hired is a workshop at work for one project.
type hired struct {
	*workshop
	blobs *store.Store
}

func (h *hired) Close() error { return nil }

func (h *hired) Execute(ctx context.Context, x *run.Execution) (*run.Outcome, error) {
	if len(x.Action.Args) == 0 {
		return nil, fmt.Errorf("workshop: no command")
	}
	name, _, _ := strings.Cut(x.Action.Args[0], "@")
	h.mu.Lock()
	h.counts[x.Action.Args[0]]++
	do := h.acts[name]
	h.mu.Unlock()
	w := &workbench{Execution: x, ctx: ctx, fs: h.fs, blobs: h.blobs, root: filepath.Join(x.Dir, run.WorkDir), out: &run.Outcome{Level: x.Level, Program: "/bin/" + name}}
	if x.Level == graph.IsolationOff {
		w.root = x.Workspace
	}
	w.out.Root = w.root
	if err := w.prepare(); err != nil {
		return nil, err
	}
	if do == nil {
		do = everything
	}
	problem := do(w)
	if w.err != nil {
		return nil, w.err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if problem != "" {
		fmt.Fprintln(x.Stderr, problem)
		if w.out.ExitCode == 0 {
			w.out.ExitCode = 1
		}
	}
	return w.out, nil
}

// workbench is one execution at work.
type workbench struct {
	*run.Execution
	ctx   context.Context
	fs    fs.FS
	blobs *store.Store
	root  string
	out   *run.Outcome
	err   error // of the environment
}

func (w *workbench) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// prepare makes the directories.
func (w *workbench) prepare() error {
	for _, d := range w.Action.Mkdirs {
		if err := w.fs.MkdirAll(w.path(d), 0o777); err != nil {
			return err
		}
	}
	return w.err
}

func (w *workbench) path(at string) string { return filepath.Join(w.root, filepath.FromSlash(at)) }

// write makes a file, in place of one that is there.
func (w *workbench) write(at, text string) {
	if err := w.fs.MkdirAll(filepath.Dir(w.path(at)), 0o777); err != nil {
		w.fail(err)
		return
	}
	if err := fs.WriteFile(w.fs, w.path(at), []byte(text)); err != nil {
		w.fail(err)
	}
}

// made returns what a file already holds where the command works, or "".
func (w *workbench) made(at string) string {
	b, err := fs.ReadFile(w.fs, w.path(at))
	if err != nil {
		return ""
	}
	return string(b)
}

// files returns all files of the inputs in order of their paths.
func (w *workbench) files() (names, texts []string) {
	for _, l := range w.Action.Inputs {
		w.leaf(l.At, l.Content, l.Host, func(at, text string) {
			names, texts = append(names, at), append(texts, text)
		})
	}
	return names, texts
}

func (w *workbench) leaf(at string, c digest.Content, host string, each func(at, text string)) {
	if c.Kind == digest.Directory {
		if host == "" { // as a sandbox does, directories are shown as the store's trees
			name, release, err := w.blobs.Tree(c.Digest)
			if err != nil {
				w.fail(err)
				return
			}
			defer release()
			host = name
		}
		w.walk(at, host, each)
		return
	}
	b, err := w.bytes(c.Digest, host)
	if err != nil {
		w.fail(err)
		return
	}
	if digest.Of(b) != c.Digest {
		w.fail(fmt.Errorf("workshop: the bytes of %s are not those of its digest", at))
	}
	each(at, string(b))
}

func (w *workbench) walk(at, host string, each func(at, text string)) {
	entries, err := w.fs.ReadDir(host)
	if err != nil {
		w.fail(err)
	}
	for _, e := range entries {
		name := filepath.Join(host, e.Name)
		if e.Type.IsDir() {
			w.walk(at+"/"+e.Name, name, each)
			continue
		}
		if target, err := w.fs.Readlink(name); err == nil {
			each(at+"/"+e.Name, "-> "+target)
			continue
		}
		b, err := fs.ReadFile(w.fs, name)
		if err != nil {
			w.fail(err)
		}
		each(at+"/"+e.Name, string(b))
	}
}

func (w *workbench) bytes(d digest.Digest, host string) ([]byte, error) {
	if host != "" {
		return fs.ReadFile(w.fs, host)
	}
	return w.blobs.ReadAll(d, 0)
}

// each makes every output out of one text.
func (w *workbench) each(text string) {
	for _, o := range w.Action.Outputs {
		if o.Dir {
			w.write(o.At+"/all.txt", text)
			w.write(o.At+"/sub/size.txt", fmt.Sprint(len(text)))
			continue
		}
		w.write(o.At, text)
	}
}

// everything makes every output out of the command and all bytes of the inputs.
func everything(w *workbench) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", strings.Join(w.Action.Args, " "))
	for _, v := range w.Action.Env {
		if strings.HasPrefix(v.Name, "T_") {
			fmt.Fprintf(&b, " %s=%s", v.Name, v.Value)
		}
	}
	b.WriteString("\n")
	names, texts := w.files()
	for i := range names {
		fmt.Fprintf(&b, "%s: %s\n", names[i], strings.ReplaceAll(strings.TrimSuffix(texts[i], "\n"), "\n", "\n  "))
	}
	w.each(b.String())
	return ""
}

// lines copies the lines of the inputs that are no comments.
func lines(w *workbench) string {
	var b strings.Builder
	_, texts := w.files()
	for _, text := range texts {
		for _, line := range strings.SplitAfter(text, "\n") {
			if !strings.HasPrefix(line, "#") {
				b.WriteString(line)
			}
		}
	}
	w.each(b.String())
	return ""
}

// first copies the first byte of each input.
func first(w *workbench) string {
	var b strings.Builder
	_, texts := w.files()
	for _, text := range texts {
		b.WriteString(text[:min(1, len(text))])
	}
	w.each(b.String())
	return ""
}

// sum writes one digest of everything.
func sum(w *workbench) string {
	names, texts := w.files()
	w.each(digest.Of([]byte(strings.Join(w.Action.Args, " ")+"\n"+strings.Join(names, "\n")+"\n"+strings.Join(texts, "\n"))).Short() + "\n")
	return ""
}

// problem is an act that always fails.
func problem(text string) act { return func(*workbench) string { return text } }

// text is an act that makes every output of one text.
func text(s string) act {
	return func(w *workbench) string { w.each(s); return "" }
}
