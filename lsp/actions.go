package lsp

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// codeActions lists what mends the diagnostics in a range: what lints offer, and the name
// that was meant where a message suggests one.
func (s *server) codeActions(_ context.Context, p codeActionParams) (any, error) {
	sc, err := s.scope(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	out := []codeAction{}
	a := sc.p.found
	if a == nil || sc.p.planned != nil || s.busy[sc.p.native] != nil {
		return out, nil // the places are those of an older text
	}
	rel := sc.p.rel(sc.file.path)
	if wanted(p.Context.Only, "quickfix") {
		for _, f := range a.fixes {
			if f.file == rel && overlap(f.said.Range, p.Range) {
				out = append(out, sc.action(f.title, "quickfix", &f.said, []fileEdit{f.edit}))
			}
		}
		for _, d := range a.said[rel] {
			if overlap(d.Range, p.Range) {
				out = append(out, sc.suggestion(d)...)
			}
		}
	}
	if len(p.Context.Only) > 0 && wanted(p.Context.Only, "source.fixAll.dewar") {
		var all []fileEdit
		for _, f := range a.fixes {
			if f.sure && f.file == rel && apart(all, f.edit) {
				all = append(all, f.edit)
			}
		}
		if len(all) > 0 {
			out = append(out, sc.action("Fix what lints found", "source.fixAll.dewar", nil, all))
		}
	}
	return out, nil
}

// wanted reports whether a kind of action is asked for: all are, or it is, or one above it.
func wanted(only []string, kind string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(x string) bool { return x == kind || strings.HasPrefix(kind, x+".") })
}

// apart reports whether an edit overlaps none of those there are. Two that remove lines one
// after the other touch, and may both be made; where nothing is removed, which of them comes
// first would be left open.
func apart(all []fileEdit, e fileEdit) bool {
	for _, x := range all {
		if x.file != e.file {
			continue
		}
		touch := e.start <= x.end && x.start <= e.end
		both := e.start < e.end && x.start < x.end
		if touch && !(both && (e.start == x.end || x.start == e.end)) {
			return false
		}
	}
	return true
}

func (sc *scope) action(title, kind string, d *diagnostic, edits []fileEdit) codeAction {
	x := codeAction{Title: title, Kind: kind, Edit: workspaceEdit{Changes: map[string][]textEdit{}}}
	if d != nil {
		x.Diagnostics = []diagnostic{*d}
	}
	for _, e := range edits {
		name := sc.p.file(e.file)
		doc := sc.s.text(name)
		if doc == nil {
			continue
		}
		text := e.text
		if strings.Contains(doc.text, "\r\n") {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		uri := sc.s.uri(name)
		x.Edit.Changes[uri] = append(x.Edit.Changes[uri], textEdit{doc.span(e.start, e.end), text})
	}
	return x
}

// meant reads the name that a message suggests, and the one that it is about.
var meant = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"([^"\n]+)"[^"\n]*\. Did you mean "?([A-Za-z_][A-Za-z0-9_.-]*)"?\?`)
})

// suggestion puts the suggested name in place of the wrong one.
func (sc *scope) suggestion(d diagnostic) []codeAction {
	m := meant().FindStringSubmatch(d.Message)
	if m == nil {
		return nil
	}
	start, end := sc.file.offset(d.Range.Start), sc.file.offset(d.Range.End)
	n := strings.LastIndex(sc.file.text[start:end], m[1])
	if n < 0 {
		return nil
	}
	name := m[2]
	if before := sc.file.text[:start+n]; strings.HasSuffix(before, ".") && strings.Contains(name, ".") {
		n -= len(before) - strings.LastIndexAny(before[:len(before)-1], " \t\n([{,$") - 1
		n = max(n, 0)
	}
	at := start + n
	edit := fileEdit{sc.p.rel(sc.file.path), at, start + strings.LastIndex(sc.file.text[start:end], m[1]) + len(m[1]), name}
	x := sc.action("Write "+name, "quickfix", &d, []fileEdit{edit})
	x.Preferred = true
	return []codeAction{x}
}

func overlap(a, b textRange) bool {
	return !before(a.End, b.Start) && !before(b.End, a.Start)
}

func before(a, b position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Character < b.Character
}
