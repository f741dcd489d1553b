package dewar_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// What a command changes is changed by calls to the filesystem. Each of them fails in turn; and the machine
// dies at each of them, so that nothing that would tidy up is done either. Whatever
// came of that, the same command given once more comes to the end that it would have come to, and a
// collection a day later leaves no trace of it.

// crashing is a command that meets with misfortune.
type crashing struct {
	name    string
	project string
	before  func(e *engine) // what the project went through before
	do      func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error)
	look    bool // it changes nothing, and is only asked whether it says what is wrong
}

var crashes = []crashing{
	{name: "run", project: basic, before: func(e *engine) {
		e.run(all)
		e.put("raw.txt", "3\n")
		e.put("build/model/all.txt", "mine: model")
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		rep, err := p.Run(ctx, ev, dewar.RunOptions{KeepGoing: true, Parallel: 2})
		if rep == nil {
			return nil, err
		}
		return append(rep.Failures, rep.Warnings...), err
	}},
	{name: "checkout", project: basic, before: func(e *engine) {
		e.run(all)
		e.remove("build/model")
		e.put("build/data.txt", "mine: data")
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		rep, err := p.CheckoutAll(ctx, ev, nil, dewar.CheckoutOptions{})
		if err == nil && len(rep.Missing) > 0 {
			err = fmt.Errorf("missing: %v", rep.Missing)
		}
		return nil, err
	}},
	{name: "exp_run", project: tuned, before: func(e *engine) {
		e.run(all)
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		sw, diags := p.PlanSweep(dewar.SweepOptions{Dir: ".", Set: setting("train.C=2,3")})
		if diags.HasErrors() {
			return diags, nil
		}
		rep, err := p.RunSweep(ctx, sw, dewar.SweepRunOptions{RunOptions: dewar.RunOptions{KeepGoing: true, Parallel: 2}})
		if rep == nil {
			return nil, err
		}
		return append(rep.Failures, rep.Warnings...), err
	}},
	{name: "exp_apply", project: tuned, before: func(e *engine) {
		e.run(all)
		e.sweep(dewar.SweepOptions{Set: setting("train.C=2"), Name: "mine"}, all)
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		_, err := p.ApplyExperiment(ctx, "mine", true)
		return nil, err
	}},
	{name: "data_add", project: untracked, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		_, err := p.AddData(ctx, ".", []dewar.NewData{{Name: "big", Path: "data/big"}, {Name: "one", Path: "data/one.csv"}}, nil)
		return nil, err
	}},
	{name: "data_update", project: tracked, before: func(e *engine) {
		e.run(all)
		e.put("data/big/a.csv", "11\n")
		e.put("data/big/c.csv", "4\n")
		e.put("data/one.csv", "33\n")
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		_, err := p.DataUpdate(ctx, ev, nil)
		return nil, err
	}},
	{name: "data_status", look: true, project: tracked, before: func(e *engine) {
		e.run(all)
		e.put("data/big/a.csv", "11\n")
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		states, err := p.DataStatus(ctx, ev, nil)
		if err == nil && (states[0].Drift != dewar.DataModified || states[1].Drift != dewar.DataUnchanged) {
			err = fmt.Errorf("wrong: %+v", states)
		}
		return nil, err
	}},
	{name: "gc", project: basic, before: func(e *engine) {
		e.run(all)
		e.put("raw.txt", "3\n")
		e.run(all)
	}, do: collects},
	{name: "cache_repair", project: basic, before: func(e *engine) {
		e.run(all)
		e.remove(e.below(".dewar/cache/cas")...)
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		rep, err := p.RepairCache(ctx, ev)
		if err == nil && len(rep.Missing) > 0 {
			err = fmt.Errorf("missing: %+v", rep.Missing)
		}
		return nil, err
	}},
	{name: "push", project: basic + atRemote, before: func(e *engine) {
		e.run(all)
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		return nil, atOrigin(ctx, p, func(r *dewar.RemotePlace) error {
			_, err := p.Push(ctx, ev, r, dewar.ShareOptions{Results: true, Parallel: 1})
			return err
		})
	}},
	{name: "fetch", project: basic + atRemote, before: func(e *engine) {
		e.run(all)
		p := e.open()
		e.must(atOrigin(context.Background(), p, func(r *dewar.RemotePlace) error {
			_, err := p.Push(context.Background(), e.evaluate(p, dewar.EvalOptions{}), r, dewar.ShareOptions{Results: true})
			return err
		}))
		e.close(p)
		e.remove(".dewar/cache", "build")
	}, do: func(ctx context.Context, p *dewar.Project, ev *dewar.Evaluation) (diag.List, error) {
		return nil, atOrigin(ctx, p, func(r *dewar.RemotePlace) error {
			rep, err := p.Fetch(ctx, ev, []*dewar.RemotePlace{r}, dewar.ShareOptions{Results: true, Parallel: 1}, nil)
			if err == nil && len(rep.Missing) > 0 {
				err = fmt.Errorf("missing: %+v, %+v", rep.Missing, rep.Down)
			}
			return err
		})
	}},
}

