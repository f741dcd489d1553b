package dewar

import (
	"context"
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"strings"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// failure makes an error of diagnostics.
func failure(ds ...diag.Diagnostic) error { return &diag.Failure{List: ds} }

func subject(x *graph.Instance) string { return fmt.Sprintf("stage %q", x.Stage) }

// shownLines is how much of a failed command's log a message shows.
const shownLines = 20

// explainFailure says what happened to a command that failed, what it looked
// for in vain, and what to do.
func (s *session) explainFailure(ctx context.Context, id graph.ID, e *run.Execution, out *run.Outcome, log *commandLog, last bool) error {
	x := &s.g.Instances[id]
	d := diag.Diagnostic{Code: "E-action-failed", Span: x.Span, Subject: subject(x)}
	took := roundTime(out.Wall)
	switch {
	case len(out.NotFound) > 0:
		d.Code = "E-command-not-found"
		d.Detail = s.notFound(x, out)
	case out.TimedOut:
		d.Code = "E-timeout"
		d.Detail = fmt.Sprintf("%s did not end within its timeout of %s, and was ended.", x.Ref(), x.Timeout)
	case out.Signal != "":
		d.Detail = fmt.Sprintf("%s was ended by signal %s after %s.%s", x.Ref(), out.Signal, took, signalAdvice(out.Signal))
	default:
		d.Detail = fmt.Sprintf("%s exited with status %d after %s.%s", x.Ref(), out.ExitCode, took, statusAdvice(x, out.ExitCode))
	}
	if lines := log.lastLines(shownLines); len(lines) > 0 {
		d.Notes = append(d.Notes, diag.Note{Text: "the last lines that it wrote:\n    " + strings.Join(lines, "\n    ")})
	}
	fix := s.undeclared(ctx, id, e, out, log, last)
	if !fix.Empty() {
		d.Code = "E-undeclared"
		d.Notes = append(d.Notes, diag.Note{Text: fix.Advice()})
	} else if note := withheld(x); note != "" {
		d.Notes = append(d.Notes, diag.Note{Text: note})
	}
	d.Notes = append(d.Notes, s.hints(x, strings.Join(log.lastLines(200), "\n"))...)
	d.Notes = append(d.Notes, lockedNote(out, strings.Join(log.lastLines(200), "\n"))...)
	s.record.failed(id, out, s.keepLog(log), fix)
	if len(out.NotFound) > 0 { // it will not be there the next time either
		return run.Final(failure(d))
	}
	return failure(d)
}

// signalAdvice adds what a signal usually means.
func signalAdvice(signal string) string {
	if signal == "SIGKILL" || signal == "killed" {
		return " Something outside killed it; running out of memory is the usual reason."
	}
	return ""
}

// statusAdvice adds what shells, and the sandbox as they do, mean by a status.
func statusAdvice(x *graph.Instance, code int) string {
	switch code {
	case 126:
		return " The program is there but did not start; what it wrote says why. If it is a script, make it executable (chmod +x), or name what is to read it, as in `sh script.sh`."
	case 127:
		return " A program was not found. " + whatIsSeen(x)
	}
	return ""
}

// whatIsSeen ends what is said about a program that was not found.
func whatIsSeen(x *graph.Instance) string {
	switch x.Isolation {
	case graph.IsolationHermetic:
		return "With isolation = \"hermetic\" a command sees its toolchains' programs and its inputs, and not the system's. Declare a toolchain that brings it: kind = \"files\" with files = [\"/bin/sh\", …] brings programs of the system."
	case graph.IsolationImage:
		return "With isolation = \"image\" a command sees the programs of the image and its inputs. Use an image that has it, or name it as an input."
	}
	return "A command sees the system's programs, its toolchains' and its inputs, nothing else of this machine. Install it for everyone, name it as an input, or declare a toolchain of kind \"files\"."
}

// notFound says where the command was looked for.
func (s *session) notFound(x *graph.Instance, out *run.Outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "There is no program %q where %s looks for it:\n", argv0(x), x.Ref())
	for _, place := range out.NotFound {
		fmt.Fprintf(&b, "    %s\n", inProject(place))
	}
	switch name := path.Base(argv0(x)); {
	case strings.HasPrefix(name, "python") && len(x.Toolchains) == 0 && x.Isolation == graph.IsolationProject:
		b.WriteString("A stage sees no python but the system's unless it declares one: add a block `toolchain \"python\" { kind = \"python\" }` and `toolchains = [toolchain.python]` to the stage or the pipeline block.")
	default:
		b.WriteString(whatIsSeen(x))
	}
	return b.String()
}

// inProject spells a place in the sandbox as the person knows it.
func inProject(place string) string {
	place = path.Clean(place)
	if rel, ok := strings.CutPrefix(place, sandboxRoot); ok {
		return rel
	}
	return place
}

// sandboxRoot is where the project stands in a sandbox.
const sandboxRoot = "/project/"

func argv0(x *graph.Instance) string {
	if len(x.Args) == 0 {
		return ""
	}
	return x.Args[0]
}

