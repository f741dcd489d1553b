package main

import (
	"github.com/dewar-build/dewar/lang"
	"github.com/spf13/cobra"
)

func (c *cli) showSchema() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Show the blocks and attributes of the language, for editors with --json", Args: cobra.NoArgs,
		Long: "Shows the blocks that a pipeline may have, and what may stand in each. No project is needed. Its functions:\n`dewar show functions`.",
		RunE: func(*cobra.Command, []string) error {
			if err := c.settle(); err != nil {
				return err
			}
			if c.json {
				return c.printJSON(map[string]any{"blocks": schemaJSON(lang.Schema())})
			}
			for i, b := range lang.Schema() {
				if i > 0 {
					c.printf("\n")
				}
				c.printBlock(b, "")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
}

// blockJSON is a kind of block; spec/formats.md describes it.
type blockJSON struct {
	Kind   string      `json:"kind"`
	Label  bool        `json:"label"`
	Once   bool        `json:"once"`
	Free   bool        `json:"free"`
	Doc    string      `json:"doc"`
	NotYet bool        `json:"not_yet"`
	Attrs  []attrJSON  `json:"attributes"`
	Blocks []blockJSON `json:"blocks"`
}

// attrJSON is an attribute, or a field of one.
type attrJSON struct {
	Name     string     `json:"name"`
	Type     string     `json:"type"`
	Doc      string     `json:"doc"`
	Required bool       `json:"required"`
	NotYet   bool       `json:"not_yet"`
	Values   []string   `json:"values,omitempty"`
	Fields   []attrJSON `json:"fields,omitempty"`
}

func schemaJSON(specs []lang.BlockSpec) []blockJSON {
	out := []blockJSON{}
	for _, s := range specs {
		b := blockJSON{Kind: s.Kind, Label: s.Label, Once: s.Once, Free: s.Free, Doc: s.Doc, NotYet: s.NotYet != "", Attrs: attrsJSON(s.Attrs), Blocks: schemaJSON(s.Blocks)}
		out = append(out, b)
	}
	return out
}

func attrsJSON(specs []lang.AttrSpec) []attrJSON {
	out := []attrJSON{}
	for _, a := range specs {
		out = append(out, attrJSON{
			Name: a.Name, Type: a.Type, Doc: a.Doc, Required: a.Required, NotYet: a.NotYet != "", Values: a.Values, Fields: attrsJSON(a.Fields),
		})
	}
	return out
}

func (c *cli) printBlock(s lang.BlockSpec, indent string) {
	head := s.Kind
	if s.Label {
		head += ` "NAME"`
	}
	c.printf("%s%s  %s%s\n", indent, head, s.Doc, notYet(s.NotYet))
	c.printAttrs(s.Attrs, indent+"  ")
	for _, b := range s.Blocks {
		c.printBlock(b, indent+"  ")
	}
}

// printAttrs prints attributes, below each the fields of the object that it can be.
func (c *cli) printAttrs(specs []lang.AttrSpec, indent string) {
	for _, a := range specs {
		required := ""
		if a.Required {
			required = " Required."
		}
		c.printf("%s%-14s %-28s %s%s%s\n", indent, a.Name, a.Type, a.Doc, required, notYet(a.NotYet))
		c.printAttrs(a.Fields, indent+"  ")
	}
}

func notYet(why string) string {
	if why != "" {
		return " Not yet."
	}
	return ""
}
