package dewar

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store/checkout"
)

// A file that the experiment did not have may make the workspace something else than
// the experiment was: a *.pipeline.hcl that was added since declares stages, a module
// in a directory that a command reads makes another action key. Checking out a commit
// takes such files away, and so does applying. But what neither the evaluation of the
// experiment nor an instance of it would read, a page of documentation or a test, has no
// part in it and stays: only code is applied, and the history goes on where it is.
//
// Which files would be read is found out by evaluating the workspace as it would be
// (expview.go). What is found is hidden there, and it is looked again, for a pipeline
// without one of its files is another.

// lookForExtras finds the files to be taken away.
func (a *applier) lookForExtras(ctx context.Context) error {
	v := newApplied(a.p.view, a.p.store, a.r.Sources)
	req := a.p.request(EvalOptions{Dir: a.r.Pipeline, Set: overridesOf(a.r)})
	var found []string
	for {
		trace := fs.NewRecorder(v)
		req.Read = trace
		res, _ := eval.Evaluate(req)
		more, err := a.extras(ctx, v, trace.Trace(), res.Graph)
		if err != nil {
			return err
		}
		if len(more) == 0 {
			break
		}
		for _, at := range more {
			v.gone[at] = true
		}
		found = append(found, more...)
	}
	slices.Sort(found)
	return a.takeAway(ctx, found)
}

// extras lists the files of the workspace that would be read and that the
// experiment did not have.
func (a *applier) extras(ctx context.Context, v *applied, t fs.Trace, g *graph.Graph) ([]string, error) {
	had := map[string]bool{}
	for _, src := range a.r.Sources {
		had[src.Path] = true
	}
	var out []string
	meet := func(at string) error {
		if had[at] || v.gone[at] || slices.Contains(out, at) || ignoreFile(at) || inModules(at) {
			return nil
		}
		committed, err := a.committedThen(ctx, at)
		if err == nil && !committed {
			out = append(out, at)
		}
		return err
	}
	for _, f := range t.Files {
		if f.Digest == nil {
			continue
		}
		if err := meet(f.Path); err != nil {
			return nil, err
		}
	}
	if g == nil {
		return out, nil
	}
	list, err := a.readByInstances(ctx, g)
	for _, at := range list {
		if err == nil {
			err = meet(at)
		}
	}
	return out, err
}

// ignoreFile reports whether a file says what is ignored: records do not have those.
func ignoreFile(at string) bool {
	return path.Base(at) == ".dewarignore" || path.Base(at) == ".gitignore"
}

// readByInstances lists the files that the experiment's instances would read of the
// workspace now, tracked data apart. A part of the pipeline may not have been run:
// what its commands read, the experiment does not know.
func (a *applier) readByInstances(ctx context.Context, g *graph.Graph) ([]string, error) {
	ran := map[string]bool{}
	for _, x := range a.r.Instances {
		ran[x.Instance] = true
	}
	dirs := &directories{}
	scan := a.p.hasher(dirs)
	var out []string
	seen := map[string]bool{}
	for i := range g.Instances {
		if !ran[g.Instances[i].Ref()] {
			continue
		}
		for _, in := range g.Instances[i].Inputs {
			if in.Kind != graph.Workspace || in.Data != "" || in.Reference || seen[in.Path] {
				continue
			}
			seen[in.Path] = true
			c, err := scan.Content(ctx, in.Path)
			if isNotExist(err) {
				continue // it will be brought back, or is missing in the experiment too
			}
			if err != nil {
				return nil, fmt.Errorf("apply experiment %s: %w", a.rep.Name, err)
			}
			out = append(out, filesBelow(dirs, in.Path, c)...)
		}
	}
	return out, nil
}

// filesBelow lists the files of a content that stands at a path.
func filesBelow(dirs *directories, at string, c digest.Content) []string {
	switch c.Kind {
	case digest.File:
		return []string{at}
	case digest.Directory:
		encoded, _ := dirs.get(c.Digest)
		dir, err := digest.DecodeDir(encoded)
		if err != nil {
			return nil
		}
		var out []string
		for _, f := range dir.Files {
			out = append(out, path.Join(at, f.Name))
		}
		for _, d := range dir.Dirs {
			out = append(out, filesBelow(dirs, path.Join(at, d.Name), digest.Content{Kind: digest.Directory, Digest: d.Digest})...)
		}
		return out
	}
	return nil
}

