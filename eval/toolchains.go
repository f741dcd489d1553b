package eval

import (
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

// toolchain is a toolchain block.
type toolchain struct {
	block *lang.Block
	state state
	out   graph.Toolchain
	value cty.Value
}

func (ev *evaluator) toolchain(name string) (cty.Value, bool) {
	t := ev.toolchains[name]
	if t == nil {
		return cty.DynamicVal, false
	}
	if t.state == waiting {
		t.state = failed
		if ev.toolchainBlock(t) {
			t.state = good
		}
		t.value = cty.CapsuleVal(toolchainType, &t.out.Name)
	}
	return t.value, t.state == good
}

// toolchainKinds are the kinds, and whether each is found by a path: those of a language.
var toolchainKinds = []struct {
	name     string
	language bool
}{{"python", true}, {"r", true}, {"node", true}, {"java", true}, {"conda", true}, {"files", false}, {"command", false}}

func (ev *evaluator) toolchainBlock(t *toolchain) bool {
	b := t.block
	t.out = graph.Toolchain{Name: ev.sharedPrefix(b) + b.Name, Span: b.Span}
	at := ev.attrs(b, nil, view{base: ev.dir})
	kind, ok1 := at.text("kind", "")
	p, ok2 := at.text("path", "")
	files, ok3 := at.texts("files")
	share, ok4 := at.flag("share", false)
	args, ok5 := at.texts("command")
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 {
		return false
	}
	t.out.Kind, t.out.Path, t.out.Files, t.out.Share, t.out.Args = kind, p, files, share, args
	return ev.toolchainForm(b, &t.out) && ev.toolchainOurs(b, &t.out) && ev.toolchainPaths(b, &t.out)
}

// toolchainForm looks whether a toolchain has what its kind needs, and nothing else.
func (ev *evaluator) toolchainForm(b *lang.Block, t *graph.Toolchain) bool {
	if t.Kind == "" {
		return true // it is missing, which was said, or unknown
	}
	var names []string
	language, known := false, false
	for _, k := range toolchainKinds {
		names = append(names, k.name)
		if k.name == t.Kind {
			language, known = k.language, true
		}
	}
	wrong := func(at diag.Span, format string, args ...any) bool {
		ev.errorf(nil, "E-toolchain-form", at, format, args...)
		return false
	}
	switch {
	case !known:
		last := len(names) - 1
		return wrong(b.Attr("kind").Span, "There is no toolchain of kind %q. The kinds are %s and %s.", t.Kind, strings.Join(names[:last], ", "), names[last])
	case t.Kind == "files" && len(t.Files) == 0:
		return wrong(b.Span, "A toolchain of kind files needs files = [\"/opt/…\"]: absolute paths or globs of the host.")
	case t.Kind == "command" && len(t.Args) == 0:
		return wrong(b.Span, "A toolchain of kind command needs command = [\"gcc\", \"--version\"]: what it prints is the fingerprint.")
	case t.Path != "" && !language:
		return wrong(b.Attr("path").Span, "path belongs to the kinds of a language. Kind %s has %s.", t.Kind, t.Kind)
	case len(t.Files) > 0 && language:
		return wrong(b.Attr("files").Span, "files belongs to the kinds files and command. Kind %s has path.", t.Kind)
	case len(t.Args) > 0 && t.Kind != "command":
		return wrong(b.Attr("command").Span, "command belongs to kind command, and this is kind %s.", t.Kind)
	}
	return true
}

// toolchainOurs reports a toolchain with which a stranger would decide what is started on this
// machine, or seen of it: a toolchain is looked for outside of any sandbox, for plan and status too.
func (ev *evaluator) toolchainOurs(b *lang.Block, t *graph.Toolchain) bool {
	if ev.space.Ours() {
		return true
	}
	why := func(attr, what string) bool {
		at := b.Span
		if a := b.Attr(attr); a != nil {
			at = a.Span
		}
		ev.errorf(nil, "E-module-toolchain", at, "Toolchain %s %s. A toolchain is looked for on this machine outside of any sandbox, and a pipeline from Git does not decide what is started or seen there: it may only name a kind of a language, as kind = \"python\", which is found as always. If you trust it, have a copy of the pipeline in your project, and name its directory as the source.", b.Name, what)
		return false
	}
	switch {
	case t.Kind == "command":
		return why("command", "is what a command says")
	case t.Kind == "files":
		return why("files", "is files of this machine")
	case t.Path != "":
		return why("path", "is the program at "+quoteJSON(t.Path))
	}
	return true
}

// toolchainPaths makes the paths canonical.
func (ev *evaluator) toolchainPaths(b *lang.Block, t *graph.Toolchain) bool {
	for _, f := range t.Files {
		if !strings.HasPrefix(f, "/") {
			ev.errorf(nil, "E-toolchain-form", b.Attr("files").Span, "%q is not absolute. The files of a toolchain are the host's; files of the project are inputs.", f)
			return false
		}
	}
	sort.Strings(t.Files)
	if t.Path == "" || strings.HasPrefix(t.Path, "/") {
		return true
	}
	clean, err := ev.inside(t.Path)
	if err != nil {
		ev.errorf(nil, "E-path-escape", b.Attr("path").Span, "A toolchain lies inside the project or has an absolute path; %v.", err)
		return false
	}
	t.Path = clean
	return true
}
