package lang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// each checks a reference to the point of an instance.
func (c *checker) each(pl place, r *Ref) {
	switch {
	case pl.stage == nil:
		c.report(pl, "E-each", r.Span, "each is the point of an instance: it exists in stages and modules only.")
	case pl.attr.Name == "for_each":
		c.report(pl, "E-each", r.Span, "for_each says which points there are, so there is no point yet.")
	case pl.attr.Name == "source" && pl.stage.Kind == "module":
		c.report(pl, "E-each", r.Span, "The source of a module is a constant: it is read before there are points. Write a module block for each source.")
	case pl.stage.Attr("for_each") == nil:
		c.report(pl, "E-each", r.Span, "%s has no for_each, so it has one instance and no points.", capitalized(pl.subject))
	case pl.kind == "assert" && slices.Contains([]string{"outputs", "metrics", "plots", "from"}, r.Name):
		c.report(pl, "E-ref-scope", r.Span, "In an assert, each is the axes and the key alone. What another stage makes is checked in an assert of that stage.")
	}
}

// own checks a reference to the inputs or outputs of the stage around it.
func (c *checker) own(pl place, r *Ref) {
	if pl.kind == "experiment" && (pl.attr.Name == "maximize" || pl.attr.Name == "minimize") {
		c.report(pl, "E-ref-scope", r.Span, "%s names a metric, as a text: %s = \"accuracy\".", pl.attr.Name, pl.attr.Name)
		return
	}
	if why := inAssert(r.Root); pl.kind == "assert" && why != "" {
		c.report(pl, "E-ref-scope", r.Span, "%s", why)
		return
	}
	if pl.stage == nil || pl.stage.Kind == "module" {
		c.report(pl, "E-ref-scope", r.Span, "%s are those of a stage: outside of it write stage.NAME.%s.", capitalized(r.Root), orElse(outward(r.Root), "outputs"))
		return
	}
	a := pl.attr.Name
	if stratum(r.Root) >= stratum(a) {
		other := r.Root
		if a == other {
			other = "itself"
		}
		c.report(pl, "E-stratum", r.Span, "The attribute %s cannot use %s: attributes are evaluated in the order %s. A value that both need can be a local.", a, other, strata)
		return
	}
	c.entry(pl, r.Span, pl.stage, r.Root, r.Name, "This stage")
}

// outward is the group as other stages see it: inputs they do not.
func outward(group string) string {
	if group == "inputs" {
		return ""
	}
	return group
}

// stageRef checks what a reference does with a stage.
func (c *checker) stageRef(pl place, r *Ref, to *Block) {
	grid := to.Attr("for_each") != nil
	if c.indexed(pl, r, to, grid) {
		return
	}
	path := r.Rest
	if len(path) == 0 && r.Splat {
		path = r.Each
	} else if grid && len(path) > 0 {
		c.report(pl, "E-ref-points", r.Span, "Stage %q has one instance for each of its points. Write %s for all of them, pick(stage.%s, { … }) for one, or for_each = stage.%s to have one instance of this stage for each.",
			to.Name, spreadOut(r), to.Name, to.Name)
		return
	}
	if len(path) == 0 {
		return
	}
	group, ok := path[0].(hcl.TraverseAttr)
	if !ok {
		return
	}
	c.group(pl, r, to, group.Name, path[1:], grid)
}

// indexed reports an index right after a stage's name.
func (c *checker) indexed(pl place, r *Ref, to *Block, grid bool) bool {
	fixed := len(r.Rest) > 0
	if fixed {
		_, fixed = r.Rest[0].(hcl.TraverseIndex)
	}
	if len(r.Rest) == 0 && r.Splat && len(r.Each) > 0 { // stage.a[*][0]
		_, fixed = r.Each[0].(hcl.TraverseIndex)
	}
	if !fixed && !(len(r.Rest) == 0 && r.Index) {
		return false
	}
	advice := fmt.Sprintf("It has one instance: write stage.%s.outputs.NAME.", to.Name)
	if grid {
		advice = fmt.Sprintf("Positions change when points are added: write pick(stage.%s, { … }) for one instance, where(stage.%s, { … }) for several, or stage.%s[*] for all.", to.Name, to.Name, to.Name)
	}
	c.report(pl, "E-ref-form", r.Span, "The instances of stage %q cannot be named by an index. %s", to.Name, advice)
	return true
}