// committedThen reports whether the code of the experiment has a file after all: its
// commit does, and its patch does not take it away. Then something else keeps us from
// seeing what the experiment read, and the file stays.
func (a *applier) committedThen(ctx context.Context, at string) (bool, error) {
	if a.r.Git == nil || a.r.Git.Commit == "" {
		return false, nil
	}
	if a.then == nil {
		a.then = &codeThen{}
		if err := a.then.read(ctx, a.p, a.r.Git); err != nil {
			return false, err
		}
	}
	if a.then.tree == nil || a.then.deleted(at) {
		return false, nil
	}
	_, err := a.then.tree.Lstat(at)
	return err == nil, nil
}

// codeThen is the code of an experiment as Git knows it.
type codeThen struct {
	tree  fs.View // nil: Git has lost the commit
	patch []byte
}

func (c *codeThen) read(ctx context.Context, p *Project, g *exp.Git) error {
	repo, err := p.repo(ctx)
	if err != nil || repo == nil {
		return err
	}
	commit, err := repo.Resolve(ctx, g.Commit)
	if err != nil {
		return ctx.Err() // it was thrown away since; the sources are what is left
	}
	tree, err := repo.Tree(ctx, commit)
	if err != nil {
		return err
	}
	c.tree = tree
	if d, err := digest.Parse(g.Patch); err == nil {
		c.patch, _ = p.store.ReadAll(d, d.Size)
	}
	return nil
}

// deleted reports whether the patch takes a file away. Its paths begin at the top of
// the work tree, which may lie above the project.
func (c *codeThen) deleted(at string) bool {
	lines := bytes.Split(c.patch, []byte("\n"))
	for i, line := range lines {
		text := string(line)
		if strings.HasPrefix(text, "rename from ") && strings.HasSuffix("/"+strings.TrimPrefix(text, "rename from "), "/"+at) {
			return true
		}
		if strings.HasPrefix(text, "deleted file mode") && i > 0 && strings.HasSuffix(string(lines[i-1]), "/"+at) {
			return true
		}
	}
	return false
}

// takeAway plans to remove files. What Git has as it is, or an experiment, is not lost.
func (a *applier) takeAway(ctx context.Context, list []string) error {
	scan := a.p.hasher(&directories{})
	doubtful := map[string]digest.Digest{}
	for _, at := range list {
		now, err := scan.Content(ctx, at)
		if err != nil {
			return fmt.Errorf("apply experiment %s: %w", a.rep.Name, err)
		}
		if !a.inGit(at) {
			doubtful[at] = now.Digest
		}
		a.extra = append(a.extra, checkout.Item{Path: at, Known: now})
	}
	a.strike(doubtful)
	for i := range a.extra {
		if _, ok := doubtful[a.extra[i].Path]; ok {
			a.extra[i].Known = digest.Content{} // forced, it is kept aside
			a.refused = append(a.refused, a.extra[i].Path+" (the experiment did not have it)")
		}
	}
	return nil
}

// inGit reports whether the last commit has a file as it is.
func (a *applier) inGit(at string) bool {
	if a.head == nil || a.dirty[at] {
		return false
	}
	_, err := a.head.Lstat(at)
	return err == nil
}

// removeExtras removes them, and the directories that they leave empty: those would
// be part of what commands read.
func (a *applier) removeExtras(ctx context.Context) error {
	if len(a.extra) == 0 {
		return nil
	}
	report, err := checkout.Checkout(ctx, checkout.Plan{Root: a.p.Root, Kept: a.p.path("kept"), Items: a.extra, Exact: true}, a.p.checkoutDeps())
	a.rep.Kept = append(a.rep.Kept, report.Kept...)
	if err != nil {
		return a.unwritten(err)
	}
	for _, it := range a.extra {
		a.rep.FilesRemoved = append(a.rep.FilesRemoved, it.Path)
		for at := path.Dir(it.Path); at != "." && at != a.r.Pipeline; at = path.Dir(at) {
			if entries, err := a.p.view.ReadDir(at); err != nil || len(entries) > 0 || a.p.host.FS.Remove(a.p.hostPath(at)) != nil {
				break
			}
		}
	}
	return nil
}