// withheld lists the params that a failed command could not see.
func withheld(x *graph.Instance) string {
	var b strings.Builder
	for _, sec := range x.Params {
		if len(sec.Withheld) > 0 {
			fmt.Fprintf(&b, "%s held only %s; not declared by the stage, so not in it: %s", sec.Path, list(sec.Keys), list(sec.Withheld))
		}
	}
	return b.String()
}

func list(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// wrongOutputs compares what was made with what was declared.
func (s *session) wrongOutputs(x *graph.Instance, out *run.Outcome) diag.List {
	var ds diag.List
	for _, o := range x.Outputs {
		info, err := s.p.host.FS.Lstat(hostJoin(out.Root, o.At))
		switch {
		case isNotExist(err):
			ds = append(ds, s.outputMissing(x, o, out))
		case err != nil:
			ds = append(ds, diag.Diagnostic{Code: "E-output-unreadable", Span: o.Span, Subject: subject(x),
				Detail: fmt.Sprintf("%s made something at %s that cannot be looked at: %v.", x.Ref(), slashed(o, o.At), underlying(err))})
		case info.IsSymlink():
			ds = append(ds, diag.Diagnostic{Code: "E-output-kind", Span: o.Span, Subject: subject(x),
				Detail: fmt.Sprintf("%s made a symbolic link at %s; an output is a file or a directory. Copy what it leads to.", x.Ref(), o.At)})
		case o.Dir && !info.IsDir():
			ds = append(ds, diag.Diagnostic{Code: "E-output-kind", Span: o.Span, Subject: subject(x),
				Detail: fmt.Sprintf("%s made a file at %s, where a directory is declared. If a file is meant, leave out the slash at the end: %q.", x.Ref(), o.At, o.Path)})
		case !o.Dir && info.IsDir():
			ds = append(ds, diag.Diagnostic{Code: "E-output-kind", Span: o.Span, Subject: subject(x),
				Detail: fmt.Sprintf("%s made a directory at %s, where a file is declared. If a directory is meant, end the path with a slash: %q.", x.Ref(), o.At, o.Path+"/")})
		case !o.Dir && !info.IsRegular():
			ds = append(ds, diag.Diagnostic{Code: "E-output-kind", Span: o.Span, Subject: subject(x),
				Detail: fmt.Sprintf("%s made something at %s that is neither a file nor a directory (%s).", x.Ref(), o.At, info.Mode)})
		}
	}
	return ds
}

// lookalike is what was made elsewhere under the name of o, "" if nothing was.
func lookalike(o graph.Output, wrote []run.Written) string {
	name := path.Base(o.At)
	for _, w := range wrote {
		if !o.Dir {
			if path.Base(w.At) == name {
				return w.At
			}
			continue
		}
		for dir := path.Dir(w.At); dir != "."; dir = path.Dir(dir) {
			if path.Base(dir) == name {
				return dir + "/"
			}
		}
	}
	return ""
}

// underlying is what failed and what the system said, without a path that nobody knows.
func underlying(err error) error {
	var p *iofs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Op, p.Err)
	}
	return err
}

// slashed spells a path of o as it is declared.
func slashed(o graph.Output, at string) string {
	if o.Dir {
		return at + "/"
	}
	return at
}