const atRemote = `
-- .dewar/config.hcl --
remote "origin" {
  url     = "/r"
  default = true
}
`

const untracked = `
-- data/big/a.csv --
1
-- data/big/sub/b.csv --
2
-- data/one.csv --
3
-- pipeline.hcl --
`

func atOrigin(ctx context.Context, p *dewar.Project, do func(*dewar.RemotePlace) error) error {
	r, err := p.OpenRemote(ctx, "")
	if err != nil {
		return err
	}
	defer r.Close()
	return do(r)
}

func collects(ctx context.Context, p *dewar.Project, _ *dewar.Evaluation) (diag.List, error) {
	_, err := p.GC(ctx, dewar.GCOptions{}, func(*dewar.GCReport) (bool, error) { return true, nil })
	return nil, err
}

// prepared is the project before the command, to be copied.
func (c *crashing) prepared(t *testing.T) fs.FS {
	e := inMemory(t, c.project)
	e.shop.on("score", scoresOrAll)
	if c.before != nil {
		c.before(e)
	}
	return e.disk
}

// scoresOrAll is scores for commands of tuned, everything for others.
func scoresOrAll(w *workbench) string {
	if len(w.Action.Args) == 4 {
		return scores(w)
	}
	return everything(w)
}

// copied is an engine on a copy of a filesystem in memory, with faults.
func copied(t *testing.T, of fs.FS) (*engine, *faults) {
	disk, f := fs.Memory(), &faults{}
	e := newEngine(t, fs.Faulty(disk, f.lasting), "/p", "")
	e.disk, e.shop.fs = disk, disk
	e.shop.on("score", scoresOrAll)
	e.must(copyTree(of, disk, "/"))
	f.n = 0
	return e, f
}

// lasting is ask with errors for which a transfer does not wait and try again.
func (f *faults) lasting(op, path string) error {
	if err := f.ask(op, path); err != nil {
		return fmt.Errorf("%w: %w", err, remote.ErrReadOnly)
	}
	return nil
}

func copyTree(from, to fs.FS, dir string) error {
	entries, err := from.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, x := range entries {
		name := filepath.Join(dir, x.Name)
		if x.Type.IsDir() {
			if err := to.MkdirAll(name, 0o777); err != nil {
				return err
			}
			if err := copyTree(from, to, name); err != nil {
				return err
			}
			continue
		}
		info, err := from.Lstat(name)
		if err != nil {
			return err
		}
		b, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		if err := fs.WriteNew(to, name, b, info.Mode.Perm(), time.Unix(0, info.MTime)); err != nil {
			return err
		}
	}
	return nil
}

// does carries the command out, and returns what it said.
func (e *engine) does(c *crashing) string {
	e.now = e.now.Add(time.Minute)
	p, err := dewar.Open(e.host(), e.root)
	if err != nil {
		return errText(err)
	}
	var said []string
	ev, list := p.Evaluate(dewar.EvalOptions{Dir: "."})
	if !list.HasErrors() {
		list, err = c.do(context.Background(), p, ev)
	}
	if len(list) > 0 {
		said = append(said, allText(list))
	}
	if err != nil {
		said = append(said, errText(err))
	}
	if err := p.Close(); err != nil {
		said = append(said, errText(err))
	}
	return strings.Join(said, "\n")
}

// outcome is what a command is to come to: what lies in the workspace, and what there is of experiments.
func (e *engine) outcome() map[string]string {
	e.Helper()
	out := e.workspace()
	delete(out, ".gitignore") // there is no Git here, but who cannot see that is careful
	p := e.open()
	defer e.close(p)
	rows, err := p.Experiments()
	e.must(err)
	for _, r := range rows {
		if r.Problem != "" {
			out[fmt.Sprint("experiment with ", r.Params)] = "problem: " + r.Problem
			continue
		}
		out[fmt.Sprint("experiment with ", r.Params)] = fmt.Sprint(r.State, r.Metrics)
	}
	if e.exists("/r") {
		maps.Copy(out, e.dump("/r"))
	}
	return out
}

