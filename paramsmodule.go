package dewar

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
)

// ModuleParam says who gives a param of a module its value, if a name is that of one: as
// "prep.raw" or "prep/raw", where the pipeline in dir has a module prep.
func (p *Project) ModuleParam(dir, name string) (diag.Diagnostic, bool) {
	pipe, ds := lang.Load(p.view, dir)
	module, param := splitModuleParam(name)
	i := slices.IndexFunc(pipe.Modules, func(b *lang.Block) bool { return b.Name == module })
	if ds.HasErrors() || i < 0 {
		return diag.Diagnostic{}, false
	}
	b := pipe.Modules[i]
	at, given := lang.ModuleGives(b, param)
	d := diag.Diagnostic{Code: "E-param-unknown", Span: at, Subject: b.Subject()}
	within := p.moduleSource(dir, b)
	own := slices.IndexFunc(within.Params, func(x *lang.Block) bool { return x.Name == param })
	switch {
	case len(within.Files) > 0 && own < 0:
		d.Detail = fmt.Sprintf("Module %s has no param %q.%s", module, param, meant(param, blockNames(within.Params)))
	case given:
		d.Detail = fmt.Sprintf("%q is a param of module %s. Its value is what this block gives it.", param, module)
	default:
		d.Detail = fmt.Sprintf("%q is a param of module %s, and this block gives it no value: it has that of the module's own file or default.", param, module)
		if own >= 0 {
			d.Notes = []diag.Note{{Span: valuePlace(within.Params[own]), Text: "it is declared here"}}
		}
		if reader := readerOf(within, param); reader != "" {
			d.Detail += fmt.Sprintf(" `dewar show %s/%s` shows it among what the stage uses.", module, reader)
		}
	}
	return d, true
}

// splitModuleParam takes "module.prep.raw", "prep/raw", "prep@lang=de/raw" and "prep[lang=de]/raw" apart.
func splitModuleParam(name string) (module, param string) {
	name = strings.TrimPrefix(name, "module.")
	if i := strings.IndexAny(name, "@[./"); i >= 0 && (name[i] == '@' || name[i] == '[') {
		return name[:i], name[strings.LastIndexByte(name, '/')+1:]
	}
	i := strings.IndexAny(name, "./")
	if i < 0 {
		return "", name
	}
	param, _, _ = strings.Cut(name[i+1:], ".") // a part of it
	return name[:i], param
}

// moduleSource reads the pipeline of a module; one without files if that is not in the project, or
// its text is wrong.
func (p *Project) moduleSource(dir string, b *lang.Block) *lang.Pipeline {
	source := lang.ModuleSource(b)
	at := path.Join(dir, source)
	if source == "" || at == ".." || strings.HasPrefix(at, "../") {
		return &lang.Pipeline{}
	}
	pipe, ds := lang.Load(p.view, at)
	if ds.HasErrors() {
		return &lang.Pipeline{}
	}
	return pipe
}

func blockNames(blocks []*lang.Block) []string {
	names := make([]string, len(blocks))
	for i, b := range blocks {
		names[i] = b.Name
	}
	return names
}

// valuePlace is where the block of a param says what value it has, or the block.
func valuePlace(b *lang.Block) diag.Span {
	for _, name := range []string{"file", "default"} {
		if a := b.Attr(name); a != nil {
			return a.Span
		}
	}
	return b.Span
}

// readerOf is the name of the first stage that refers to a param itself; "" if none does.
func readerOf(pipe *lang.Pipeline, param string) string {
	for _, b := range pipe.Stages {
		for _, a := range b.Attrs {
			if slices.ContainsFunc(lang.Refs(a.Expr), func(r lang.Ref) bool { return r.Root == "param" && r.Name == param }) {
				return b.Name
			}
		}
	}
	return ""
}
