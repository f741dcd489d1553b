package eval

import (
	"errors"
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/script"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

const (
	// maxScript is the longest script given as an argument: Linux refuses a single one
	// of 128 KiB. A longer script is a file of the input root.
	maxScript   = 96 << 10
	scriptAt    = ".dewar/script"
	maxDisplay  = 100
	scriptLabel = "command"
)

// command is the command of a stage, made ready.
type command struct {
	ev     *evaluator
	fr     *frame
	span   diag.Span
	cond   *compiled // a conditional chooses between two commands
	yes    *command
	no     *command
	x      *compiled
	script bool        // x gives the pieces of a script
	words  []*compiled // of a list that is written out, in place of x
	done   *commandResult
}

type commandResult struct {
	args  []string
	text  string // of the script
	marks cty.ValueMarks
	known bool
	ok    bool
	spill bool // the script is a file
}

// command compiles an expression that gives a command. Only a template written
// in its place is a script: a text from elsewhere has lost where its values are.
func (ev *evaluator) command(e hclsyntax.Expression, fr *frame, vw view) *command {
	e = unparen(e)
	c := &command{ev: ev, fr: fr, span: lang.Span(e.Range())}
	switch e := e.(type) {
	case *hclsyntax.ConditionalExpr:
		c.cond = ev.compileNode(e.Condition, fr, vw, "", false)
		c.yes, c.no = ev.command(e.TrueResult, fr, vw), ev.command(e.FalseResult, fr, vw)
	case *hclsyntax.TupleConsExpr:
		for _, w := range e.Exprs {
			c.words = append(c.words, ev.compileNode(w, fr, vw, "", false))
		}
	case *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr:
		c.script = true
		c.x = ev.compileNode(e, fr, vw, "", true)
	default:
		c.x = ev.compileNode(e, fr, vw, "", false)
	}
	return c
}

// at evaluates the command at the frame's point.
func (c *command) at() *commandResult {
	if c.done != nil {
		return c.done
	}
	if c.cond != nil {
		return c.choose()
	}
	if c.varies() {
		return c.evaluate()
	}
	in := c.fr.in
	c.fr.in = nil
	c.done = c.evaluate()
	c.fr.in = in
	return c.done
}

func (c *command) choose() *commandResult {
	v, ok := c.cond.value()
	if !ok {
		return &commandResult{}
	}
	v, marks := v.Unmark()
	switch {
	case !c.ev.public(marks, c.fr, c.span, "command"):
		return &commandResult{}
	case !v.IsKnown():
		return &commandResult{ok: true}
	case v.IsNull() || v.Type() != cty.Bool:
		c.ev.errorf(c.fr, "E-condition", c.span, "The condition is %s. It must be true or false.", kindOf(v))
		return &commandResult{}
	case v.True():
		return c.yes.at()
	}
	return c.no.at()
}

func (c *command) varies() bool {
	for _, w := range c.words {
		if w.varies {
			return true
		}
	}
	return c.x != nil && c.x.varies
}

func (c *command) evaluate() *commandResult {
	if c.x == nil {
		return c.list()
	}
	v, ok := c.x.value()
	if !ok {
		return &commandResult{}
	}
	bare, marks := bareValue(v)
	r := &commandResult{marks: marks, ok: true, known: bare.IsWhollyKnown()}
	if !c.ev.public(marks, c.fr, c.span, "command") {
		return &commandResult{}
	}
	switch {
	case !r.known:
	case c.script:
		c.quote(r, bare)
	default:
		c.argv(r, bare)
	}
	return r
}

// quote makes the pieces of a script its text.
func (c *command) quote(r *commandResult, v cty.Value) {
	p := v.EncapsulatedValue().(*pieces)
	text, err := script.Quote(p.parts)
	if err != nil {
		r.ok = false
		var wrong *script.Error
		if !errors.As(err, &wrong) {
			panic("eval.quote: " + err.Error())
		}
		at := c.span
		if wrong.Part >= 0 && wrong.Part < len(p.at) {
			at = lang.Span(p.at[wrong.Part].Range())
		}
		c.ev.errorf(c.fr, wrong.Code, at, "%s", wrong.Detail)
		return
	}
	if strings.TrimSpace(text) == "" {
		r.ok = false
		c.ev.errorf(c.fr, "E-command-empty", c.span, "The script is empty.")
		return
	}
	if strings.ContainsRune(text, 0) {
		r.ok = false
		c.ev.errorf(c.fr, "E-command-value", c.span, "A command cannot hold a NUL byte.")
		return
	}
	r.text, r.spill = text, len(text) > maxScript
}

// argv reads a value as a list of words.
func (c *command) argv(r *commandResult, v cty.Value) {
	switch {
	case v.IsNull():
		c.fail(r, "E-attribute-type", c.span, "The command is null.")
		return
	case v.Type() == cty.String:
		c.fail(r, "E-command-string", c.span, "This text was put together before it got here, so its values can no longer be quoted for the shell. Write the command as a list, [\"python3\", inputs.script], or the template itself in this place; raw(…) in a template takes a text as it is.")
		return
	case !isList(v.Type()):
		c.fail(r, "E-attribute-type", c.span, "A command is a list of words or a script, not %s.", kindOf(v))
		return
	}
	r.args = make([]string, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		_, w := it.Element()
		c.word(r, w, c.span)
	}
	c.program(r)
}

// list evaluates a list that is written out, word by word.
func (c *command) list() *commandResult {
	r := &commandResult{ok: true, known: true, args: make([]string, 0, len(c.words))}
	for _, x := range c.words {
		v, ok := x.value()
		if !ok {
			r.ok = false
			continue
		}
		bare, marks := bareValue(v)
		span := lang.Span(x.expr.Range())
		switch {
		case !c.ev.public(marks, c.fr, span, "command"):
			r.ok = false
		case !bare.IsWhollyKnown():
			r.known = false
		default:
			r.mark(marks)
			c.word(r, bare, span)
		}
	}
	if r.ok && r.known {
		c.program(r)
	}
	return r
}

func (r *commandResult) mark(marks cty.ValueMarks) {
	if len(marks) > 0 && r.marks == nil {
		r.marks = cty.ValueMarks{}
	}
	for m := range marks {
		r.marks[m] = struct{}{}
	}
}

// word adds a word; a list gives its words, as inputs.scores does.
func (c *command) word(r *commandResult, w cty.Value, at diag.Span) {
	if !w.IsNull() && isList(w.Type()) {
		for it := w.ElementIterator(); it.Next(); {
			_, e := it.Element()
			c.scalar(r, e, at)
		}
		return
	}
	c.scalar(r, w, at)
}

func (c *command) scalar(r *commandResult, w cty.Value, at diag.Span) {
	if w.IsNull() {
		c.fail(r, "E-command-value", at, "A word of the command is null. Leave it out with a conditional: concat([…], c ? [\"--flag\"] : []).")
		return
	}
	s, err := text(w)
	if err != nil {
		c.fail(r, "E-command-value", at, "A word of the command is %s.", err)
		return
	}
	if strings.ContainsRune(s, 0) {
		c.fail(r, "E-command-value", at, "A command cannot hold a NUL byte.")
		return
	}
	r.args = append(r.args, s)
}

func (c *command) program(r *commandResult) {
	if r.ok && (len(r.args) == 0 || r.args[0] == "") {
		c.fail(r, "E-command-empty", c.span, "The command has no program to run.")
	}
}

func (c *command) fail(r *commandResult, code string, at diag.Span, format string, args ...any) {
	r.ok = false
	c.ev.errorf(c.fr, code, at, format, args...)
}

// give puts the command into an instance.
func (r *commandResult) give(ev *evaluator, x *graph.Instance, in *instance) {
	if r.args != nil {
		x.Args, x.Display = r.args, displayArgs(r.args)
		return
	}
	x.Script, x.Display = r.text, displayScript(r.text)
	if !r.spill {
		x.Args = append(append(make([]string, 0, len(ev.settings.shell)+2), ev.settings.shell...), "-c", r.text)
		return
	}
	x.Args = append(append([]string(nil), ev.settings.shell...), rel(x.WorkingDir, path.Join(ev.space.Root(), scriptAt)))
	in.depend(graph.Input{Label: scriptLabel, At: path.Join(ev.space.Root(), scriptAt), Kind: graph.Literal, Bytes: []byte(r.text), Span: in.st.block.Attr("command").Span})
}

func displayArgs(args []string) string {
	var b strings.Builder
	for i, a := range args {
		if i == 0 && path.IsAbs(a) {
			a = path.Base(a)
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$`;&|<>()*?[]#~{}") {
			a = "'" + strings.ReplaceAll(strings.Join(strings.Fields(a), " "), "'", `'\''`) + "'"
		}
		b.WriteString(a)
		if b.Len() > 4*maxDisplay {
			break
		}
	}
	return shorten(b.String())
}

// displayScript joins the lines of a script into one.
func displayScript(s string) string {
	var lines []string
	n := 0
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		lines = append(lines, line)
		if n += len(line); n > 4*maxDisplay {
			break
		}
	}
	return shorten(strings.Join(lines, "; "))
}

// shorten cuts a text to what fits on a line; cut texts end with an ellipsis.
func shorten(s string) string {
	if len(s) <= maxDisplay {
		return s
	}
	n := 0
	for i := range s {
		if n == maxDisplay-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
