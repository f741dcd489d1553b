package eval

import (
	"fmt"

	"github.com/dewar-build/dewar/eval/number"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// view is how an expression sees paths: rendered relative to a directory, or
// not at all while points are made, where instances have axes but no outputs yet.
type view struct {
	base    string     // project-relative directory
	to      *evaluator // whose paths they are, when another pipeline asks; nil: our own
	points  bool
	results bool // in an assert: metrics are what is in the files
}

// compiled is an expression made ready for one place.
type compiled struct {
	ev      *evaluator
	fr      *frame // the stage it stands in; nil outside stages
	expr    hclsyntax.Expression
	refs    []*refExpr
	varies  bool   // it may differ from point to point
	subject string // for diagnostics outside stages
}

// value evaluates x at its frame's point. ok is false if it failed; why was
// reported.
func (x *compiled) value() (v cty.Value, ok bool) {
	x.ev.family.going()
	if x.ev.depth++; x.ev.depth == 1 {
		x.ev.turns = 0
	}
	before := x.ev.family.now
	x.ev.family.now = x.ev
	v, ds := x.expr.Value(x.ev.ctx)
	x.ev.family.now = before
	x.ev.depth--
	if !ds.HasErrors() && tooManyParts(v) {
		ds = manyParts(x.expr.Range())
	}
	if len(ds) > 0 && x.ev.take(ds, x) {
		return cty.DynamicVal, false
	}
	return v, true
}

// compiler rewrites a syntax tree. Nothing of the declaration is changed: every
// node is copied.
type compiler struct {
	ev     *evaluator
	fr     *frame
	view   view
	loops  []loopName // of the for expressions around
	anon   map[*hclsyntax.AnonSymbolExpr]*hclsyntax.AnonSymbolExpr
	script bool          // in a template whose interpolations the shell will read
	within *userFunction // whose body this is, if of any
	asked  int           // how often the body has asked for a parameter so far
	refs   []*refExpr
}

// compile prepares expr for stage fr (or no stage) under a view.
func (ev *evaluator) compile(expr hcl.Expression, fr *frame, vw view, subject string) *compiled {
	return ev.compileNode(expr.(hclsyntax.Expression), fr, vw, subject, false)
}

func (ev *evaluator) compileNode(e hclsyntax.Expression, fr *frame, vw view, subject string, script bool) *compiled {
	c := &compiler{ev: ev, fr: fr, view: vw, script: script}
	return c.compiled(e, subject)
}

// compiled compiles a whole expression.
func (c *compiler) compiled(e hclsyntax.Expression, subject string) *compiled {
	node, varies := c.node(e)
	if !varies && worthKeeping(node) {
		node = &memoExpr{Expression: node}
	}
	return &compiled{ev: c.ev, fr: c.fr, expr: node, refs: c.refs, varies: varies, subject: subject}
}

// worthKeeping reports whether evaluating a node again costs more than
// remembering its value.
func worthKeeping(e hclsyntax.Expression) bool {
	switch e.(type) {
	case *hclsyntax.LiteralValueExpr, *refExpr, *memoExpr, *hclsyntax.ObjectConsKeyExpr, *hclsyntax.AnonSymbolExpr:
		return false
	}
	return true
}

// children compiles the parts of one node. Where some vary and others do not,
// the others are kept.
func (c *compiler) children(parts ...*hclsyntax.Expression) (varies bool) {
	_, varies = c.childrenEach(parts)
	return varies
}

// childrenEach is children, and says which of them vary.
func (c *compiler) childrenEach(parts []*hclsyntax.Expression) (each []bool, varies bool) {
	each = make([]bool, len(parts))
	for i, p := range parts {
		if *p != nil {
			*p, each[i] = c.node(*p)
			varies = varies || each[i]
		}
	}
	if !varies {
		return each, false
	}
	for i, p := range parts {
		if *p != nil && !each[i] && worthKeeping(*p) {
			*p = &memoExpr{Expression: *p}
		}
	}
	return each, true
}

// node returns the compiled form of e and whether it varies from point to point,
// or from one turn of a loop to the next.
func (c *compiler) node(e hclsyntax.Expression) (hclsyntax.Expression, bool) {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return literal(e), false
	case *hclsyntax.AnonSymbolExpr:
		if to := c.anon[e]; to != nil {
			return to, true
		}
		return e, true
	case *hclsyntax.ScopeTraversalExpr:
		return c.traversal(e)
	case *hclsyntax.ParenthesesExpr:
		n := *e
		varies := c.children(&n.Expression)
		return &n, varies
	case *hclsyntax.RelativeTraversalExpr:
		n := *e
		varies := c.children(&n.Source)
		return &relExpr{Expression: e, source: n.Source, steps: e.Traversal}, varies
	case *hclsyntax.IndexExpr:
		n := &indexExpr{IndexExpr: e, of: e.Collection, at: e.Key}
		varies := c.children(&n.of, &n.at)
		return n, varies
	case *hclsyntax.UnaryOpExpr:
		return c.unary(e)
	case *hclsyntax.TupleConsExpr:
		n := *e
		n.Exprs = append([]hclsyntax.Expression(nil), e.Exprs...)
		varies := c.children(pointers(n.Exprs)...)
		return &n, varies
	case *hclsyntax.TemplateWrapExpr:
		if c.script {
			return c.template(&hclsyntax.TemplateExpr{Parts: []hclsyntax.Expression{e.Wrapped}, SrcRange: e.SrcRange})
		}
		return c.node(e.Wrapped)
	case *hclsyntax.ExprSyntaxError:
		return e, false
	default:
		return c.composite(e)
	}
}

