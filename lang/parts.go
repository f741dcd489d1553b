package lang

import (
	"bytes"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// partSize is about how many bytes are parsed at a time. hcl keeps all tokens of
// a text in one growing slice, so that many small texts cost less than a large
// one, and they can be parsed at the same time.
const partSize = 64 << 10

// parseParts parses src cut at the given offsets, each the beginning of a line
// outside of all brackets. It gives up (nil) if there is any error: messages
// are made from the whole.
func parseParts(name string, src []byte, cuts []int) *hclsyntax.Body {
	bodies := make([]*hclsyntax.Body, len(cuts)+1)
	var wg sync.WaitGroup
	start := hcl.InitialPos
	for i := range bodies {
		end := len(src)
		if i < len(cuts) {
			end = cuts[i]
		}
		part, at := src[start.Byte:end], start
		wg.Go(func() {
			if f, hds := hclsyntax.ParseConfig(part, name, at); !hds.HasErrors() {
				bodies[i] = f.Body.(*hclsyntax.Body)
			}
		})
		start = hcl.Pos{Line: start.Line + bytes.Count(part, []byte{'\n'}), Column: 1, Byte: end}
	}
	wg.Wait()
	return join(bodies)
}

// join makes one body of the bodies of the parts, or nil if one is missing or
// an attribute is there twice.
func join(bodies []*hclsyntax.Body) *hclsyntax.Body {
	all := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	for _, b := range bodies {
		if b == nil {
			return nil
		}
		all.Blocks = append(all.Blocks, b.Blocks...)
		for name, a := range b.Attributes {
			if all.Attributes[name] != nil {
				return nil
			}
			all.Attributes[name] = a
		}
	}
	first, last := bodies[0], bodies[len(bodies)-1]
	all.SrcRange = hcl.RangeBetween(first.SrcRange, last.SrcRange)
	all.EndRange = last.EndRange
	return all
}
