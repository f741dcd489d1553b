package lang

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// NewData is a data block to be written. Attributes whose value is empty are
// left out.
type NewData struct {
	Name        string
	Description string
	External    bool
	Path        string
	URL, SHA256 string
	From        []Entry // project, path, rev
}

// AddData returns src with the data added after its last data block, else before its
// first stage, else at its end, well formatted. It is an error if src does not parse or has
// data of that name.
func AddData(src []byte, d NewData) ([]byte, error) {
	if !validName(d.Name) || reserved(d.Name) {
		return nil, fmt.Errorf("%q cannot be the name of data: it begins with a letter, and letters, digits, _ and - follow", d.Name)
	}
	body, ds := parse("", src)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	if findData(body, d.Name) != nil {
		return nil, fmt.Errorf("there is data called %q already", d.Name)
	}
	text, err := Format([]byte(d.text()))
	if err != nil {
		return nil, fmt.Errorf("writing data %q: %w", d.Name, err)
	}
	at, before := placeOfData(src, body)
	block := string(text)
	switch {
	case before: // a stage follows
		block += "\n"
	case at > 0 && src[at-1] != '\n':
		block = "\n\n" + block
	case at > 0:
		block = "\n" + block
	}
	return checked(replace(src, at, at, block))
}

// placeOfData is where a data block is to be written; before says that a block follows.
func placeOfData(src []byte, body *hclsyntax.Body) (at int, before bool) {
	at = -1
	for _, b := range body.Blocks {
		if b.Type == "data" {
			_, at = wholeLines(src, b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte)
		}
	}
	if at >= 0 {
		return at, false
	}
	for _, b := range body.Blocks {
		if b.Type == "stage" {
			start, _ := wholeLines(src, b.TypeRange.Start.Byte, b.TypeRange.Start.Byte)
			return aboveComments(src, start), true
		}
	}
	return len(src), false
}

// aboveComments goes up from the beginning of a line over the comment that stands
// right on top of it: it belongs to what follows.
func aboveComments(src []byte, start int) int {
	for start > 0 {
		up := bytes.LastIndexByte(src[:start-1], '\n') + 1
		line := bytes.TrimSpace(src[up : start-1])
		if !bytes.HasPrefix(line, []byte("#")) && !bytes.HasPrefix(line, []byte("//")) {
			break
		}
		start = up
	}
	return start
}

// dataIn returns the data block of a name.
func dataIn(src []byte, name string) (*hclsyntax.Block, error) {
	body, ds := parse("", src)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	b := findData(body, name)
	if b == nil {
		return nil, fmt.Errorf("there is no data %q in the file", name)
	}
	return b, nil
}

// SetData returns src with an attribute of a data block set to an expression, which
// replaces the one it had. Nothing else changes, but the block is well formatted if it was.
func SetData(src []byte, name, attr, expr string) ([]byte, error) {
	b, err := dataIn(src, name)
	if err != nil {
		return nil, err
	}
	neat := isNeat(src, b)
	if a := b.Body.Attributes[attr]; a != nil {
		at := a.Expr.Range()
		src = replace(src, at.Start.Byte, at.End.Byte, expr)
	} else if src, err = addAttribute(src, b, attr, expr); err != nil {
		return nil, err
	}
	if src, err = checked(src); err != nil || !neat {
		return src, err
	}
	if b, err = dataIn(src, name); err != nil {
		return nil, err
	}
	start, end := wholeLines(src, b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte)
	return checked(replace(src, start, end, string(formatPiece(src[start:end]))))
}

// RemoveData returns src without a data block, the comment on top of it and one of the blank
// lines around it.
func RemoveData(src []byte, name string) ([]byte, error) {
	b, err := dataIn(src, name)
	if err != nil {
		return nil, err
	}
	start, end := wholeLines(src, b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte)
	start = aboveComments(src, start)
	switch {
	case bytes.HasPrefix(src[end:], []byte("\n")):
		end++
	case start > 1 && src[start-1] == '\n' && src[start-2] == '\n' && end == len(src):
		start--
	}
	return checked(replace(src, start, end, ""))
}

func findData(body *hclsyntax.Body, name string) *hclsyntax.Block {
	for _, b := range body.Blocks {
		if b.Type == "data" && len(b.Labels) == 1 && b.Labels[0] == name {
			return b
		}
	}
	return nil
}

// text is the block before formatting.
func (d NewData) text() string {
	var b strings.Builder
	attr := func(name, expr string) {
		if expr != "" {
			fmt.Fprintf(&b, "  %s = %s\n", name, expr)
		}
	}
	fmt.Fprintf(&b, "data %q {\n", d.Name)
	attr("description", quotedOrNone(d.Description))
	if d.External {
		attr("external", "true")
	}
	attr("path", quotedOrNone(d.Path))
	attr("url", quotedOrNone(d.URL))
	attr("sha256", quotedOrNone(d.SHA256))
	attr("from", objectText(d.From))
	b.WriteString("}\n")
	return b.String()
}
