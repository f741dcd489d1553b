package lsp

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// symbolKinds are those of the protocol, by the kind of block.
var symbolKinds = map[string]int{
	"pipeline": symbolObject, "param": symbolVariable, "locals": symbolObject, "data": symbolFile, "toolchain": symbolPackage,
	"stage": symbolFunction, "function": symbolOperator, "experiment": symbolEvent, "module": symbolModule, "output": symbolProperty,
}

// documentSymbols lists what a file declares.
func (s *server) documentSymbols(_ context.Context, p documentParams) (any, error) {
	sc, err := s.scope(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	if !s.client.hierarchical {
		return s.flatSymbols(sc.file, ""), nil
	}
	out := []documentSymbol{}
	at := &cursor{document: sc.file.document}
	for _, b := range sc.file.Blocks {
		if kind, ok := symbolKinds[b.Kind]; ok {
			out = append(out, sc.documentSymbol(b, kind, at))
		}
	}
	return out, nil
}

// documentSymbol is a block with what stands in it, in the order of the text.
func (sc *scope) documentSymbol(b *syntax.Block, kind int, at *cursor) documentSymbol {
	x := documentSymbol{Name: b.Label, Detail: sc.outlined(b), Kind: kind, Range: at.span(b.Whole.Start, b.Whole.End), Selection: at.span(b.Name.Start, b.Name.End)}
	if b.Label == "" {
		x.Name, x.Detail, x.Selection = b.Kind, "", at.span(b.At.Start, b.At.End)
	}
	inner := 0
	blocks := func(before int) {
		for inner < len(b.Blocks) && b.Blocks[inner].Whole.Start < before {
			x.Children = append(x.Children, sc.documentSymbol(b.Blocks[inner], symbolObject, at))
			inner++
		}
	}
	for i := range b.Attrs {
		a := &b.Attrs[i]
		blocks(a.At.Start)
		x.Children = append(x.Children, sc.attrSymbol(b, a, at))
	}
	blocks(b.Whole.End)
	return x
}

// outlined says what a block with a name is: its kind, and its type, its source or its points.
func (sc *scope) outlined(b *syntax.Block) string {
	line := sc.summary(sc.file, b)
	if line == "" || line == b.Kind || b.Kind == "stage" {
		return cmp.Or(line, b.Kind)
	}
	return b.Kind + " " + line
}

func (sc *scope) attrSymbol(b *syntax.Block, a *syntax.Attr, at *cursor) documentSymbol {
	f := sc.file
	kind := symbolProperty
	if b.Kind == "locals" {
		kind = symbolConstant
	}
	x := documentSymbol{
		Name: a.Name, Kind: kind,
		Range: at.span(a.At.Start, max(a.At.End, f.Tokens[max(a.Last-1, 0)].End)), Selection: at.span(a.At.Start, a.At.End),
	}
	if x.Children = entrySymbols(f, a.First, a.Last, 0, at); x.Children == nil {
		x.Detail = brief(textOfTokens(f, a.First, a.Last))
	}
	return x
}

// outlineDepth is how many objects in each other are listed.
const outlineDepth = 4

// entrySymbols are the entries of the object that a value is, or begins with: the parts of a
// type, the axes of a grid. An object in a template or a list is none.
func entrySymbols(f *parsed, first, last, depth int, at *cursor) []documentSymbol {
	for first < last && (f.Word(first) != "" && f.Sign(first+1, '(') || f.Sign(first, '(') || f.Tokens[first].Kind == syntax.Newline) {
		first++
	}
	if depth == outlineDepth {
		return nil
	}
	var out []documentSymbol
	for _, e := range f.Entries(first, last) {
		x := documentSymbol{
			Name: shown(e.Name), Kind: symbolField, Selection: at.span(e.At.Start, e.At.End),
			Range: at.span(e.At.Start, max(e.At.End, f.Tokens[max(e.Last-1, 0)].End)),
		}
		if x.Children = entrySymbols(f, e.First, e.Last, depth+1, at); x.Children == nil {
			x.Detail = brief(textOfTokens(f, e.First, e.Last))
		}
		out = append(out, x)
	}
	return out
}

// brief is a value as an outline shows it.
func brief(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + " …"
	}
	return text
}

// shown is a name that can be shown: clients refuse symbols without one.
func shown(name string) string {
	if name == "" {
		return `""`
	}
	return name
}

// flatSymbols lists the declarations of a file whose names have query in them.
func (s *server) flatSymbols(f *parsed, query string) []symbolInformation {
	out := []symbolInformation{}
	c := cursor{document: f.document}
	add := func(name string, kind int, at syntax.Span, in string) {
		if strings.Contains(strings.ToLower(name), strings.ToLower(query)) {
			out = append(out, symbolInformation{name, kind, location{s.uri(f.path), c.span(at.Start, at.End)}, in})
		}
	}
	for _, b := range f.Blocks {
		kind, ok := symbolKinds[b.Kind]
		if !ok {
			continue
		}
		if b.Label != "" {
			add(b.Label, kind, b.Whole, b.Kind)
		}
		if b.Kind == "locals" {
			for i := range b.Attrs {
				add(b.Attrs[i].Name, symbolConstant, syntax.Span{Start: b.Attrs[i].At.Start, End: b.Attrs[i].Value.End}, "locals")
			}
		}
	}
	return out
}

// maxSymbols is how many symbols of the workspace are listed; who looks for one writes
// more of its name.
const maxSymbols = 1000

// workspaceSymbols lists the declarations of all pipelines of the workspace.
func (s *server) workspaceSymbols(ctx context.Context, p workspaceSymbolParams) (any, error) {
	dirs := map[string]bool{}
	for _, dir := range s.directories() {
		dirs[dir] = true
	}
	for _, root := range s.folders {
		below, _ := pipelineDirs(listing(s.host.FS, root), maxOthers)
		for _, rel := range below {
			dirs[filepath.Join(root, filepath.FromSlash(rel))] = true
		}
	}
	out := []symbolInformation{}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		for _, f := range s.filesOf(dir) {
			if ctx.Err() != nil {
				return nil, nil
			}
			if out = append(out, s.flatSymbols(f, p.Query)...); len(out) > maxSymbols {
				return out[:maxSymbols], nil
			}
		}
	}
	return out, nil
}