// afterwards checks that the same command now comes to its end, that nobody's work is lost, that the cache is
// whole, and that nothing is left of what happened.
func (e *engine) afterwards(c *crashing, want map[string]string, mine []string) {
	e.Helper()
	e.now = time.Now().Add(24 * time.Hour) // a file in memory has the time of this machine
	if said := e.does(c); said != "" {
		e.Errorf("the next time it says: %s", said)
	}
	got := e.outcome()
	for name, text := range got { // metrics that could not be read, which the record says
		if strings.HasPrefix(text, "problem: ") {
			got[name] = want[name]
		}
	}
	e.same(want, got)
	for _, text := range mine {
		if found := e.dump("."); !holdsText(found, text) {
			e.Errorf("%q is lost", text)
		}
	}
	p := e.open()
	audit, err := p.VerifyCache(context.Background(), false, nil)
	e.must(err)
	e.close(p)
	if len(audit.Damaged)+audit.Incomplete > 0 {
		e.Errorf("the cache: %+v", audit)
	}
	if left := strings.Join(e.leavings(), " "); c.name == "checkout" && strings.Contains(left, ".dewar/tmp/.tmp-") {
		e.Errorf("a check-out leaves behind what was left of another: %s", left)
	}
	r := e.run(all) // what is temporary goes with the next run, or with a collection
	if r.err != nil || len(r.Failures) > 0 {
		e.Errorf("the next run: %v %v", r.err, r.Failures)
	}
	e.gc(dewar.GCOptions{})
	e.remove("build")
	e.checkout()
	e.run(all).is("all unchanged")
	if left := e.leavings(); len(left) > 0 {
		e.Errorf("left behind: %s", strings.Join(left, "\n"))
	}
}

func holdsText(files map[string]string, text string) bool {
	for _, t := range files {
		if t == text {
			return true
		}
	}
	return false
}

var temporaryName = regexp.MustCompile(`/tmp/.|/trash/.|/incoming/.|/leases/[0-9a-f]{12}$|\.tmp-|/(trees|roots)/\.`)

// leavings are the names of what is temporary.
func (e *engine) leavings() []string {
	var out []string
	for _, name := range sortedNames(e.dump(".")) {
		if temporaryName.MatchString(name) {
			out = append(out, name)
		}
	}
	return out
}

// TestCrash_each: each call fails.
func TestCrash_each(t *testing.T) { eachCrash(t, func(i, n int) bool { return i == n }) }

// TestCrash_death: the machine dies at each call.
func TestCrash_death(t *testing.T) { eachCrash(t, func(i, n int) bool { return i >= n }) }

// mostCrashes is at how many calls of each command something happens: at every single one where DEWAR_KILLS
// is set, as CI does once.
func mostCrashes() int {
	switch {
	case os.Getenv("DEWAR_KILLS") != "":
		return math.MaxInt
	case testing.Short():
		return 5
	}
	return 15
}

func eachCrash(t *testing.T, fails func(i, n int) bool) {
	most := mostCrashes()
	for _, c := range crashes {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			of := c.prepared(t)
			e, f := copied(t, of)
			if said := e.does(&c); said != "" && !c.look {
				t.Fatal(said)
			}
			calls, want := f.n, e.outcome()
			t.Logf("%d calls", calls)
			failed := 0
			for n := 1; n <= calls && failed < 5; n += calls/most + 1 {
				if !t.Run(fmt.Sprint("call_", n), func(t *testing.T) { crashAt(t, &c, of, want, func(i int) bool { return fails(i, n) }) }) {
					failed++
				}
			}
		})
	}
}

func crashAt(t *testing.T, c *crashing, of fs.FS, want map[string]string, fails func(i int) bool) {
	e, f := copied(t, of)
	mine := minds(e)
	f.fails = func(i int, _, _ string) bool { return fails(i) }
	said := e.does(c)
	f.fails = nil
	if len(f.hit) == 0 {
		return // there were fewer, this time
	}
	if len(f.hit) == 1 && !isLook(f.hit[0].op) {
		e.named(f.hit[0], said)
	}
	e.afterwards(c, want, mine)
	if t.Failed() {
		t.Logf("the first call was %v; it was said: %s", f.hit[0], said)
	}
}

// isLook reports whether a call only looks: who cannot see something may say that it is not there.
func isLook(op string) bool {
	return slices.Contains([]string{"open", "read", "close", "stat", "lstat", "readdir", "readlink"}, op)
}

// minds are the texts that a person wrote over outputs.
func minds(e *engine) []string {
	var out []string
	for _, text := range e.workspace() {
		if strings.HasPrefix(text, "mine: ") {
			out = append(out, text)
		}
	}
	return out
}
