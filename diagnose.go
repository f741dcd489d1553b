package dewar

import (
	"context"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// When a stage that has never succeeded fails, the usual reason is an input
// that nobody declared. The command is run once more, thrown away afterwards,
// under trace and with the whole workspace shown read-only: then it gets
// further than the first missing file, and one message can list everything.

// diagnoseWithin bounds the commands that are run again to learn what they read.
const diagnoseWithin = time.Minute

// undeclared finds out what the failed instance reads and does not declare. It
// is run again only after the last of its attempts.
func (s *session) undeclared(ctx context.Context, id graph.ID, e *run.Execution, out *run.Outcome, log *commandLog, last bool) Fix {
	x := &s.g.Instances[id]
	f := s.finder(x)
	f.text = strings.Join(log.lastLines(200), "\n")
	f.accesses(out.Accesses)
	// What may reach the world outside is not done twice.
	again := last && !withoutTrace(out) && !x.Network && !x.Native && x.Isolation != graph.IsolationOff
	if again && s.neverSucceeded(x) && out.Wall < diagnoseWithin && !out.TimedOut {
		if out := s.diagnose(ctx, x, e, f); out != nil {
			f.accesses(out.Accesses)
		}
	}
	f.mentioned()
	return f.fix()
}

// neverSucceeded reports whether no instance of x's stage is in the lock.
func (s *session) neverSucceeded(x *graph.Instance) bool {
	for i := range s.lock.Entries {
		if graph.StageOf(s.lock.Entries[i].Instance) == x.Stage {
			return false
		}
	}
	return true
}

// diagnose runs the command again with everything in sight. Nothing of it is kept.
func (s *session) diagnose(ctx context.Context, x *graph.Instance, e *run.Execution, f *finder) *run.Outcome {
	dir, remove, err := s.p.store.TempDir()
	if err != nil {
		return nil
	}
	defer func() { _ = remove() }()
	log := newLog(s.p.host.FS, filepath.Join(dir, "log"), nil)
	defer log.close() // what is in it is looked through for names of files, and not shown
	again := *e
	again.Dir, again.Stdout, again.Stderr, again.Trace = filepath.Join(dir, "x"), log, log, true
	again.Timeout, again.Action = diagnoseWithin, s.revealing(e.Action, f.of)
	if again.Scratch, err = s.scratchApart(x, e.Scratch, filepath.Join(dir, "scratch")); err != nil {
		return nil
	}
	if s.p.host.FS.Mkdir(again.Dir, 0o777) != nil {
		return nil
	}
	out, err := s.carryOut(ctx, x, &again)
	if err != nil {
		return nil
	}
	f.text += "\n" + strings.Join(log.lastLines(200), "\n")
	return out
}

// revealing returns a with the whole project that it is of among its inputs, bound
// read-only from where it is: directories that hold nothing declared as a whole,
// others entry by entry. A module from Git sees its commit, and nothing of its user's.
func (s *session) revealing(a *graph.Action, of string) *graph.Action {
	declared := map[string]bool{} // what has its place already
	above := map[string]bool{}    // directories that hold some of it
	note := func(at string) {
		declared[at] = true
		for dir := path.Dir(at); !above[dir]; dir = path.Dir(dir) {
			above[dir] = true
		}
	}
	for _, l := range a.Inputs {
		note(l.At)
	}
	for _, o := range a.Outputs {
		note(o.At)
	}
	all := *a
	all.Inputs = append([]graph.Leaf{}, a.Inputs...)
	var reveal func(dir string)
	reveal = func(dir string) {
		entries, err := s.p.view.ReadDir(path.Join(of, dir))
		if err != nil {
			return
		}
		for _, e := range entries {
			at := join(dir, e.Name)
			leaf := graph.Leaf{At: at, Host: s.p.hostPath(path.Join(of, at))}
			switch {
			case declared[at] || at == Dir || at == ".git":
				continue
			case e.Type.IsDir() && above[at]:
				reveal(at)
				continue
			case e.Type.IsDir():
				leaf.Content.Kind = digest.Directory
			case e.Type.IsRegular():
				leaf.Content.Kind = digest.File
			default:
				continue
			}
			if ignored, err := s.scan.Ignore.Match(path.Join(of, at), e.Type.IsDir()); err == nil && !ignored {
				all.Inputs = append(all.Inputs, leaf)
			}
		}
	}
	reveal(".")
	sort.Slice(all.Inputs, func(i, j int) bool { return all.Inputs[i].At < all.Inputs[j].At })
	return &all
}
