// Package native carries out the actions that dewar itself can do: copying,
// concatenating and filling in text. They need no process, so that a whole
// pipeline can run in memory.
//
// It reads contents through a small Blobs and writes through fs.FS; it looks at
// nothing but its action. The root package imports it.
package native

import (
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// Version enters the salt of every native action: it changes when what one of
// them writes changes.
const Version = "1"

// Blobs gives the contents of inputs. The store is one.
type Blobs interface {
	// Open opens a blob for reading.
	Open(d digest.Digest) (fs.File, error)
	// Dir returns a directory by the digest of its encoding.
	Dir(d digest.Digest) (digest.Dir, error)
}

// New returns the executor of native actions. Outputs are written on fsys,
// below the WorkDir of the execution.
//
//	native:copy SRC DST        a file or a directory
//	native:concat DST SRC...   the bytes of files, one after the other
//	native:template DST TEXT   TEXT, which the evaluation has filled in
//	native:fetch DST URL SHA   the file at URL, whose SHA-256 is SHA
//
// SRC and DST are paths of the input root, relative to the working directory.
// What is wrong with the arguments is told on standard error, with exit code 1, as a
// command would.
func New(fsys fs.FS, blobs Blobs, fetch Fetch) run.Executor { return &executor{fsys, blobs, fetch} }

// Fetch downloads the file at url, whose SHA-256 is sum in hexadecimal, and returns where it is on
// this machine, whole and verified. An error is told as the command's.
type Fetch func(ctx context.Context, url, sum string) (name string, err error)

type executor struct {
	fs    fs.FS
	blobs Blobs
	fetch Fetch
}

// Execute implements run.Executor.
func (e *executor) Execute(ctx context.Context, x *run.Execution) (*run.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := &run.Outcome{Level: x.Level, Root: filepath.Join(x.Dir, run.WorkDir), Started: time.Now()}
	w := &work{executor: e, ctx: ctx, x: x}
	err := w.do(x.Action.Args)
	out.Wall = time.Since(out.Started)
	var m mistake
	if errors.As(err, &m) {
		out.ExitCode = 1
		if x.Stderr != nil {
			fmt.Fprintf(x.Stderr, "%s: %s\n", x.Action.Args[0], m)
		}
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// mistake is what is wrong with an action, as opposed to its environment.
type mistake string

func (m mistake) Error() string { return string(m) }

// work is one action being carried out.
type work struct {
	*executor
	ctx context.Context
	x   *run.Execution
}

func (w *work) do(args []string) error {
	for _, d := range w.x.Action.Mkdirs {
		if err := w.fs.MkdirAll(w.host(d), 0o755); err != nil {
			return err
		}
	}
	rest := args[1:]
	switch {
	case args[0] == "native:copy" && len(rest) == 2:
		return w.copy(w.at(rest[0]), w.at(rest[1]))
	case args[0] == "native:concat" && len(rest) >= 1:
		return w.concat(w.at(rest[0]), rest[1:])
	case args[0] == "native:template" && len(rest) == 2:
		return w.write(w.at(rest[0]), false, strings.NewReader(rest[1]))
	case args[0] == "native:fetch" && len(rest) == 3:
		return w.download(w.at(rest[0]), rest[1], rest[2])
	case args[0] == "native:copy", args[0] == "native:concat", args[0] == "native:template", args[0] == "native:fetch":
		return mistake(fmt.Sprintf("wrong number of arguments: %d", len(rest)))
	}
	return mistake("there is no such native action")
}

// at turns an argument into a path of the input root.
func (w *work) at(arg string) string { return path.Join(w.x.Action.WorkingDir, arg) }

// host turns a path of the input root into where outputs are written.
func (w *work) host(at string) string {
	return filepath.Join(w.x.Dir, run.WorkDir, filepath.FromSlash(at))
}

// found is an input, or a part of one.
type found struct {
	content digest.Content
	host    string // where it lies, when it is used by reference
}

// find looks a path up among the inputs.
func (w *work) find(at string) (found, error) {
	for _, l := range w.x.Action.Inputs {
		if l.At == at {
			return found{l.Content, l.Host}, nil
		}
		if sub, ok := strings.CutPrefix(at, l.At+"/"); ok && l.Content.Kind == digest.Directory {
			return w.within(l, sub)
		}
	}
	return found{}, mistake(fmt.Sprintf("%s is not an input", at))
}

// within looks sub up in a directory input.
func (w *work) within(l graph.Leaf, sub string) (found, error) {
	c := l.Content
	for _, name := range strings.Split(sub, "/") {
		if c.Kind != digest.Directory {
			return found{}, missing(l, sub)
		}
		d, err := w.blobs.Dir(c.Digest)
		if err != nil {
			return found{}, err
		}
		if c = entry(d, name); c.Kind == digest.None {
			return found{}, missing(l, sub)
		}
	}
	f := found{content: c}
	if l.Host != "" {
		f.host = l.Host + "/" + sub
	}
	return f, nil
}

func missing(l graph.Leaf, sub string) error {
	return mistake(fmt.Sprintf("the input %s has no %s", l.At, sub))
}

func entry(d digest.Dir, name string) digest.Content {
	for _, f := range d.Files {
		if f.Name == name {
			return digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}
		}
	}
	for _, s := range d.Dirs {
		if s.Name == name {
			return digest.Content{Kind: digest.Directory, Digest: s.Digest}
		}
	}
	return digest.Content{}
}

// download fetches a file of the web.
func (w *work) download(dst, url, sum string) error {
	if w.fetch == nil {
		return mistake("nothing is downloaded here")
	}
	name, err := w.fetch(w.ctx, url, sum)
	if err != nil {
		if w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		return mistake(err.Error())
	}
	f, err := w.fs.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return w.write(dst, false, f)
}

func (w *work) copy(src, dst string) error {
	f, err := w.find(src)
	if err != nil {
		return err
	}
	if f.content.Kind == digest.Directory {
		return w.copyDir(f, dst)
	}
	return w.copyFile(f, dst)
}

func (w *work) copyFile(f found, dst string) error {
	r, err := w.open(f)
	if err != nil {
		return err
	}
	defer r.Close()
	return w.write(dst, f.content.Exec, r)
}

// copyDir writes a directory as its digest describes it.
func (w *work) copyDir(f found, dst string) error {
	d, err := w.blobs.Dir(f.content.Digest)
	if err != nil {
		return err
	}
	if err := w.fs.MkdirAll(w.host(dst), 0o755); err != nil {
		return err
	}
	for _, s := range d.Symlinks {
		if err := w.fs.Symlink(s.Target, w.host(dst+"/"+s.Name)); err != nil {
			return err
		}
	}
	for _, s := range d.Files {
		if err := w.copyFile(f.child(s.Name, digest.Content{Kind: digest.File, Exec: s.Exec, Digest: s.Digest}), dst+"/"+s.Name); err != nil {
			return err
		}
	}
	for _, s := range d.Dirs {
		if err := w.copyDir(f.child(s.Name, digest.Content{Kind: digest.Directory, Digest: s.Digest}), dst+"/"+s.Name); err != nil {
			return err
		}
	}
	return nil
}

func (f found) child(name string, c digest.Content) found {
	if f.host != "" {
		return found{c, f.host + "/" + name}
	}
	return found{c, ""}
}

func (w *work) open(f found) (fs.File, error) {
	if f.host != "" {
		return w.fs.Open(f.host)
	}
	return w.blobs.Open(f.content.Digest)
}

func (w *work) concat(dst string, srcs []string) error {
	var readers []io.Reader
	for _, s := range srcs {
		f, err := w.find(w.at(s))
		if err != nil {
			return err
		}
		if f.content.Kind != digest.File {
			return mistake(fmt.Sprintf("%s is a directory", s))
		}
		// Opened when its turn comes: there may be more than descriptors.
		readers = append(readers, &lazy{open: func() (fs.File, error) { return w.open(f) }})
	}
	return w.write(dst, false, io.MultiReader(readers...))
}

// write makes an output file.
func (w *work) write(at string, exec bool, r io.Reader) (err error) {
	perm := iofs.FileMode(0o644)
	if exec {
		perm = 0o755
	}
	if err := w.fs.MkdirAll(path.Dir(w.host(at)), 0o755); err != nil {
		return err
	}
	f, err := w.fs.Create(w.host(at), perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, &until{w.ctx, r})
	return errors.Join(err, f.Close())
}

// until is a reader that ends with its context.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u *until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

// lazy is a file that is opened by the first Read and closed by the last.
type lazy struct {
	open func() (fs.File, error)
	f    fs.File
}

func (l *lazy) Read(b []byte) (int, error) {
	if l.f == nil {
		f, err := l.open()
		if err != nil {
			return 0, err
		}
		l.f = f
	}
	n, err := l.f.Read(b)
	if err != nil {
		l.f.Close()
		l.f, l.open = nil, func() (fs.File, error) { return nil, io.EOF }
	}
	return n, err
}