func bytesText(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// outputMissing says what a command that ended well did not make, and what it
// made instead.
func (s *session) outputMissing(x *graph.Instance, o graph.Output, out *run.Outcome) diag.Diagnostic {
	d := diag.Diagnostic{Code: "E-output-missing", Span: o.Span, Subject: subject(x)}
	d.Detail = fmt.Sprintf("%s ended well but did not make %s.", x.Ref(), slashed(o, o.At))
	if at := lookalike(o, out.Undeclared); at != "" {
		d.Detail += fmt.Sprintf(" It made %s: if that is the output, declare that path, or say where it is made with `{ path = %q, at = %q }`.", at, slashed(o, o.Path), at)
	}
	var wrote []string
	for _, w := range out.Undeclared {
		wrote = append(wrote, fmt.Sprintf("    %s (%s)", w.At, bytesText(w.Size)))
	}
	if len(wrote) > shownLines {
		wrote = append(wrote[:shownLines], fmt.Sprintf("    and %d more", len(out.Undeclared)-shownLines))
	}
	if len(wrote) > 0 {
		d.Notes = append(d.Notes, diag.Note{Text: "it made these, which are not declared:\n" + strings.Join(wrote, "\n")})
	}
	return d
}

// explainOutput turns an error of taking an output in into what a person can mend.
func (s *session) explainOutput(x *graph.Instance, o graph.Output, err error) error {
	var tree *fs.TreeError
	if !errors.As(err, &tree) {
		return fmt.Errorf("take in %s of %s: %w", o.At, x.Ref(), err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s holds things that cannot be part of an output:\n", o.At)
	for i, bad := range tree.Bad {
		if i == shownLines {
			fmt.Fprintf(&b, "    and %d more\n", len(tree.Bad)-i)
			break
		}
		fmt.Fprintf(&b, "    %s %s\n", bad.Path, bad.Problem)
	}
	b.WriteString("Outputs hold files, directories, and symbolic links that stay inside them.")
	return failure(diag.Diagnostic{Code: "E-output-content", Span: o.Span, Subject: subject(x), Detail: b.String()})
}

// unreadable says what about an input cannot be content.
func (s *session) unreadable(x *graph.Instance, err error) diag.Diagnostic {
	d := diag.Diagnostic{Code: "E-input-unreadable", Span: x.Span, Subject: subject(x)}
	var in *graph.InputError
	if errors.As(err, &in) {
		d.Span, err = in.Input.Span, in.Err
	}
	var tree *fs.TreeError
	var bad *fs.BadPath
	switch {
	case errors.As(err, &tree):
		d.Detail = fmt.Sprintf("An input of %s cannot be used: %v. Inputs hold files, directories, and symbolic links that stay inside them.", x.Ref(), err)
	case errors.As(err, &bad):
		d.Detail = fmt.Sprintf("An input of %s cannot be used: %v.", x.Ref(), err)
	case errors.Is(err, fs.ErrChanging):
		d.Code = "E-input-changed"
		d.Detail = fmt.Sprintf("An input of %s keeps changing while it is read: %v. Wait until it is written.", x.Ref(), err)
	default:
		d.Detail = fmt.Sprintf("Reading the inputs of %s: %v.", x.Ref(), err)
	}
	return d
}

func (s *session) missingInput(x *graph.Instance, in *graph.Input) diag.Diagnostic {
	at := in.Path
	if in.Kind == graph.Artifact {
		o := s.g.Instances[in.From].Outputs[in.Output]
		return diag.Diagnostic{Code: "E-input-missing", Span: in.Span, Subject: subject(x),
			Detail: fmt.Sprintf("%s needs %s inside %s, which %s made without it.", x.Ref(), in.Sub, o.Path, s.g.Instances[in.From].Ref())}
	}
	if isExternal(at) && s.hostOf(at) == "" {
		return s.unread(x, in)
	}
	return diag.Diagnostic{Code: "E-input-missing", Span: in.Span, Subject: subject(x),
		Detail: fmt.Sprintf("%s needs %s, which %s.%s", x.Ref(), at, s.absent(at), s.whence(in))}
}

// whence says where data that is missing can be had.
func (s *session) whence(in *graph.Input) string {
	l := s.lock.DataOf(in.Data)
	switch {
	case inModules(in.Path):
		return " It is not part of the commit: Git does not have what .gitignore leaves out, as tracked data, nor what Git LFS or a submodule holds. Have it as data of your own pipeline, and give it to the module as a param."
	case in.Data == "":
		return ""
	case l == nil:
		if d := dataNamed(s.g, in.Data); d != nil && d.From.Project != "" {
			return fmt.Sprintf(" It is of another project, and nobody has taken it yet: `dewar data update %s` brings it.", d.Name)
		}
		return ""
	case s.p.store.HasAll(l.Content):
		return " The lock and the cache know it: `dewar checkout` brings it back."
	}
	return fmt.Sprintf(" The lock knows it: `dewar pull data.%s` brings it from a remote, and `dewar run --pull` whatever a run needs.", in.Data)
}

// absent says how a path of the workspace is not there.
func (s *session) absent(rel string) string {
	if isExternal(rel) {
		return "is not there: it is " + s.hostOf(rel)
	}
	if target, err := s.p.host.FS.Readlink(s.p.hostPath(rel)); err == nil {
		return fmt.Sprintf("is a symbolic link to %s, and that is not there", target)
	}
	return "is not there"
}

func (s *session) inputChanged(x *graph.Instance, in *graph.Input) diag.Diagnostic {
	return diag.Diagnostic{Code: "E-input-changed", Span: in.Span, Subject: subject(x),
		Detail: fmt.Sprintf("%s changed while %s was running, so what it made belongs to no version of it. Nothing was kept; run again.", in.Path, x.Ref())}
}

func treeChanged(x *graph.Instance, l graph.Leaf, err error) diag.Diagnostic {
	return diag.Diagnostic{Code: "E-input-changed", Span: x.Span, Subject: subject(x),
		Detail: fmt.Sprintf("The copy of %s in dewar's cache is damaged: %v. It was removed, and what %s made with it was not kept.", l.At, err, x.Ref())}
}

// keepFailedLog keeps what a command wrote whose outputs could not be used.
func (s *session) keepFailedLog(id graph.ID, log *commandLog, err error) error {
	s.record.failed(id, nil, s.keepLog(log), Fix{})
	return err
}

// keepLog puts a failed command's log into the store; not being able to is no
// further failure.
func (s *session) keepLog(log *commandLog) digest.Digest {
	d, err := log.keep(s.p.store)
	if err != nil {
		return digest.Digest{}
	}
	return d
}

// roundTime shortens a duration for people.
func roundTime(d time.Duration) time.Duration {
	switch {
	case d > time.Minute:
		return d.Round(time.Second)
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}
