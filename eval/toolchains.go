package eval

import (
	"sort"
	"strings"

	"github.com/dewar-build/dewar/fs"
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

func (ev *evaluator) toolchainBlock(t *toolchain) bool {
	b := t.block
	t.out = graph.Toolchain{Name: b.Name, Span: b.Span}
	at := ev.attrs(b, nil, view{base: ev.dir})
	kind, ok1 := at.text("kind", "")
	p, ok2 := at.text("path", "")
	files, ok3 := at.texts("files")
	share, ok4 := at.flag("share", false)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return false
	}
	t.out.Kind, t.out.Path, t.out.Files, t.out.Share = kind, p, files, share
	switch {
	case kind != "python" && kind != "files" && kind != "":
		ev.errorf(nil, "E-toolchain-form", b.Attr("kind").Span, "There is no toolchain of kind %q. The kinds are python and files.", kind)
		return false
	case kind == "files" && len(files) == 0:
		ev.errorf(nil, "E-toolchain-form", b.Span, "A toolchain of kind files needs files = [\"/opt/…\"]: absolute paths or globs of the host.")
		return false
	case kind == "python" && len(files) > 0, kind == "files" && p != "":
		ev.errorf(nil, "E-toolchain-form", b.Span, "path belongs to kind python, files to kind files.")
		return false
	}
	for _, f := range files {
		if !strings.HasPrefix(f, "/") {
			ev.errorf(nil, "E-toolchain-form", b.Attr("files").Span, "%q is not absolute. The files of a toolchain are the host's; files of the project are inputs.", f)
			return false
		}
	}
	sort.Strings(t.out.Files)
	if p != "" && !strings.HasPrefix(p, "/") {
		clean, err := fs.CleanProjectPath(ev.dir, p)
		if err != nil {
			ev.errorf(nil, "E-path-escape", b.Attr("path").Span, "A toolchain lies inside the project or has an absolute path; %v.", err)
			return false
		}
		t.out.Path = clean
	}
	return true
}
