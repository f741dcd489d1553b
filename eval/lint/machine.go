package lint

import (
	"regexp"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// ofMachine matches a path of one machine: where homes and disks are.
var ofMachine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[\s"'=(<>])((?:/home|/Users|/root|/mnt|/media|/srv|/Volumes)/[^\s"'()<>;|&]+|[A-Za-z]:\\[^\s"'()<>;|&]+)`)
})

// machinePaths finds paths in commands and variables that exist on one machine only.
// Of the system's directories, where programs are, nothing is said.
func (l *linter) machinePaths(pl *place, e *hclsyntax.TemplateExpr) {
	if pl.kind() != "stage" || pl.inner != nil || pl.attr.Name != "command" && pl.attr.Name != "env" || l.inImage(pl.block) {
		return
	}
	for _, part := range e.Parts {
		lit, ok := part.(*hclsyntax.LiteralValueExpr)
		if !ok || ctyType(lit.Val) != stringType {
			continue
		}
		for _, at := range l.pathsIn(lit.Val.AsString()) {
			span := spanOf(lit.SrcRange)
			src, _ := l.source(span.File)
			if i := strings.Index(string(src[span.Start.Byte:span.End.Byte]), at); i >= 0 {
				span = l.span(span.File, span.Start.Byte+i, span.Start.Byte+i+len(at))
			}
			l.report("W-machine-path", span, pl.subject, nil, "%s", l.aboutPath(at))
		}
	}
}

func (l *linter) pathsIn(text string) []string {
	var out []string
	for _, m := range ofMachine().FindAllStringSubmatch(text, -1) {
		if !l.ofToolchain(m[1]) {
			out = append(out, m[1])
		}
	}
	if root := l.o.Root; len(out) == 0 && len(root) > 1 {
		if i := strings.Index(text, root+"/"); i >= 0 && (i == 0 || strings.IndexByte(" \t\n\"'=(<>", text[i-1]) >= 0) {
			end := strings.IndexAny(text[i:], " \t\n\"'()<>;|&")
			if end < 0 {
				end = len(text) - i
			}
			out = append(out, text[i:i+end])
		}
	}
	return out
}

func (l *linter) aboutPath(at string) string {
	if rest, ok := strings.CutPrefix(at, l.o.Root+"/"); ok && l.o.Root != "" {
		return "This is the project's own " + rest + ", by where it lies on this machine. Name it in inputs, relative to the pipeline, and write ${inputs.NAME} here."
	}
	return "The path " + at + " is one of this machine: in a sandbox and on other machines it leads nowhere. Declare what lies there as data with external = true, or as a toolchain; what differs from machine to machine is a param."
}

// inImage reports whether a stage's command sees the filesystem of an image, which may
// have any path.
func (l *linter) inImage(b *lang.Block) bool {
	for _, x := range []*lang.Block{b, l.p.Settings} {
		if x == nil {
			continue
		}
		if x.Attr("image") != nil {
			return true
		}
		if a := x.Attr("isolation"); a != nil {
			e, _ := a.Expr.(hclsyntax.Expression)
			s, ok := literalText(e)
			return !ok || s == "image"
		}
	}
	return false
}

// ofToolchain reports whether a path belongs to a toolchain, which is shown where it is.
func (l *linter) ofToolchain(at string) bool {
	for _, b := range l.p.Toolchains {
		for _, name := range []string{"path", "files"} {
			a := b.Attr(name)
			if a == nil {
				continue
			}
			e, _ := a.Expr.(hclsyntax.Expression)
			found := false
			walk(e, func(n hclsyntax.Node, _ []hclsyntax.Node) {
				if lit, ok := n.(*hclsyntax.LiteralValueExpr); ok && ctyType(lit.Val) == stringType {
					prefix, _, _ := strings.Cut(lit.Val.AsString(), "*")
					found = found || len(prefix) > 1 && strings.HasPrefix(at, strings.TrimSuffix(prefix, "/"))
				}
			})
			if found {
				return true
			}
		}
	}
	return false
}