func (c *compiler) composite(e hclsyntax.Expression) (hclsyntax.Expression, bool) {
	switch e := e.(type) {
	case *hclsyntax.ConditionalExpr:
		n := &condExpr{Expression: e, cond: e.Condition, yes: e.TrueResult, no: e.FalseResult}
		varies := c.children(&n.cond, &n.yes, &n.no)
		return n, varies
	case *hclsyntax.BinaryOpExpr:
		return c.binary(e)
	case *hclsyntax.FunctionCallExpr:
		return c.call(e)
	case *hclsyntax.ObjectConsExpr:
		return c.object(e)
	case *hclsyntax.ObjectConsKeyExpr:
		return c.objectName(e)
	case *hclsyntax.ForExpr:
		return c.loop(e)
	case *hclsyntax.SplatExpr:
		return c.splat(e)
	case *hclsyntax.TemplateExpr:
		return c.template(e)
	case *hclsyntax.TemplateJoinExpr:
		n := &joinExpr{Expression: e, tuple: e.Tuple, script: c.script}
		varies := c.children(&n.tuple)
		return n, varies
	default:
		panic(fmt.Sprintf("eval.compile: unknown syntax node %T", e))
	}
}

func pointers(list []hclsyntax.Expression) []*hclsyntax.Expression {
	out := make([]*hclsyntax.Expression, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// literal makes a written number the number that its text stands for.
func literal(e *hclsyntax.LiteralValueExpr) hclsyntax.Expression {
	if e.Val.Type() != cty.Number || e.Val.IsNull() {
		return e
	}
	v, err := number.Normalize(e.Val)
	if err != nil {
		return e // as large as no float64: whoever needs its text says so
	}
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: e.SrcRange}
}

// traversal compiles a reference, unless a loop around has taken the name.
func (c *compiler) traversal(e *hclsyntax.ScopeTraversalExpr) (hclsyntax.Expression, bool) {
	if name, ok := c.loopName(e); ok {
		return name, true
	}
	if arg, ok := c.argument(e); ok {
		return arg, true
	}
	r := &refExpr{Expression: e, ev: c.ev, fr: c.fr, view: c.view, root: e.Traversal.RootName(), steps: e.Traversal, text: spell(e.Traversal)}
	c.refs = append(c.refs, r)
	return r, r.varies()
}

// call compiles a function call. Where the function takes a string, a number
// arrives as its text: hcl's own conversion would write all 154 digits of 1/3. Lists and
// objects arrive in boxes.
func (c *compiler) call(e *hclsyntax.FunctionCallExpr) (hclsyntax.Expression, bool) {
	if n, varies, ok := c.fanIn(e); ok {
		return n, varies
	}
	n := *e
	n.Args = append([]hclsyntax.Expression(nil), e.Args...)
	view := c.view
	finds := findsFiles(e.Name) && c.ev.crosses(view)
	if readsFile(e.Name) || finds {
		c.view.base, c.view.to = c.ev.dir, nil
	}
	each, varies := c.childrenEach(pointers(n.Args))
	c.view = view
	if f := c.ev.function(e.Name); f != nil {
		return &callExpr{Expression: e, ev: c.ev, f: f, args: n.Args, spread: e.ExpandFinal}, varies
	}
	f, ok := c.ev.ctx.Functions[e.Name]
	if !ok {
		return &n, varies
	}
	params, more := f.Params(), f.VarParam()
	for i := range n.Args {
		p := more
		if i < len(params) {
			p = &params[i]
		}
		switch {
		case p != nil && p.Type == cty.Number && n.ExpandFinal && i == len(n.Args)-1:
			n.Args[i] = &spreadExpr{numeric(e.Name, p.Name, n.Args[i])}
		case p == nil || n.ExpandFinal && i == len(n.Args)-1:
		case p.Type == cty.String:
			n.Args[i] = &textExpr{Expression: n.Args[i]}
		case p.Type == cty.Number:
			n.Args[i] = numeric(e.Name, p.Name, n.Args[i])
		case p.Type == cty.DynamicPseudoType:
			n.Args[i] = &boxExpr{Expression: n.Args[i], same: !each[i]}
		}
	}
	if readsFile(e.Name) {
		return &readExpr{Expression: &n, ev: c.ev}, varies
	}
	if finds {
		return &findExpr{Expression: &n, ev: c.ev, view: view, text: e.Name == "glob"}, varies
	}
	return &n, varies
}

func (c *compiler) object(e *hclsyntax.ObjectConsExpr) (hclsyntax.Expression, bool) {
	n := *e
	n.Items = append([]hclsyntax.ObjectConsItem(nil), e.Items...)
	parts := make([]*hclsyntax.Expression, 0, 2*len(n.Items))
	for i := range n.Items {
		parts = append(parts, &n.Items[i].KeyExpr, &n.Items[i].ValueExpr)
	}
	varies := c.children(parts...)
	return &n, varies
}

// objectName leaves `name =` alone: it is a text, not a reference.
func (c *compiler) objectName(e *hclsyntax.ObjectConsKeyExpr) (hclsyntax.Expression, bool) {
	if _, ref := e.Wrapped.(*hclsyntax.ScopeTraversalExpr); (ref || hcl.ExprAsKeyword(e.Wrapped) != "") && !e.ForceNonLiteral {
		return e, false
	}
	n := *e
	varies := c.children(&n.Wrapped)
	return &n, varies
}

func (c *compiler) splat(e *hclsyntax.SplatExpr) (hclsyntax.Expression, bool) {
	n := *e
	outer := c.children(&n.Source)
	if g := gather(n.Source, e); g != nil {
		return g, outer
	}
	if r, ok := n.Source.(*refExpr); ok && r.root == "stage" && len(r.steps) == 2 {
		r.all = true
	}
	item := &hclsyntax.AnonSymbolExpr{SrcRange: e.Item.SrcRange}
	if c.anon == nil {
		c.anon = map[*hclsyntax.AnonSymbolExpr]*hclsyntax.AnonSymbolExpr{}
	}
	before, asked := len(c.refs), c.asked
	c.anon[e.Item] = item
	n.Item = item
	c.children(&n.Each)
	delete(c.anon, e.Item)
	varies := outer || len(c.anon) > 0 || len(c.loops) > 0 || c.asked > asked
	for _, r := range c.refs[before:] {
		varies = varies || r.varies()
	}
	return &n, varies
}

// template compiles "…${x}…", for the shell if it is a script.
func (c *compiler) template(e *hclsyntax.TemplateExpr) (hclsyntax.Expression, bool) {
	if c.script {
		return c.scriptTemplate(e)
	}
	parts := append([]hclsyntax.Expression(nil), e.Parts...)
	varies := c.children(pointers(parts)...)
	return &templateExpr{Expression: e, parts: parts}, varies
}

// spell writes a traversal as in the source.
func spell(t hcl.Traversal) string {
	s := ""
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			s += step.Name
		case hcl.TraverseAttr:
			s += "." + step.Name
		case hcl.TraverseIndex:
			if k, _ := step.Key.Unmark(); k.IsKnown() && !k.IsNull() {
				s += "[" + jsonText(k) + "]"
			}
		}
	}
	return s
}
