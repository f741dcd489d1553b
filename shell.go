package dewar

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// ShellOptions say who looks around in a sandbox.
type ShellOptions struct {
	Args           []string      // what to execute; nil: an interactive shell
	Terminal       *run.Terminal // where it is talked to; nil: it has Stdin, Stdout and Stderr
	Stdin          *os.File      // nil: nothing is there to be read
	Stdout, Stderr io.Writer
	Env            []graph.Var // set over what the action says: TERM
	Strict         bool        // fail where the stage's isolation cannot be had
}

// commandVariable has what the stage's command is, as a shell reads it, in the environment of a shell in its sandbox.
const commandVariable = "DEWAR_COMMAND"

// Shell executes a shell, or another command, in the sandbox of one instance: with its inputs, environment, toolchains
// and directories for outputs, in place of its command. Nothing of what it makes is kept. What the instance
// needs must have been made. The warnings are about the level of isolation, for one.
func (p *Project) Shell(ctx context.Context, ev *Evaluation, selector string, o ShellOptions) (*run.Outcome, diag.List, error) {
	id, err := oneInstance(ev.Graph, selector)
	if err != nil {
		return nil, nil, err
	}
	s, err := p.lookedUpSession(ctx, ev, id)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = s.executor.close() }()
	x := &s.g.Instances[id]
	if x.Native {
		return nil, nil, failure(diag.Diagnostic{Code: "E-shell", Span: x.Span, Subject: subject(x), Detail: fmt.Sprintf("%s is done by dewar itself: there is no sandbox to look into.", x.Ref())})
	}
	dir, remove, err := p.store.TempDir()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = remove() }()
	e, err := s.shellExecution(ctx, id, dir, o)
	if err != nil {
		return nil, nil, err
	}
	release, err := s.takeGPUs(ctx, id, e)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	out, err := s.carryOut(ctx, x, e)
	if err != nil {
		return nil, nil, s.explainRefused(x, err)
	}
	if len(out.NotFound) > 0 {
		return nil, nil, failure(noShell(x, e.Action.Args[0]))
	}
	s.noticeLevel(x, out)
	return out, s.notes, nil
}

// oneInstance returns the instance that a selector names, which is one.
func oneInstance(g *graph.Graph, selector string) (graph.ID, error) {
	ids, diags := graph.Select(g, []string{selector})
	if err := diags.Err(); err != nil {
		return 0, err
	}
	if len(ids) == 1 {
		return ids[0], nil
	}
	var refs []string
	for _, id := range ids[:min(len(ids), 3)] {
		refs = append(refs, g.Instances[id].Ref())
	}
	return 0, failure(diag.Diagnostic{Code: "E-shell", Detail: fmt.Sprintf("%q names %d instances, and a shell is in the sandbox of one. Name it: %s.", selector, len(ids), strings.Join(append(refs, "…")[:min(len(ids), 4)], ", "))})
}

// lookedUpSession is a session in which the action of an instance is known: what it needs has its results.
func (p *Project) lookedUpSession(ctx context.Context, ev *Evaluation, id graph.ID) (*session, error) {
	ids := lookedUp(ev.Graph, []graph.ID{id})
	s, diags := p.newSession(ctx, ev, ids, false)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	s.apart, s.slots, s.record = true, 1, p.newRecord(ev, RunOptions{})
	sum, err := run.Run(ctx, ev.Graph, s, run.Options{Select: ids, KeepGoing: true, DryRun: true, Now: p.host.Now})
	if err != nil {
		return nil, err
	}
	if s.state[id].action != nil {
		return s, nil
	}
	x, r := &s.g.Instances[id], sum.Results[id]
	if r.Kind == run.Failed {
		return nil, r.Err
	}
	detail := fmt.Sprintf("What %s reads is not known before what it needs has run. Run that first: dewar run %s", x.Ref(), x.Ref())
	if r.Cause >= 0 {
		cause := s.g.Instances[r.Cause].Ref()
		detail = fmt.Sprintf("%s needs %s, which is not up to date. Run it first: dewar run %s", x.Ref(), cause, cause)
	}
	return nil, failure(diag.Diagnostic{Code: "E-shell", Span: x.Span, Subject: subject(x), Detail: detail})
}

// shellExecution is the execution of the instance's action with another command.
func (s *session) shellExecution(ctx context.Context, id graph.ID, dir string, o ShellOptions) (*run.Execution, error) {
	x, st := &s.g.Instances[id], &s.state[id]
	log := newLog(s.p.host.FS, filepath.Join(dir, "log"), nil)
	e, err := s.execution(ctx, x, st, filepath.Join(dir, "x"), log)
	if err != nil {
		return nil, err
	}
	if _, err := s.giveSecrets(x, e); err != nil {
		return nil, err
	}
	if e.Scratch, err = s.freshScratch(x, filepath.Join(dir, "scratch")); err != nil {
		return nil, err
	}
	a := *e.Action
	a.Args = o.Args
	switch {
	case len(a.Args) > 0:
	case o.Terminal != nil:
		a.Args = interactive
	default:
		a.Args = []string{"/bin/sh"}
	}
	e.Action, e.Stdin, e.Stdout, e.Stderr, e.Terminal, e.Timeout, e.Trace, e.Strict = &a, o.Stdin, o.Stdout, o.Stderr, o.Terminal, 0, false, o.Strict
	e.Vars = append(e.Vars, o.Env...)
	e.Vars = append(e.Vars,
		graph.Var{Name: commandVariable, Value: asTyped(x)},
		graph.Var{Name: "PS1", Value: "(" + x.Ref() + ") \\w \\$ "})
	return e, nil
}

// interactive is bash without anybody's settings, or what there is.
var interactive = []string{"/bin/sh", "-c", "command -v bash >/dev/null && exec bash --noprofile --norc -i; exec /bin/sh -i"}

// asTyped is the command of an instance as one would type it.
func asTyped(x *graph.Instance) string {
	if x.Script != "" {
		return x.Script
	}
	return graph.Quote(x.Args)
}

func noShell(x *graph.Instance, program string) diag.Diagnostic {
	if x.Isolation == graph.IsolationProject {
		return diag.Diagnostic{Code: "E-shell", Summary: "no such program in this sandbox", Span: x.Span, Subject: subject(x),
			Detail: fmt.Sprintf("There is no program %s in the sandbox of %s. %s", program, x.Ref(), whatIsSeen(x))}
	}
	return diag.Diagnostic{Code: "E-shell", Span: x.Span, Subject: subject(x),
		Detail: fmt.Sprintf("There is no program %s in the sandbox of %s. With isolation = \"hermetic\" it has only what toolchains bring, and an image only its own. A toolchain with kind = \"files\" and files = [\"/bin/sh\"] brings one; another program of the sandbox is executed with: dewar shell %s -- PROGRAM", program, x.Ref(), x.Ref())}
}
