package param

import (
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// MaxTries is how many values one axis of an experiment may have.
const MaxTries = 1_000_000

// Tries are the values that an experiment gives to one param, or part of one. Each is
// the text that -p takes for it; the texts are canonical, so that equal values
// have equal texts.
type Tries struct {
	Name  string // "train.C"
	Texts []string
	Span  diag.Span // where they are written
}

// Space reads the values that an experiment tries: several where a run has one.
// The declared type says what is one value and what are several.
//
// A list is several values, unless a list is what the type wants: then a list of
// such lists is several, and it alone is one.
type Space struct {
	b     binding
	value func(hcl.Expression) (cty.Value, diag.List)
}

// NewSpace reads the declarations of the params. value evaluates an expression that
// refers to nothing but functions; what it returns is known, has no marks, and is
// made of scalars, lists and objects.
func NewSpace(params []*lang.Block, dir string, value func(hcl.Expression) (cty.Value, diag.List)) (*Space, diag.List) {
	s := &Space{value: value}
	var out diag.List
	for _, block := range params {
		d, diags := declare(block, dir)
		out = append(out, diags...)
		s.b.decls = append(s.b.decls, d)
	}
	return s, out
}

// Sources returns the texts of the settings that were read, for snippets.
func (s *Space) Sources() []Source { return s.b.texts }

// taken returns what was reported since it was called last.
func (s *Space) taken() diag.List {
	out := s.b.diags
	s.b.diags = nil
	return out
}

// spot is a part of a param whose values are being read.
type spot struct {
	d    *decl
	path []string // below the param
	ty   Type
	at   diag.Span // where it is named
}

func (p *spot) name() string { return dotted(append([]string{p.d.name}, p.path...)) }

// chooses reports whether the values of p are names of choices.
func (p *spot) chooses() bool { return p.d.chooses(p.path) && p.ty.Kind == KindString }

// inner returns the part called name of p.
func (p spot) inner(name string, ty Type, at diag.Span) spot {
	return spot{d: p.d, path: append(clone(p.path), name), ty: ty, at: at}
}

// open reports whether an experiment may set p. What it sets is written down with its
// results.
func (s *Space) open(p *spot) bool {
	if p.d.sensitive {
		s.b.report("E-sensitive", p.at, "param.%s is sensitive, and the values that an experiment tries are recorded with its results. Set it for all of them with --params.", p.d.name)
	}
	return !p.d.sensitive && !p.d.broken
}

// reader reads expressions that are written for p.
func (s *Space) reader(p *spot, layer Layer) *literalReader {
	return &literalReader{
		layer: layer, origin: "experiment", code: "E-param-set", value: s.value,
		advice: fmt.Sprintf("The values of param.%s to try are constants, and functions of constants: %s. Texts are quoted.", p.name(), p.ty.several()),
	}
}

// tries checks values and gives each its text; trees that are equal count once.
func (s *Space) tries(p *spot, trees []*Tree) Tries {
	out := Tries{Name: p.name(), Span: p.at}
	if len(trees) == 0 {
		s.b.report("E-sweep-empty", p.at, "There are no values to try for param.%s.", p.name())
		return out
	}
	if len(trees) > MaxTries {
		s.b.report("E-sweep-many", p.at, "There are %d values to try for param.%s; %d are the most.", len(trees), p.name(), MaxTries)
		return out
	}
	c := checker{subject: "param." + p.name(), notes: []diag.Note{{Span: p.d.typeSpan, Text: "declared here"}}}
	seen := make(map[string]bool, len(trees))
	twice, wrong := 0, 0
	for _, t := range trees {
		if !s.fits(c, p, t) {
			if wrong++; wrong == 20 {
				return out
			}
			continue
		}
		text := settingText(p.ty, t)
		if seen[text] {
			if twice++; twice == 1 {
				s.b.report("W-sweep-duplicate", t.Span, "param.%s is to be %s twice: both are one experiment.", p.name(), shorten(text))
			}
			continue
		}
		seen[text] = true
		out.Texts = append(out.Texts, text)
	}
	return out
}

// fits reports whether t is a value of p's type, and what it is if not.
func (s *Space) fits(c checker, p *spot, t *Tree) bool {
	if t.Shape == Null {
		s.b.report("E-param-type", t.Span, "param.%s cannot be null: null means absent, and that is no value to try.", p.name())
		return false
	}
	if p.chooses() {
		return s.chosen(p, t)
	}
	diags := c.check(p.ty, t)
	s.b.diags = append(s.b.diags, diags...)
	return !diags.HasErrors()
}

// chosen is fits for a choice.
func (s *Space) chosen(p *spot, t *Tree) bool {
	var diags diag.List
	if t.Shape == String {
		diags = p.d.known(t)
	} else {
		c := checker{sensitive: p.d.sensitive}
		diags = diag.List{report("E-param-choice", t.Span, "param.%s is tried by names of choices alone, and this is %s. A part beside the choice is tried by itself, under its own name, as -p %s.x=1,2.%s", p.name(), c.describe(t), p.name(), nearestOrAll("", p.d.choiceNames()))}
	}
	s.b.diags = append(s.b.diags, diags...)
	return !diags.HasErrors()
}
