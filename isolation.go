package dewar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// requireIsolation has nothing executed below the level that it asks for, and no result count
// that came from below it. It says, before anything happens, whether this machine can do that
// for instances ids.
func (s *session) requireIsolation(ids []graph.ID) error {
	s.strict = true
	for _, id := range ids {
		x := &s.g.Instances[id]
		if x.Native || x.Frozen || x.Isolation == graph.IsolationOff {
			continue
		}
		exec, err := s.executor.get(s.p, s.slots)
		if err != nil {
			return err
		}
		if e, ok := exec.(interface{ Reach() error }); ok {
			return s.explainRefused(x, e.Reach())
		}
		return nil
	}
	return nil
}

// explainRefused turns the error of an executor that will not do with less into what a
// person can mend.
func (s *session) explainRefused(x *graph.Instance, err error) error {
	var r interface {
		Refusal() (reason, advice string)
	}
	if !errors.As(err, &r) {
		return err
	}
	reason, advice := r.Refusal()
	d := diag.Diagnostic{
		Code: "E-isolation-level", Span: x.Span, Subject: subject(x),
		Detail: fmt.Sprintf("%s asks for the isolation level %s, which cannot be had on this machine, so nothing was executed. The reason: %s.", x.Ref(), x.Isolation, strings.TrimSuffix(reason, ".")),
	}
	if advice != "" {
		d.Detail += fmt.Sprintf(" What helps: %s.", strings.TrimSuffix(advice, "."))
	}
	d.Detail += " `dewar doctor` tries every level."
	if s.strict {
		d.Detail += " Without --require-isolation commands run at the best level that there is, and their results stay on this machine."
	}
	return run.Final(failure(d))
}

// tooWeak reports whether the result that is known of x's action was reached at a lower
// level than x asks for, or may have been, in a run that will not have that.
func (s *session) tooWeak(ctx context.Context, x *graph.Instance, key digest.Digest) bool {
	if !s.strict || x.Native || x.Frozen {
		return false
	}
	// What the lock has may be of another execution than the result that is found first, and without a result
	// nobody knows which level it is of.
	locked := s.locked(x, key)
	res, err := s.p.store.Result(key)
	if err == nil && res == nil && s.pull.result(ctx, key) {
		res, err = s.p.store.Result(key)
	}
	if err != nil || res == nil {
		return locked != nil
	}
	return res.Level != x.Isolation || locked != nil && !slices.Equal(locked, outputsOf(x, res))
}

// noticeLevel says, once, that commands were isolated less than was asked for: what they read
// beside their inputs, or could have.
func (s *session) noticeLevel(x *graph.Instance, out *run.Outcome) {
	if out.Level == x.Isolation || out.Level != graph.IsolationPrivate && out.Level != graph.IsolationLandlock {
		return
	}
	s.reduced.Do(func() {
		reason := ""
		if e, ok := s.executor.exec.(interface {
			Level() (graph.Isolation, string)
		}); ok {
			_, reason = e.Level()
		}
		if reason != "" {
			reason = " The reason: " + strings.TrimSuffix(reason, ".") + "."
		}
		s.note(diag.Diagnostic{
			Severity: diag.Warning, Code: "W-isolation",
			Detail: fmt.Sprintf(lessText(out.Level), x.Ref(), x.Isolation) + " Their results stay on this machine." + reason + " `dewar doctor` says more.",
		})
	})
}

// lessText says what a level lacks, of an instance and the level that it asks for.
func lessText(level graph.Isolation) string {
	if level == graph.IsolationLandlock {
		return "Commands ran in private directories that Landlock keeps them to, and not in a sandbox of their own: %s and others ask for the level %s. They could read the system, their toolchains and their inputs and no other file, but they could see other processes and ask which files there are."
	}
	return "Commands ran in private directories, not in a sandbox: %s and others ask for the level %s, and what they read beside their declared inputs, dewar did not see."
}

// lockedNote explains a permission that Landlock did not give, to who knows that the file is there.
func lockedNote(out *run.Outcome, text string) []diag.Note {
	if out.Level != graph.IsolationLandlock || !strings.Contains(text, "ermission denied") {
		return nil
	}
	return []diag.Note{{Text: "it ran under Landlock: it may read the system, its toolchains and its inputs, and write in its own directory, to scratch and below $TMPDIR. To everything else, /tmp itself among it, permission is denied."}}
}

// withoutTrace reports whether a command ran where nothing can be seen of what it looks for, and where
// showing it the whole workspace would mean to copy that.
func withoutTrace(out *run.Outcome) bool {
	return out.Level == graph.IsolationLandlock || out.Level == graph.IsolationPrivate
}