// spreadOut is the reference with a splat after the stage's name.
func spreadOut(r *Ref) string {
	var b strings.Builder
	b.WriteString(r.Address() + "[*]")
	for _, s := range r.Rest {
		a, ok := s.(hcl.TraverseAttr)
		if !ok {
			break
		}
		b.WriteString("." + a.Name)
	}
	return b.String()
}

// group checks the first name after an instance: a group of outputs, an axis, or
// one of the words an instance always has.
func (c *checker) group(pl place, r *Ref, to *Block, group string, rest hcl.Traversal, grid bool) {
	words := []string{"outputs", "metrics", "plots", "key", "params", "from"}
	switch {
	case group == "outputs" || group == "metrics" || group == "plots":
		if len(rest) == 0 {
			return
		}
		if name, ok := rest[0].(hcl.TraverseAttr); ok {
			at := r.Span
			at.End = pos(name.SrcRange.End)
			c.entry(pl, at, to, group, name.Name, fmt.Sprintf("Stage %q", to.Name))
		}
	case grid || slices.Contains(words, group):
	case group == "inputs":
		c.report(pl, "E-ref-unknown", r.Span, "The inputs of stage %q are its own business. Name what they are made of, or one of its outputs.", to.Name)
	default:
		c.report(pl, "E-ref-unknown", r.Span, "A stage has no %q.%s", group, orElse(didYouMean(group, words), " Its results are in outputs, metrics and plots."))
	}
}

// entry checks that a group of a stage has an entry, where that can be seen in
// the source.
func (c *checker) entry(pl place, at diag.Span, stage *Block, group, name, who string) {
	has := c.entriesOf(stage, group)
	if !has.known || name == "" || has.set[name] {
		return
	}
	detail := fmt.Sprintf("%s has no %s called %q.", who, group, name)
	if len(has.names) == 0 {
		detail = fmt.Sprintf("%s has no %s.", who, group)
	}
	var all []string
	for _, other := range []string{"inputs", "outputs", "metrics", "plots"} {
		if other != group && c.entriesOf(stage, other).set[name] {
			c.report(pl, "E-ref-unknown", at, "%s Did you mean %s.%s?", detail, other, name)
			return
		}
		for _, n := range c.entriesOf(stage, other).names {
			if (other == "inputs") == (group == "inputs") { // who asks for what is made wants no input
				all = append(all, other+"."+n)
			}
		}
	}
	hint := didYouMean(name, has.names)
	if n := len(all); hint == "" && n > 0 {
		hint = " It has " + strings.Join(all[:min(n, 12)], ", ") + "."
	}
	c.report(pl, "E-ref-unknown", at, "%s%s", detail, hint)
}

// entrySet is what can be seen of an object attribute without evaluating it.
type entrySet struct {
	known bool // it is an object written out, or not there
	names []string
	set   map[string]bool
}

// entriesOf returns the entries of a group, and keeps them: a stage may be
// referred to a thousand times.
func (c *checker) entriesOf(stage *Block, group string) *entrySet {
	id := entryID{stage, group}
	if c.entries[id] == nil {
		c.entries[id] = newEntrySet(stage.Attr(group))
	}
	return c.entries[id]
}

type entryID struct {
	stage *Block
	group string
}

func newEntrySet(a *Attr) *entrySet {
	if a == nil {
		return &entrySet{known: true}
	}
	o, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return &entrySet{}
	}
	s := &entrySet{known: true, set: make(map[string]bool, len(o.Items))}
	for _, item := range o.Items {
		name := keyName(item.KeyExpr)
		if name == "" {
			return &entrySet{}
		}
		s.names = append(s.names, name)
		s.set[name] = true
	}
	return s
}

func capitalized(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
