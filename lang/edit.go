package lang

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// AddInputs returns src with entries added to the inputs and references added
// to the params of a stage, changing as little as possible. What is there
// already is not added again; a name that is taken gets a number. A block that
// was well formatted stays so; one that was not is not touched beyond what is
// added.
//
// Expressions that are not written out as an object or a list are wrapped
// (merge, concat). params given as an object are refused: which of its files
// is meant cannot be known.
func AddInputs(src []byte, stage string, entries []Entry, params []string) ([]byte, error) {
	block, err := stageBlock(src, stage)
	if err != nil {
		return nil, err
	}
	neat := isNeat(src, block)
	if src, err = addEntries(src, block, entries); err != nil {
		return nil, err
	}
	if block, err = stageBlock(src, stage); err != nil {
		return nil, err
	}
	if src, err = addParams(src, block, params); err != nil {
		return nil, err
	}
	if !neat {
		return checked(src)
	}
	if block, err = stageBlock(src, stage); err != nil {
		return nil, err
	}
	start, end := wholeLines(src, block.TypeRange.Start.Byte, block.CloseBraceRange.End.Byte)
	return checked(replace(src, start, end, string(formatPiece(src[start:end]))))
}

func findStage(body *hclsyntax.Body, name string) *hclsyntax.Block {
	for _, b := range body.Blocks {
		if b.Type == "stage" && len(b.Labels) == 1 && b.Labels[0] == name {
			return b
		}
	}
	return nil
}

func stageBlock(src []byte, name string) (*hclsyntax.Block, error) {
	body, ds := parse("", src)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	b := findStage(body, name)
	if b == nil {
		return nil, fmt.Errorf("there is no stage %q in the file", name)
	}
	return b, nil
}

// isNeat reports whether the lines of a block are in canonical style.
func isNeat(src []byte, b *hclsyntax.Block) bool {
	start, end := wholeLines(src, b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte)
	return bytes.Equal(src[start:end], formatPiece(src[start:end]))
}

// replace returns src with a range replaced.
func replace(src []byte, start, end int, by string) []byte {
	out := make([]byte, 0, len(src)+len(by))
	out = append(out, src[:start]...)
	out = append(out, by...)
	return append(out, src[end:]...)
}

func addEntries(src []byte, b *hclsyntax.Block, entries []Entry) ([]byte, error) {
	a := b.Body.Attributes["inputs"]
	if a == nil {
		return addAttribute(src, b, "inputs", objectText(unique(entries, nil)))
	}
	at := a.Expr.Range()
	switch x := a.Expr.(type) {
	case *hclsyntax.ObjectConsExpr:
		var items []string
		for _, e := range unique(entries, held(src, x)) {
			items = append(items, e.assignment())
		}
		var last *hcl.Range
		if n := len(x.Items); n > 0 {
			last = hcl.RangeBetween(x.Items[n-1].KeyExpr.Range(), x.Items[n-1].ValueExpr.Range()).Ptr()
		}
		return insert(src, at, last, items, " "), nil
	case *hclsyntax.TupleConsExpr:
		var items []string
		for _, e := range entries {
			items = append(items, e.value())
		}
		return insertList(src, x, items), nil
	default:
		if len(entries) == 0 {
			return src, nil
		}
		old := string(src[at.Start.Byte:at.End.Byte])
		return replace(src, at.Start.Byte, at.End.Byte, "merge("+old+", "+objectText(unique(entries, nil))+")"), nil
	}
}

func addParams(src []byte, b *hclsyntax.Block, params []string) ([]byte, error) {
	a := b.Body.Attributes["params"]
	if a == nil {
		return addAttribute(src, b, "params", listText(distinct(params)))
	}
	if len(params) == 0 {
		return src, nil
	}
	switch x := a.Expr.(type) {
	case *hclsyntax.TupleConsExpr:
		return insertList(src, x, distinct(params)), nil
	case *hclsyntax.ObjectConsExpr:
		return nil, fmt.Errorf("stage %q names the files of its params itself: add %s by hand", b.Labels[0], strings.Join(params, ", "))
	default:
		at := a.Expr.Range()
		old := string(src[at.Start.Byte:at.End.Byte])
		return replace(src, at.Start.Byte, at.End.Byte, "concat("+old+", "+listText(distinct(params))+")"), nil
	}
}

// insertList adds items to a list, without those that are there.
func insertList(src []byte, x *hclsyntax.TupleConsExpr, items []string) []byte {
	there := make(map[string]bool)
	var last *hcl.Range
	for _, e := range x.Exprs {
		r := e.Range()
		there[string(src[r.Start.Byte:r.End.Byte])] = true
		last = &r
	}
	var fresh []string
	for _, it := range items {
		if !there[it] {
			fresh = append(fresh, it)
		}
	}
	return insert(src, x.SrcRange, last, fresh, "")
}

