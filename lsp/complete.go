package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/lang"
)

// maxItems is how many completions are given at once; of more, the client asks again as
// the word grows.
const maxItems = 2000

// completion lists what can be written at a place.
func (s *server) completion(_ context.Context, p placeParams) (any, error) {
	if x := s.inParams(p); x != nil {
		return x.completion(), nil
	}
	sc, at, err := s.at(p)
	if err != nil {
		return nil, err
	}
	l := &lister{site: sc.site(at), items: []completionItem{}}
	l.list()
	return completionList{IsIncomplete: l.more, Items: l.items}, nil
}

// lister collects completions at a place.
type lister struct {
	*site
	items []completionItem
	more  bool
	span  *textRange // of the word
}

func (l *lister) list() {
	switch {
	case l.comment:
	case l.inString:
		l.texts()
	case l.attr == nil:
		if l.statement() {
			l.statements()
		}
	case len(l.chain) > 0:
		l.members()
	case l.entryName():
		l.fields()
	default:
		l.values()
	}
}

// item is a completion: what is shown, and what is written in place of the word.
type item struct {
	label  string
	kind   int
	detail string
	doc    string
	text   string // what is written; the label if empty
	stops  bool   // text is a snippet: $0 is where the cursor stands afterwards
	rank   byte   // sorts before the label
}

func (l *lister) add(x item) {
	if len(l.items) >= maxItems {
		l.more = true
		return
	}
	text, format := x.text, 0
	if text == "" {
		text = x.label
	}
	if x.stops {
		if l.sc.s.client.snippets {
			format = 2
		} else {
			text = plainText(text)
		}
	}
	if l.span == nil {
		at := l.sc.file.span(l.word.Start, l.word.End)
		l.span = &at
	}
	out := completionItem{
		Label: x.label, Kind: x.kind, Detail: x.detail, Format: format,
		Edit: &textEdit{*l.span, text},
	}
	if x.doc != "" {
		out.Documentation = &markup{"markdown", x.doc}
	}
	if x.rank != 0 {
		out.SortText = string(x.rank) + x.label
	}
	l.items = append(l.items, out)
}

// plainText is a snippet for a client that knows none.
func plainText(text string) string {
	return strings.NewReplacer("${1:NAME}", "NAME", "$0", "", `\$`, "$").Replace(text)
}

// statements lists the blocks and attributes that may begin here.
func (l *lister) statements() {
	rest, begin := l.sc.file.line(l.sc.file.row(l.word.End))
	rest = strings.TrimSpace(rest[min(l.word.End-begin, len(rest)):])
	if len(l.blocks) == 0 {
		for _, b := range lang.Schema() {
			l.blockItem(&b, rest)
		}
		return
	}
	b := l.block()
	s := spec(l.blocks)
	if s == nil {
		return
	}
	for i := range s.Attrs {
		a := &s.Attrs[i]
		if given := b.Attr(a.Name); a.NotYet == "" && (given == nil || given.At == l.word) {
			l.attrItem(a, rest, 'a')
		}
	}
	for i := range s.Blocks {
		l.blockItem(&s.Blocks[i], rest)
	}
}

func (l *lister) blockItem(b *lang.BlockSpec, rest string) {
	if b.NotYet != "" {
		return
	}
	x := item{label: b.Kind, kind: itemWord, detail: "block", doc: b.Doc, rank: 'b'}
	if rest == "" {
		x.stops = true
		x.text = b.Kind + " {\n  $0\n}"
		if b.Label {
			x.text = b.Kind + " \"${1:NAME}\" {\n  $0\n}"
		}
	}
	l.add(x)
}

func (l *lister) attrItem(a *lang.AttrSpec, rest string, rank byte) {
	x := item{label: a.Name, kind: itemProperty, detail: a.Type, doc: attrDoc(a), rank: rank}
	if a.Required {
		x.detail += " (required)"
	}
	if rest == "" || rest == "}" {
		x.text, x.stops = a.Name+" = "+blank(a), true
	}
	l.add(x)
}

// blank is the beginning of a value of an attribute.
func blank(a *lang.AttrSpec) string {
	switch {
	case strings.HasPrefix(a.Type, "list"):
		return "[$0]"
	case strings.HasPrefix(a.Type, "map") || a.Type == "object":
		return "{ $0 }"
	case a.Type == "path" || a.Type == "string":
		return "\"$0\""
	}
	return "$0"
}

func attrDoc(a *lang.AttrSpec) string {
	doc := a.Doc
	if len(a.Values) > 0 {
		doc += "\n\nOne of `" + strings.Join(a.Values, "`, `") + "`."
	}
	return doc
}

// fields lists the names that the entries of an object can have.
func (l *lister) fields() {
	objects := l.objects()
	in := &objects[len(objects)-1]
	given := func(name string) bool { return slices.Contains(in.Names, name) }
	for _, a := range l.fieldsAt(objects) {
		if !given(a.Name) {
			l.attrItem(&a, "", 'a')
		}
	}
	switch {
	case l.kind() == "experiment" && l.attr.Name == "params" && len(objects) == 1:
		for _, n := range l.sc.namesOf("param") {
			if !given(n) {
				t, _ := l.sc.paramType(n)
				l.add(item{label: n, kind: itemVariable, detail: t, text: n + " = [$0]", stops: true})
			}
		}
	case l.kind() == "module" && l.attr.Name == "params" && len(objects) == 1:
		l.moduleParams(given)
	case l.call() != nil || len(l.frames) > 1:
		l.choiceAxes(given)
	}
}

// moduleParams lists the params of the module that a block uses.
func (l *lister) moduleParams(given func(string) bool) {
	m := l.sc.module(l.block().Label)
	if m == nil {
		return
	}
	for _, n := range m.namesOf("param") {
		if !given(n) {
			t, _ := m.paramType(n)
			l.add(item{label: n, kind: itemVariable, detail: t, text: n + " = $0", stops: true})
		}
	}
}

// choiceAxes lists the axes of a stage or module in pick(stage.x, { … }).
func (l *lister) choiceAxes(given func(string) bool) {
	n := len(l.frames)
	if n < 2 || l.frames[n-2].Char != '(' || l.frames[n-2].Call != "pick" && l.frames[n-2].Call != "where" {
		return
	}
	for _, r := range refsIn(l.sc.file, l.attr.Value) {
		if r.Root() != "stage" && r.Root() != "module" || r.Parts[0].At.Start < l.frames[n-2].At.End || r.Parts[0].At.Start > l.at {
			continue
		}
		stage := r.Name(1)
		if r.Root() == "module" {
			stage = ofModule + stage
		}
		for _, x := range l.sc.axisNames(stage) {
			if !given(x) {
				l.add(item{label: x, kind: itemField, detail: "axis of " + r.Name(1), text: x + " = $0", stops: true})
			}
		}
		return
	}
}

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
