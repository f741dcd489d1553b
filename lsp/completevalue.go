package lsp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// values lists what an expression can begin with.
func (l *lister) values() {
	s := l.spec()
	if l.kind() == "param" && l.attr.Name == "type" || l.kind() == "function" && (l.attr.Name == "type" || l.attr.Name == "params") {
		l.types()
		return
	}
	if s != nil && len(l.frames) == 0 {
		l.texted(s.Values)
		if s.Type == "bool" {
			l.words("true", "false")
		}
	}
	if f := attrOf(l.fieldsAt(l.objects()), l.entry()); f != nil {
		l.texted(f.Values)
		if f.Type == "bool" {
			l.words("true", "false")
		}
	}
	if l.kind() == "function" {
		l.parameters()
	} else {
		l.roots()
	}
	l.loopNames()
	l.functions()
	l.words("true", "false", "null")
}

// entry is the name of the entry that the place is in.
func (l *lister) entry() string {
	objects := l.objects()
	if len(objects) == 0 {
		return ""
	}
	return objects[len(objects)-1].Entry
}

// texted lists texts with their quotes.
func (l *lister) texted(values []string) {
	for _, v := range values {
		l.add(item{label: strconv.Quote(v), kind: itemValue, rank: '0'})
	}
}

func (l *lister) words(list ...string) {
	for _, w := range list {
		if !slices.ContainsFunc(l.items, func(x completionItem) bool { return x.Label == w }) {
			l.add(item{label: w, kind: itemWord, rank: 'y'})
		}
	}
}

// types lists the words of types.
func (l *lister) types() {
	for _, t := range []string{"string", "number", "int", "float", "bool", "path", "any"} {
		l.add(item{label: t, kind: itemWord, detail: "type"})
	}
	for _, t := range []string{"list", "set", "map", "optional"} {
		l.add(item{label: t, kind: itemWord, detail: "type", text: t + "($0)", stops: true})
	}
	l.add(item{label: "object", kind: itemWord, detail: "type", text: "object({ $0 })", stops: true})
	l.add(item{label: "tuple", kind: itemWord, detail: "type", text: "tuple([$0])", stops: true})
}

// roots lists what references can begin with here, and what is near at hand whole.
func (l *lister) roots() {
	st := l.stage()
	for _, root := range lang.RootsIn(l.kind(), l.attr.Name) {
		switch root {
		case "each":
			if b := l.block(); st == nil && (b == nil || b.Attr("for_each") == nil) || st != nil && st.Attr("for_each") == nil {
				continue
			}
		case "inputs", "outputs", "metrics", "plots":
			if st == nil || st.Attr(root) == nil {
				continue
			}
			for _, e := range entries(l.sc.file, st, root) {
				l.add(item{label: root + "." + e.Name, kind: itemField, detail: textOfTokens(l.sc.file, e.First, e.Last), rank: 'c'})
			}
			continue
		}
		l.add(item{label: root, kind: itemModule, doc: rootDocs[root], rank: 'd'})
	}
}

// textOfTokens is the text from a token up to another, as one line.
func textOfTokens(f *parsed, first, last int) string {
	if first >= last || last > len(f.Tokens) {
		return ""
	}
	return oneLine(f.Text[f.Tokens[first].Start:f.Tokens[last-1].End])
}

// rootDocs say what references begin with.
var rootDocs = map[string]string{
	"param":     "The value of a param: `param.NAME`, `param.NAME.PART`.",
	"local":     "A named value of a `locals` block: `local.NAME`.",
	"data":      "The path of tracked data: `data.NAME`.",
	"stage":     "What another stage makes: `stage.NAME.outputs.NAME`; with `for_each`, `stage.NAME[*].outputs.NAME` for all of its instances.",
	"module":    "What a module gives: `module.NAME.outputs.NAME`.",
	"toolchain": "A toolchain, for `toolchains`: `toolchain.NAME`.",
	"each":      "The point of the instance: `each.AXIS`, `each.key`; with `for_each` over a stage, also `each.outputs.NAME`.",
	"inputs":    "The path of an input, as the command finds it: `inputs.NAME`.",
	"outputs":   "The path of an output, as the command makes it: `outputs.NAME`.",
	"metrics":   "The path of a file of metrics; in `assert`, its content: `metrics.NAME`.",
	"plots":     "The path of a file of plots: `plots.NAME`.",
}

// loopNames lists the names of for expressions around the place.
func (l *lister) loopNames() {
	f := l.sc.file
	for i := l.attr.First; i+1 < l.attr.Last && f.Tokens[i].Start < l.at; i++ {
		if f.Word(i) != "for" {
			continue
		}
		for n := i + 1; n < l.attr.Last && f.Word(n) != ""; n += 2 {
			if name := f.Word(n); name != "in" && f.Tokens[n].Start != l.word.Start {
				l.add(item{label: name, kind: itemVariable, detail: "of for", rank: 'c'})
			}
			if !f.Sign(n+1, ',') {
				break
			}
		}
	}
}

// parameters lists those of the function around the place.
func (l *lister) parameters() {
	for _, e := range entries(l.sc.file, l.block(), "params") {
		l.add(item{label: e.Name, kind: itemVariable, detail: textOfTokens(l.sc.file, e.First, e.Last), rank: 'c'})
	}
}

// functions lists the functions of the language and of the pipeline.
func (l *lister) functions() {
	next := strings.HasPrefix(l.sc.file.text[l.word.End:], "(")
	add := func(name, signature, doc string) {
		x := item{label: name, kind: itemFunction, detail: signature, doc: doc, rank: 'f'}
		if !next {
			x.text, x.stops = name+"($0)", true
		}
		l.add(x)
	}
	for i := range l.sc.s.functions {
		f := &l.sc.s.functions[i]
		add(f.Name, signatureOf(f).label, functionDoc(f))
	}
	l.sc.declared("function", func(f *parsed, b *syntax.Block, name string) {
		add(name, ownSignature(f, b).label, literal(f, b, "description"))
	})
}

// texts lists what can be written into the string at the place.
func (l *lister) texts() {
	f := l.sc.file
	open := l.frames[len(l.frames)-1]
	if open.Char == 'h' {
		return
	}
	start, end := open.At.End, l.at
	prefix := f.Text[start:end]
	for end < len(f.Text) && strings.IndexByte("\"\n\r$", f.Text[end]) < 0 {
		end++
	}
	if strings.ContainsAny(prefix, "$%") {
		return
	}
	var values []string
	if s := l.spec(); s != nil && len(l.frames) == 1 {
		values = s.Values
	}
	if x := attrOf(l.fieldsAt(l.objects()), l.entry()); x != nil {
		values = append(values, x.Values...)
	}
	l.word = syntax.Span{Start: start, End: end}
	for _, v := range values {
		l.add(item{label: v, kind: itemValue})
	}
	if len(values) == 0 && l.paths() {
		l.files(prefix)
	}
}
