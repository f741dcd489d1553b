package lsp

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/lang"
	"github.com/dewar-build/dewar/lsp/syntax"
)

// site is what a place in a text is for.
type site struct {
	sc     *scope
	at     int
	blocks []*syntax.Block // around it, outermost first
	attr   *syntax.Attr    // whose value it is in; nil: none
	frames []syntax.Frame  // what is open in that value

	comment  bool
	inString bool
	word     syntax.Span // the name that is being written, whole
	chain    []string    // the names before it, with dots between them
	splat    bool        // [*] is among them
}

func (sc *scope) site(at int) *site {
	f := sc.file
	c := &site{sc: sc, at: at, blocks: f.Around(at), word: syntax.Span{Start: at, End: at}}
	i := f.TokenAt(at)
	if i >= 0 && f.Tokens[i].Kind == syntax.Comment && at <= f.Tokens[i].End {
		c.comment = true
		return c
	}
	if b := c.block(); b != nil {
		if c.attr = b.AttrAt(at); c.attr != nil {
			c.frames = f.Frames(c.attr, at)
		}
	}
	if n := len(c.frames); n > 0 && (c.frames[n-1].Char == '"' || c.frames[n-1].Char == 'h') {
		c.inString = true
		return c
	}
	c.names(i)
	return c
}

// names reads the name at the place and those before it.
func (c *site) names(i int) {
	f := c.sc.file
	if f.Word(i) != "" && c.at <= f.Tokens[i].End {
		c.word = f.Tokens[i].Span
		i--
	} else if f.Word(i+1) != "" && f.Tokens[i+1].Start == c.at {
		c.word = f.Tokens[i+1].Span
	}
	for f.Sign(i, '.') {
		i--
		if f.Sign(i, ']') && f.Sign(i-1, '*') && f.Sign(i-2, '[') {
			c.splat = true
			i -= 3
		}
		if f.Sign(i, ')') && c.picked(i) {
			break
		}
		name := f.Word(i)
		c.chain = append(c.chain, name) // "": something that has no name
		if name == "" {
			break
		}
		i--
	}
	slices.Reverse(c.chain)
}

// picked reads pick(stage.x, …) before the names, whose closing bracket is token i.
func (c *site) picked(i int) bool {
	if c.attr == nil {
		return false
	}
	for n := i - 1; n >= c.attr.First; n-- {
		if stage, end := chosen(c.sc.file, n, c.attr.Last); stage != "" && end == i+1 {
			c.chain = append(c.chain, stage, "stage")
			c.splat = true
			return true
		}
	}
	return false
}

// block is the innermost block around the place; nil at the top.
func (c *site) block() *syntax.Block {
	if len(c.blocks) == 0 {
		return nil
	}
	return c.blocks[len(c.blocks)-1]
}

// kind is that of the innermost block.
func (c *site) kind() string {
	if b := c.block(); b != nil {
		return b.Kind
	}
	return ""
}

// stage is the stage around the place, or nil.
func (c *site) stage() *syntax.Block {
	if len(c.blocks) > 0 && c.blocks[0].Kind == "stage" {
		return c.blocks[0]
	}
	return nil
}

// spec is what the schema says of the attribute around the place.
func (c *site) spec() *lang.AttrSpec {
	if c.attr == nil {
		return nil
	}
	return attrSpec(spec(c.blocks), c.attr.Name)
}

// statement reports whether an attribute or a block may begin at the place: there is
// nothing before it on its line but the word itself.
func (c *site) statement() bool {
	if c.attr != nil || len(c.chain) > 0 || c.comment || c.inString {
		return false
	}
	f := c.sc.file
	i := f.TokenAt(c.word.Start)
	for i >= 0 && f.Tokens[i].Start == f.Tokens[i].End { // what the text left open
		i--
	}
	if i < 0 {
		return true
	}
	t := f.Tokens[i]
	return t.Kind == syntax.Newline || t.Kind == syntax.Comment && strings.HasSuffix(f.Of(t.Span), "*/") ||
		t.Kind == syntax.Sign && t.Char == '{' && c.block() != nil && c.block().Body.Start == t.End
}

// outer are the frames around the string that the place is in.
func (c *site) outer() []syntax.Frame {
	if c.inString {
		return c.frames[:len(c.frames)-1]
	}
	return c.frames
}

// call is the innermost function call around the place, if no object or template is
// between them.
func (c *site) call() *syntax.Frame {
	for i := len(c.frames) - 1; i >= 0; i-- {
		fr := &c.frames[i]
		switch {
		case fr.Char == '(' && fr.Call != "":
			return fr
		case fr.Char == '{' || fr.Char == '$':
			return nil
		}
	}
	return nil
}

// paths reports whether the string at the place is most likely a path.
func (c *site) paths() bool {
	s := c.spec()
	call := c.call()
	if call != nil {
		if f := c.sc.s.function(call.Call); f != nil && f.Family == "files" {
			return true
		}
	}
	if s == nil {
		return false
	}
	if call != nil {
		return slices.Contains([]string{"collect", "concat", "shard"}, call.Call) && pathly(s)
	}
	if !pathly(s) {
		return false
	}
	objects := c.objects()
	if fields := c.fieldsAt(objects); fields != nil {
		f := attrOf(fields, objects[len(objects)-1].Entry)
		return f != nil && f.Type == "path"
	}
	return true
}

// pathly reports whether an attribute holds paths.
func pathly(s *lang.AttrSpec) bool {
	return strings.Contains(s.Type, "path") || s.Type == "map of outputs"
}

// objects are the objects around the place, outermost first.
func (c *site) objects() []syntax.Frame {
	var out []syntax.Frame
	for _, fr := range c.outer() {
		if fr.Char == '{' {
			out = append(out, fr)
		}
	}
	return out
}

// fieldsAt is what the schema says of the entries of the innermost object; nil: they
// are free.
func (c *site) fieldsAt(objects []syntax.Frame) []lang.AttrSpec {
	s := c.spec()
	if s == nil || s.Fields == nil || c.call() != nil {
		return nil
	}
	depth := 1
	if strings.HasPrefix(s.Type, "map") {
		depth = 2
	}
	if len(objects) != depth {
		return nil
	}
	return s.Fields
}

// wholeString is the text of the string around the place, if it has no templates.
func (c *site) wholeString() (string, bool) {
	f := c.sc.file
	open := c.frames[len(c.frames)-1].At
	i := f.TokenAt(open.Start + 1)
	text, _, ok := f.Literal(i)
	return text, ok
}

// entryName reports whether the name of an entry of an object may begin at the place.
func (c *site) entryName() bool {
	n := len(c.frames)
	if n == 0 || c.inString || c.frames[n-1].Char != '{' || c.frames[n-1].Entry != "" || len(c.chain) > 0 {
		return false
	}
	f := c.sc.file
	i := f.TokenAt(c.word.Start)
	for i >= 0 && f.Tokens[i].Start == f.Tokens[i].End {
		i--
	}
	if i < 0 {
		return false
	}
	t := f.Tokens[i]
	return t.Kind == syntax.Newline || t.Kind == syntax.Sign && (t.Char == '{' || t.Char == ',')
}
