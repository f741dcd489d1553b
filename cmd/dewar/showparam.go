package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/spf13/cobra"
)

func (c *cli) showParam() *cobra.Command {
	var flags paramFlags
	var origin bool
	cmd := &cobra.Command{
		Use: "param NAME", Short: "Show a param, or a part of one: value, type, where it is from, what reads it", Args: cobra.ExactArgs(1),
		Long: `Shows a param, or a part of one: its value, its type, where the value is from, and the stages that read it.

With --origin, every layer that says something of it, lowest first: the declaration, a file that is chosen, the
param's own file, files of --params, -p. The last that says more than null counts. Values of sensitive params are
not shown.`,
		Example: "  dewar show param train.C\n  dewar show param train.C --origin -p train.C=10",
		RunE: func(_ *cobra.Command, args []string) error {
			p, dir, err := c.open()
			if err != nil {
				return err
			}
			defer c.close(p)
			o, err := flags.options(c, p, dir)
			if err != nil {
				return err
			}
			x, err := c.paramStory(p, o, args[0])
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(x)
			}
			c.printParam(x, origin)
			return nil
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&origin, "origin", false, "every layer that says something of it")
	cmd.ValidArgsFunction = c.completeParams
	return cmd
}

// paramStory is a param, or a part of one; spec/formats.md describes it.
type paramStory struct {
	Name      string              `json:"param"`
	Type      string              `json:"type"`
	Sensitive bool                `json:"sensitive"`
	File      string              `json:"file,omitempty"`
	At        string              `json:"at,omitempty"`
	Choices   []string            `json:"choices,omitempty"`
	Parts     []paramPart         `json:"parts"`
	Readers   []dewar.ParamReader `json:"stages"`
	Modules   []string            `json:"modules,omitempty"`
	unknown   bool                // the pipeline is broken elsewhere: who reads it is not known
}

// paramPart is a part that comes from one place.
type paramPart struct {
	Name   string          `json:"name"`
	Type   string          `json:"type"`
	Value  json.RawMessage `json:"value"`
	Origin string          `json:"origin"`
	Layers []paramLayer    `json:"layers"`
}

// paramLayer is what one layer says of a part.
type paramLayer struct {
	Layer  string          `json:"layer"`
	Origin string          `json:"origin"`
	File   string          `json:"file,omitempty"`
	Line   int             `json:"line,omitempty"`
	Text   string          `json:"text,omitempty"` // of the line
	Value  json.RawMessage `json:"value"`
	Wins   bool            `json:"wins"`
}

func (c *cli) paramStory(p *dewar.Project, o dewar.EvalOptions, name string) (*paramStory, error) {
	defer c.evaluating()()
	params, sources, diags := p.BoundParams(o)
	c.sources = sources
	if err := diags.Err(); err != nil {
		return nil, err
	}
	c.say(diags)
	b, path, ok := params.Find(name)
	if !ok {
		if d, module := p.ModuleParam(o.Dir, name); module {
			return nil, diag.List{d}.Err()
		}
		return nil, diag.List{{Code: "E-param-unknown", Detail: fmt.Sprintf("There is no param %s.%s", strconv.Quote(strings.TrimPrefix(name, "param.")), params.Nearest(name))}}.Err()
	}
	out := &paramStory{Name: b.PartName(path), Type: b.TypeName(path), Sensitive: b.Sensitive, File: b.File, Parts: []paramPart{}, Readers: []dewar.ParamReader{}}
	if b.File != "" {
		out.At = strings.Join(b.Key, ".")
	}
	var leaves []string
	for _, l := range b.Parts(path) {
		out.Parts = append(out.Parts, c.paramPart(b, l))
		leaves = append(leaves, b.LeafName(l))
	}
	if b.Choice != nil && len(path) == 0 {
		out.Choices = b.Choice.Names
	}
	ev, _ := p.Evaluate(o)
	if out.unknown = ev.Graph == nil; !out.unknown {
		out.Readers = append(out.Readers, dewar.ReadersOf(ev.Graph, leaves)...)
		out.Modules = p.ModulesReading(o, leaves)
	}
	return out, nil
}

