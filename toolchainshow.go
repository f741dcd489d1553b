package dewar

import (
	"context"
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/toolchain"
)

// Question is a program of the host to be started, and Answer is how it ended.
type (
	Question = toolchain.Question
	Answer   = toolchain.Answer
)

// AskProgram is the Host.Ask of this machine.
func AskProgram(ctx context.Context, q Question) (Answer, error) { return toolchain.Start(ctx, q) }

// ShownToolchain is a declared toolchain and what it is on this machine.
type ShownToolchain struct {
	Declared graph.Toolchain
	Found    toolchain.Found // the zero Found if it was not found
	Problems diag.List       // why it was not
}

// Toolchains looks for the declared toolchains, or those of the names. base says whether to look
// for what they need of the system as well. What is not found is no error, but is said of it.
func (p *Project) Toolchains(ctx context.Context, ev *Evaluation, names []string, base bool) ([]ShownToolchain, error) {
	list, err := pickToolchains(ev.Graph, names)
	if err != nil {
		return nil, err
	}
	h := p.toolchains()
	out := make([]ShownToolchain, len(list))
	for i, t := range list {
		out[i].Declared = t
		out[i].Found, out[i].Problems = h.Find(ctx, t, base)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pickToolchains returns those of the names, in their order, or all.
func pickToolchains(g *graph.Graph, names []string) ([]graph.Toolchain, error) {
	if len(names) == 0 {
		return g.Toolchains, nil
	}
	known := map[string]graph.Toolchain{}
	var all []string
	for _, t := range g.Toolchains {
		known[t.Name] = t
		all = append(all, t.Name)
	}
	var out []graph.Toolchain
	var unknown diag.List
	for _, name := range names {
		t, ok := known[name]
		if !ok {
			unknown = append(unknown, diag.Diagnostic{Code: "E-ref-unknown", Detail: fmt.Sprintf("The pipeline declares no toolchain %q.", name) + otherwise(name, all)})
		}
		out = append(out, t)
	}
	return out, unknown.Err()
}

func otherwise(name string, all []string) string {
	if len(all) == 0 {
		return " It declares none."
	}
	return didYouMean(name, all)
}

// toolchainsHeld checks that x's toolchains are what they were when its action key was computed: somebody may
// have installed something while its command ran.
func (s *session) toolchainsHeld(ctx context.Context, x *graph.Instance) error {
	for _, t := range s.g.Toolchains {
		b, used := s.bindings[t.Name]
		if !used || !slices.Contains(x.Toolchains, t.Name) || s.p.toolchains().Unchanged(ctx, t, b) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return run.Final(failure(toolchainChanged(x, t)))
	}
	return nil
}

func toolchainChanged(x *graph.Instance, t graph.Toolchain) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "E-toolchain-changed", Span: t.Span, Subject: subject(x),
		Detail: fmt.Sprintf("Toolchain %q is not what it was when this run began: something was installed, removed or replaced while %s ran. Its result is not kept, for nobody knows which of the two made it. Run it again; `dewar toolchain show %s` says what is there now.", t.Name, x.Ref(), t.Name),
	}
}
