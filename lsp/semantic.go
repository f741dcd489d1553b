package lsp

import (
	"context"
	"slices"

	"github.com/dewar-build/dewar/lsp/syntax"
)

// tokenTypes is the legend of semantic tokens.
var tokenTypes = []string{"keyword", "property", "type", "namespace", "variable", "function"}

const (
	tokenWord = iota
	tokenProperty
	tokenLabel
	tokenRoot
	tokenName
	tokenFunction
)

// coloured is a name with its type.
type coloured struct {
	at   syntax.Span
	kind int
}

// semantic says what the names in a file are; strings, numbers and comments any editor
// knows by itself.
func (s *server) semantic(_ context.Context, p documentParams) (any, error) {
	sc, err := s.scope(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	f := sc.file
	var list []coloured
	for _, b := range f.Blocks {
		list = colouredBlock(list, b)
	}
	for _, r := range f.Refs {
		kind := tokenName
		if len(r.Parts) > 1 {
			kind = tokenRoot
		}
		list = append(list, coloured{r.Parts[0].At, kind})
		for _, p := range r.Parts[1:] {
			list = append(list, coloured{p.At, tokenName})
		}
	}
	for _, c := range f.Calls {
		list = append(list, coloured{c.At, tokenFunction})
	}
	slices.SortFunc(list, func(a, b coloured) int { return a.at.Start - b.at.Start })
	return semanticTokens{encoded(f.document, list)}, nil
}

func colouredBlock(list []coloured, b *syntax.Block) []coloured {
	list = append(list, coloured{b.At, tokenWord})
	if b.Label != "" {
		list = append(list, coloured{b.Name, tokenLabel})
	}
	for i := range b.Attrs {
		list = append(list, coloured{b.Attrs[i].At, tokenProperty})
	}
	for _, in := range b.Blocks {
		list = colouredBlock(list, in)
	}
	return list
}

// encoded is the list as the protocol has it: five numbers each, relative to the one before.
func encoded(d *document, list []coloured) []int {
	out := make([]int, 0, 5*len(list))
	last := position{}
	at := cursor{document: d}
	for _, c := range list {
		from, to := at.position(c.at.Start), at.position(c.at.End)
		if from.Line != to.Line || from == to {
			continue
		}
		char := from.Character
		if from.Line == last.Line {
			char -= last.Character
		}
		out = append(out, from.Line-last.Line, char, to.Character-from.Character, c.kind, 0)
		last = from
	}
	return out
}

// folding lists the blocks, and the values and comments of several lines.
func (s *server) folding(_ context.Context, p documentParams) (any, error) {
	sc, err := s.scope(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	f := sc.file
	out := []foldingRange{}
	add := func(start, end int, kind string) {
		from, to := f.row(start), f.row(end)
		if kind == "" {
			to-- // the line that closes stays
		}
		if to > from {
			out = append(out, foldingRange{from, to, kind})
		}
	}
	var blocks func(list []*syntax.Block)
	blocks = func(list []*syntax.Block) {
		for _, b := range list {
			add(b.Whole.Start, b.Whole.End, "")
			for i := range b.Attrs {
				add(b.Attrs[i].At.Start, b.Attrs[i].Value.End, "")
			}
			blocks(b.Blocks)
		}
	}
	blocks(f.Blocks)
	comments(f, add)
	return out, nil
}

// comments calls add for runs of comments on lines of their own.
func comments(f *parsed, add func(start, end int, kind string)) {
	for i := 0; i < len(f.Tokens); i++ {
		if f.Tokens[i].Kind != syntax.Comment || i > 0 && f.Tokens[i-1].Kind != syntax.Newline {
			continue
		}
		end := i
		for end+2 < len(f.Tokens) && f.Tokens[end+1].Kind == syntax.Newline && f.Tokens[end+2].Kind == syntax.Comment {
			end += 2
		}
		add(f.Tokens[i].Start, f.Tokens[end].End, "comment")
		i = end
	}
}
