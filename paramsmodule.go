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
	own, where := p.moduleParams(dir, b)
	switch {
	case own != nil && !slices.Contains(own, param):
		d.Detail = fmt.Sprintf("Module %s has no param %q.%s", module, param, meant(param, own))
	case given:
		d.Detail = fmt.Sprintf("%q is a param of module %s. Its value is what this block gives it.", param, module)
	default:
		d.Detail = fmt.Sprintf("%q is a param of module %s, and this block gives it no value: it has that of the module's own file or default.%s", param, module, where)
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

// moduleParams are the names of the params of a module; nil if they are not known. where
// says how they are shown.
func (p *Project) moduleParams(dir string, b *lang.Block) (names []string, where string) {
	source := lang.ModuleSource(b)
	at := path.Join(dir, source)
	if source == "" || at == ".." || strings.HasPrefix(at, "../") {
		return nil, ""
	}
	pipe, ds := lang.Load(p.view, at)
	if ds.HasErrors() {
		return nil, ""
	}
	names = []string{}
	for _, x := range pipe.Params {
		names = append(names, x.Name)
	}
	return names, fmt.Sprintf(" `dewar show params` in %s shows it.", at)
}