func (c *cli) paramPart(b *param.Bound, l param.Leaf) paramPart {
	x := paramPart{Name: b.PartName(l.Path), Type: b.TypeName(l.Path), Value: jsonOf(b, l), Origin: l.Origin, Layers: []paramLayer{}}
	for _, o := range b.Offers(l.Path) {
		y := paramLayer{Layer: o.Layer.String(), Origin: o.Origin, Value: jsonOf(b, o.Leaf), Wins: o.Wins}
		if !strings.HasPrefix(o.Span.File, "<") && !o.Span.IsZero() {
			y.File, y.Line = o.Span.File, o.Span.Start.Line
			y.Text = c.lineOf(o.Span)
		}
		x.Layers = append(x.Layers, y)
	}
	return x
}

// jsonOf is the value of a leaf; null if it is not to be shown.
func jsonOf(b *param.Bound, l param.Leaf) json.RawMessage {
	if b.Sensitive {
		return json.RawMessage("null")
	}
	return json.RawMessage(l.JSON())
}

// lineOf is the line of a file that a span begins on; "" if it is not to be shown.
func (c *cli) lineOf(at diag.Span) string {
	text, ok := c.sources.Source(at.File)
	if !ok || at.Masked {
		return ""
	}
	lines := bytes.Split(text, []byte("\n"))
	if at.Start.Line < 1 || at.Start.Line > len(lines) {
		return ""
	}
	return shorten(strings.TrimSpace(string(lines[at.Start.Line-1])))
}

func (c *cli) printParam(x *paramStory, origin bool) {
	c.printf("param.%s\n", x.Name)
	line := func(name, text string) {
		if text != "" {
			c.printf("  %-9s %s\n", name, text)
		}
	}
	line("type", x.Type)
	if x.File != "" {
		file := x.File
		if x.At != "" {
			file += ", at " + x.At
		}
		line("file", file)
	}
	line("choices", strings.Join(x.Choices, ", "))
	if len(x.Parts) == 1 && x.Parts[0].Name == x.Name {
		line("value", x.value(x.Parts[0].Value))
		line("from", x.Parts[0].Origin)
	}
	c.printReaders(x, line)
	if len(x.Parts) > 1 || x.Parts[0].Name != x.Name {
		c.printf("\n")
		for _, part := range x.Parts {
			c.printf("%s\n", strings.TrimRight(fmt.Sprintf("  %-24s %-20s %s", part.Name, x.value(part.Value), part.Origin), " "))
		}
	}
	if !origin {
		return
	}
	for _, part := range x.Parts {
		c.printf("\n  what gives %s a value; the last that is not null counts\n", part.Name)
		if len(part.Layers) == 0 {
			c.printf("    nothing: it is optional\n")
		}
		for _, l := range part.Layers {
			sign := " "
			if l.Wins {
				sign = "*"
			}
			c.printf("%s\n", strings.TrimRight(fmt.Sprintf("  %s %-10s %-20s %-28s %s", sign, l.Layer, x.value(l.Value), l.place(), l.Text), " "))
		}
	}
}

// value is a value for people.
func (x *paramStory) value(v json.RawMessage) string {
	if x.Sensitive {
		return "(sensitive)"
	}
	return shorten(printable(string(v)))
}

// place is where a layer says it.
func (l *paramLayer) place() string {
	if l.File != "" {
		return fmt.Sprintf("%s:%d", l.File, l.Line)
	}
	return l.Origin
}

func (c *cli) printReaders(x *paramStory, line func(name, text string)) {
	const shown = 8
	if x.unknown {
		line("read by", "not known: the pipeline has mistakes, `dewar validate` says which")
		return
	}
	var list []string
	for _, r := range x.Readers {
		text := r.Stage
		if n := len(r.Instances); n > 1 || r.Instances[0] != r.Stage {
			text += ", " + counted(n, "instance")
		}
		list = append(list, text)
	}
	for _, name := range x.Modules {
		list = append(list, "module "+name)
	}
	if len(list) == 0 {
		list = []string{"no stage"}
	}
	if more := len(list) - shown; more > 0 {
		list = append(list[:shown], fmt.Sprintf("and %d more", more))
	}
	name := "read by"
	for _, text := range list {
		line(name, text)
		name = ""
	}
}
