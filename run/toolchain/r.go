package toolchain

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

//go:embed probe.R
var probeR string

// rAnswer is what probe.R prints.
type rAnswer struct {
	version, platform, home string
	libraries               []string // in the order in which packages are looked for
	packages                []rPackage
}

type rPackage struct{ name, version, built, library string }

// r is an R with its installed packages: those that a plain Rscript finds, the user's own
// library included.
func (h *Host) r(ctx context.Context, t graph.Toolchain) (found, error) {
	var f found
	const get = "Install R (`apt install r-base-core`, `brew install r`), or write `path`: the Rscript, or the directory that has it in bin"
	program, looked, err := h.locate(t, sought{names: programNames("Rscript"), below: programNames("bin/Rscript"), get: get})
	if err == nil && program == "" {
		err = fmt.Errorf("%s is a directory without bin/Rscript. %s", t.Path, get)
	}
	if err != nil {
		return f, err
	}
	out, err := h.ask(ctx, Question{Args: []string{program, "--vanilla", "-e", probeR}, Env: h.cleanEnv(), Max: 16 << 20})
	if err != nil {
		return f, err
	}
	a, ok := parseR(out)
	if !ok {
		return f, babble(program, out)
	}
	f.Program, f.Version = program, strings.TrimPrefix(a.version, "R version ")
	f.Binding.Details = []graph.Field{{Label: "version", Value: a.version}, {Label: "platform", Value: a.platform}}
	looked = append(looked, program)
	for _, part := range []string{"bin/exec/R", "lib/libR.so", "lib/libR.dylib"} { // what runs R code
		at := filepath.Join(a.home, filepath.FromSlash(part))
		if sum, err := h.hash(at); err == nil {
			f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "file " + part, Value: sum.String()})
			looked = append(looked, at)
		}
	}
	for _, p := range a.packages { // sorted
		sum, at, err := h.description(p)
		if err != nil {
			return f, err
		}
		f.Binding.Details = append(f.Binding.Details, graph.Field{Label: "package " + p.name, Value: p.version + " built " + p.built + " " + sum})
		looked = append(looked, at)
	}
	h.bindR(&f, a)
	f.Seen = h.lookAll(append(looked, a.libraries...))
	return f, nil
}

// bindR says where R and its libraries are. R_LIBS names the same libraries whatever the HOME is.
func (h *Host) bindR(f *found, a rAnswer) {
	var mounts []string
	for _, p := range append([]string{a.home}, a.libraries...) {
		if real := h.real(p); !system(p) || !system(real) {
			mounts = append(mounts, p, real)
		}
		f.Parts.Trees = append(f.Parts.Trees, tree{Path: p})
	}
	f.Binding.Mounts = outermost(outsideSystem(mounts))
	f.Binding.Path = []string{filepath.Dir(f.Program)}
	f.Binding.Env = []graph.Var{
		{Name: "R_LIBS", Value: strings.Join(a.libraries, string(filepath.ListSeparator))},
		{Name: "R_LIBS_USER", Value: "NULL"},
	}
	f.Parts.Programs = []string{f.Program, filepath.Join(filepath.Dir(f.Program), "R"), filepath.Join(a.home, "bin/R"), filepath.Join(a.home, "bin/exec/R")}
	f.Parts.Tools = []string{"sh", "sed", "uname", "rm", "grep", "env", "which", "expr"} // bin/R is a script, and utils asks which programs there are
	f.Parts.Files = []string{"/usr/share/R", "/etc/R"}                                   // Debian has parts of R there
}

// parseR reads what probe.R prints. The first of the packages of a name is loaded.
func parseR(out []byte) (rAnswer, bool) {
	var a rAnswer
	known := map[string]bool{}
	whole := false
	for line := range strings.Lines(string(out)) {
		w := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		switch {
		case w[0] == "dewar" && len(w) == 2:
			whole = true
		case w[0] == "version" && len(w) == 2:
			a.version = w[1]
		case w[0] == "platform" && len(w) == 2:
			a.platform = w[1]
		case w[0] == "home" && len(w) == 2:
			a.home = w[1]
		case w[0] == "library" && len(w) == 2:
			a.libraries = append(a.libraries, w[1])
		case w[0] == "package" && len(w) == 5:
			if !known[w[1]] {
				known[w[1]] = true
				a.packages = append(a.packages, rPackage{w[1], w[2], w[3], w[4]})
			}
		default:
			return a, false
		}
	}
	slices.SortFunc(a.packages, func(x, y rPackage) int { return strings.Compare(x.name, y.name) })
	return a, whole && a.version != "" && filepath.IsAbs(a.home)
}

// description returns the digest of what a package says of itself. When it was compiled is no matter.
func (h *Host) description(p rPackage) (sum, at string, err error) {
	at = filepath.Join(p.library, p.name, "DESCRIPTION")
	text, err := h.read(at)
	if err != nil {
		at = filepath.Join(p.library, p.name, "Meta", "package.rds")
		d, err := h.hash(at)
		if err != nil {
			return "", at, fmt.Errorf("the R package %s has neither a DESCRIPTION nor Meta/package.rds in %s: install it again", p.name, filepath.Join(p.library, p.name))
		}
		return d.Hex(), at, nil
	}
	var kept strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "Built:") {
			kept.WriteString(line)
		}
	}
	return digest.Of([]byte(kept.String())).Hex(), at, nil
}
