package lang

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Format returns src in canonical style. It changes nothing but spaces: the
// result has the same syntax tree, and formatting it again changes nothing.
// Blocks that cannot be formatted safely are left as they are. The error, if
// src does not parse, is a *diag.Failure whose spans name no file; see Syntax.
//
// hclwrite does the work, one top-level block at a time, and is not believed:
// the trees are compared. A block with a heredoc in which a template sequence
// goes over several lines is left alone, because hclwrite pulls such lines to the
// margin.
func Format(src []byte) ([]byte, error) {
	body, ds := parse("", src)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	at := 0
	for _, b := range body.Blocks {
		start, end := wholeLines(src, b.TypeRange.Start.Byte, b.CloseBraceRange.End.Byte)
		if start < at {
			continue // on the line of the block before
		}
		out.Write(formatPiece(src[at:start]))
		out.Write(formatPiece(src[start:end]))
		at = end
	}
	out.Write(formatPiece(src[at:]))
	if !sameSyntax(src, out.Bytes()) {
		return bytes.Clone(src), nil
	}
	return out.Bytes(), nil
}

// wholeLines widens a range to whole lines.
func wholeLines(src []byte, start, end int) (int, int) {
	start = bytes.LastIndexByte(src[:start], '\n') + 1
	if n := bytes.IndexByte(src[end:], '\n'); n >= 0 {
		return start, end + n + 1
	}
	return start, len(src)
}

// formatPiece formats whole lines of a file, and returns them as they are if
// that would not be safe. hclwrite needs several rounds to come to rest where
// one of its changes makes room for another.
func formatPiece(src []byte) []byte {
	const rounds = 5
	if sequenceOverLines(src) {
		return src
	}
	cur := src
	for range rounds {
		next := hclwrite.Format(cur)
		if bytes.Equal(next, cur) {
			if sameSyntax(src, cur) {
				return cur
			}
			return src
		}
		cur = next
	}
	return src
}

// sequenceOverLines reports whether a template sequence inside of a heredoc
// begins on one line and ends on another.
func sequenceOverLines(src []byte) bool {
	if !bytes.Contains(src, []byte("<<")) {
		return false
	}
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	heredocs := 0
	var open []int // lines on which sequences began
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOHeredoc:
			heredocs++
		case hclsyntax.TokenCHeredoc:
			heredocs--
		case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			open = append(open, t.Range.Start.Line)
		case hclsyntax.TokenTemplateSeqEnd:
			if n := len(open); n > 0 {
				if heredocs > 0 && open[n-1] != t.Range.Start.Line {
					return true
				}
				open = open[:n-1]
			}
		}
	}
	return false
}

// sameSyntax reports whether a and b parse to the same tree.
func sameSyntax(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, ds := parse("", a)
	y, es := parse("", b)
	return len(ds) == 0 && len(es) == 0 && sameTree(x, y) && sameComments(a, b)
}

// sameComments compares what trees do not hold.
func sameComments(a, b []byte) bool {
	x, y := comments(a), comments(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !bytes.Equal(x[i], y[i]) {
			return false
		}
	}
	return true
}

func comments(src []byte) [][]byte {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	var out [][]byte
	for _, t := range tokens {
		if t.Type == hclsyntax.TokenComment {
			out = append(out, bytes.TrimSpace(t.Bytes))
		}
	}
	return out
}
