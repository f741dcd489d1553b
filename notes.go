package dewar

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/store"
)

// corruption tells of a file of the store that was set aside.
func corruption(c store.Corruption) diag.Diagnostic {
	return diag.Diagnostic{
		Severity: diag.Warning, Code: "W-cache-corrupt",
		Detail: fmt.Sprintf("%s was not what its name says (%s); it has been moved to %s and counts as missing.", c.Path, corruptionDetail(c), c.Kept),
	}
}

func corruptionDetail(c store.Corruption) string {
	if c.Detail != "" {
		return c.Detail
	}
	return fmt.Sprintf("its bytes are %s", c.Got)
}

// paramsOf returns references to the params whose file is the project path rel.
func (s *session) paramsOf(rel string) []string {
	var out []string
	for _, p := range s.g.Params {
		if p.File == rel {
			out = append(out, "param."+p.Name)
		}
	}
	return out
}

// noticeTrace warns of undeclared files that a traced command looked for
// although it went well without them.
func (s *session) noticeTrace(x *graph.Instance, out *run.Outcome) {
	if !s.trace || len(out.Accesses) == 0 {
		return
	}
	f := s.finder(x)
	f.accesses(out.Accesses)
	if fix := f.fix(); !fix.Empty() {
		s.note(diag.Diagnostic{
			Severity: diag.Warning, Code: "W-undeclared", Span: x.Span, Subject: subject(x),
			Detail: fmt.Sprintf("%s went well, but %s", x.Ref(), fix.Advice()),
		})
	}
}

// noticeLeftovers lists what a command that went well made beside its outputs:
// it is dropped, and somebody may miss it. What ignore rules name, nobody does.
func (s *session) noticeLeftovers(x *graph.Instance, out *run.Outcome) {
	var lines []string
	for _, w := range out.Undeclared {
		if ignored, err := s.scan.Ignore.Match(w.At, false); err == nil && !ignored {
			lines = append(lines, fmt.Sprintf("    %s (%d bytes)", w.At, w.Size))
		}
	}
	if len(lines) == 0 {
		return
	}
	if n := len(lines) - shownLines; n > 0 {
		lines = append(lines[:shownLines], fmt.Sprintf("    and %d more", n))
	}
	d := diag.Diagnostic{
		Severity: diag.Warning, Code: "W-undeclared-output", Span: x.Span, Subject: subject(x),
		Detail: "The command also made these, which the stage does not declare. They were dropped; declare what is needed as outputs, and write what is not below /tmp.\n" + strings.Join(lines, "\n"),
	}
	if x.Key != "" {
		d.Instances = []string{x.Key}
	}
	s.note(d)
}