// insert adds items to what stands in brackets at the range all, after the
// item at last. pad stands inside of the brackets of one line.
func insert(src []byte, all hcl.Range, last *hcl.Range, items []string, pad string) []byte {
	if len(items) == 0 {
		return src
	}
	closing := all.End.Byte - 1
	if last == nil {
		return insertFirst(src, all, items, pad)
	}
	lineOfClosing := bytes.LastIndexByte(src[:closing], '\n') + 1
	if strings.TrimSpace(string(src[lineOfClosing:closing])) != "" {
		return replace(src, last.End.Byte, last.End.Byte, ", "+strings.Join(items, ", "))
	}
	return insertLines(src, last, lineOfClosing, items, src[all.Start.Byte] == '[')
}

// insertFirst puts items between brackets that hold none.
func insertFirst(src []byte, all hcl.Range, items []string, pad string) []byte {
	closing := all.End.Byte - 1
	inside := src[all.Start.Byte+1 : closing]
	if strings.TrimSpace(string(inside)) == "" {
		return replace(src, all.Start.Byte+1, closing, pad+strings.Join(items, ", ")+pad)
	}
	at := bytes.LastIndexByte(src[:closing], '\n') + 1 // there is a comment, so there are lines
	return replace(src, at, at, strings.Join(items, ",\n")+"\n")
}

// insertLines adds items on lines of their own, before the line of the closing
// bracket, indented as the item at last.
func insertLines(src []byte, last *hcl.Range, at int, items []string, commas bool) []byte {
	indent := indentation(src, last.Start.Byte)
	var b strings.Builder
	for _, it := range items {
		b.WriteString(indent + it)
		if commas {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	out := replace(src, at, at, b.String())
	if commas && !commaFollows(src[last.End.Byte:at]) {
		out = replace(out, last.End.Byte, last.End.Byte, ",")
	}
	return out
}

// commaFollows reports whether the first token of src is a comma.
func commaFollows(src []byte) bool {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenComment, hclsyntax.TokenNewline:
			continue
		}
		return t.Type == hclsyntax.TokenComma
	}
	return false
}

// indentation is the white space at the beginning of the line of byte at.
func indentation(src []byte, at int) string {
	line := src[bytes.LastIndexByte(src[:at], '\n')+1 : at]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// addAttribute adds an attribute to a block, in front of its command: what a
// command uses is read before it.
func addAttribute(src []byte, b *hclsyntax.Block, name, expr string) ([]byte, error) {
	if expr == "" {
		return src, nil
	}
	start, closing := b.OpenBraceRange.End.Byte, b.CloseBraceRange.Start.Byte
	line := "  " + name + " = " + expr + "\n"
	if b.OpenBraceRange.Start.Line == b.CloseBraceRange.Start.Line {
		inside := strings.TrimSpace(string(src[start:closing]))
		if inside != "" {
			inside = "  " + inside + "\n"
		}
		return replace(src, start, closing, "\n"+line+inside), nil
	}
	at := bytes.LastIndexByte(src[:closing], '\n') + 1
	if cmd := b.Body.Attributes["command"]; cmd != nil {
		at = bytes.LastIndexByte(src[:cmd.SrcRange.Start.Byte], '\n') + 1
		line = indentation(src, cmd.SrcRange.Start.Byte) + strings.TrimLeft(line, " ")
	}
	return replace(src, at, at, line), nil
}

// holding is what an object gives already: its names, and its values as text.
type holding struct{ names, values map[string]bool }

func held(src []byte, x *hclsyntax.ObjectConsExpr) *holding {
	h := &holding{map[string]bool{}, map[string]bool{}}
	for _, item := range x.Items {
		h.names[keyName(item.KeyExpr)] = true
		r := item.ValueExpr.Range()
		h.values[string(src[r.Start.Byte:r.End.Byte])] = true
	}
	return h
}

// unique returns the entries whose value h does not hold, under names it does
// not hold either.
func unique(entries []Entry, h *holding) []Entry {
	if h == nil {
		h = &holding{map[string]bool{}, map[string]bool{}}
	}
	var out []Entry
	for _, e := range entries {
		if h.values[e.value()] {
			continue
		}
		base := e.Name
		for n := 2; h.names[e.Name]; n++ {
			e.Name = base + "_" + strconv.Itoa(n)
		}
		h.names[e.Name], h.values[e.value()] = true, true
		out = append(out, e)
	}
	return out
}

func distinct(items []string) []string {
	seen := make(map[string]bool)
	var out []string
	for _, it := range items {
		if !seen[it] {
			seen[it] = true
			out = append(out, it)
		}
	}
	return out
}
