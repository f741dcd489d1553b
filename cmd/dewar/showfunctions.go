package main

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/spf13/cobra"
)

func (c *cli) showFunctions() *cobra.Command {
	cmd := &cobra.Command{
		Use: "functions [NAME...]", Short: "Show the functions of the language, and those that the pipeline declares", Args: cobra.ArbitraryArgs,
		Long: `Shows the functions that expressions may call: by family, a line each. Those that the pipeline
declares come first. With names, what each does, with an example and what that is equal to; a name
may be a family. No project is needed.`,
		Example: "  dewar show functions\n  dewar show functions regex grid\n  dewar show functions encodings",
		RunE: func(_ *cobra.Command, args []string) error {
			if err := c.settle(); err != nil {
				return err
			}
			all := c.functions()
			if len(args) == 0 {
				if c.json {
					return c.printJSON(map[string]any{"functions": functionsJSON(all)})
				}
				c.listFunctions(all)
				return nil
			}
			some, err := functionsCalled(all, args)
			switch {
			case err != nil:
				return err
			case c.json:
				return c.printJSON(map[string]any{"functions": functionsJSON(some)})
			}
			for i, f := range some {
				if i > 0 {
					c.printf("\n")
				}
				c.printFunction(f)
			}
			return nil
		},
	}
	cmd.ValidArgsFunction = c.completeFunctions
	return cmd
}

// functions are those of the pipeline here, if there is one, and of the language.
func (c *cli) functions() []dewar.FunctionDoc {
	all := dewar.Functions()
	p, dir, err := c.open()
	if err != nil {
		return all
	}
	defer c.close(p)
	return append(p.Functions(dir), all...)
}

// functionsCalled finds functions by name, or by family.
func functionsCalled(all []dewar.FunctionDoc, names []string) ([]dewar.FunctionDoc, error) {
	var out []dewar.FunctionDoc
	for _, name := range names {
		n := len(out)
		name = strings.TrimSuffix(name, "()")
		if i := slices.IndexFunc(all, func(f dewar.FunctionDoc) bool { return f.Name == name }); i >= 0 {
			out = append(out, all[i])
			continue
		}
		for _, f := range all {
			if strings.EqualFold(f.Family, name) {
				out = append(out, f)
			}
		}
		if len(out) == n {
			return nil, usage("E-function-unknown", "There is no function %q.%s", name, functionHint(all, name))
		}
	}
	return out, nil
}

// functionHint offers functions that have to do with a word.
func functionHint(all []dewar.FunctionDoc, word string) string {
	if instead := dewar.FunctionInstead(word); instead != "" {
		return " " + instead
	}
	var near []string
	for _, f := range all {
		if strings.Contains(f.Name, word) || len(word) > 3 && strings.Contains(" "+strings.ToLower(f.Doc), " "+strings.ToLower(word)) {
			near = append(near, f.Name)
		}
	}
	if len(near) == 0 {
		if best := dewar.NearestFunction(all, word); best != "" {
			return " Did you mean " + best + "?"
		}
	}
	if len(near) == 0 || len(near) > 8 {
		return " `dewar show functions` lists all."
	}
	return " Is it one of these: " + strings.Join(near, ", ") + "?"
}

// listFunctions prints a line a function, by family.
func (c *cli) listFunctions(all []dewar.FunctionDoc) {
	const widest = 34
	width := 0
	for _, f := range all {
		if n := len(f.Call); n <= widest {
			width = max(width, n)
		}
	}
	family := ""
	for _, f := range all {
		if f.Family != family {
			if family != "" {
				c.printf("\n")
			}
			family = f.Family
			c.printf("%s\n", family)
		}
		c.printf("%s\n", strings.TrimRight("  "+padded(f.Call, width)+"  "+cutShort(firstSentence(f.Doc)), " "))
	}
}

// padded fills a text with blanks; what is wider than the column pushes the rest on.
func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-len([]rune(s))))
}

// firstSentence is the summary of a documentation.
func firstSentence(doc string) string {
	if first, _, more := strings.Cut(doc, ". "); more {
		return first + "."
	}
	return doc
}

// cutShort cuts a text that would make a line of a list too long.
func cutShort(s string) string {
	const most = 90
	if r := []rune(s); len(r) > most {
		return strings.TrimRight(string(r[:most]), " ") + "…"
	}
	return s
}

// printFunction prints all that is known of one.
func (c *cli) printFunction(f dewar.FunctionDoc) {
	c.printf("%s\n", f.Call)
	if f.Doc != "" {
		for _, line := range wrapped(f.Doc, 92) {
			c.printf("  %s\n", line)
		}
	}
	if f.Family == "pipeline" {
		c.printf("\n")
		for _, p := range f.Params {
			text := "  " + p.Name + " is " + p.Type
			switch {
			case p.Default != "":
				text += "; " + p.Default + " if it is left out"
			case p.Optional:
				text += "; null if it is left out"
			}
			c.printf("%s\n", text)
		}
		c.printf("  the result is %s\n  declared in %s, line %d\n", f.Result, f.Span.File, f.Span.Start.Line)
		return
	}
	if f.Example == "" {
		return
	}
	c.printf("\n  %s\n", f.Example)
	if f.Equal != "" {
		c.printf("  is %s\n", f.Equal)
	}
}

// wrapped breaks a text into lines of at most so many characters, where they have blanks.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// functionJSON is a function; spec/formats.md describes it.
type functionJSON struct {
	Name    string              `json:"name"`
	Family  string              `json:"family"`
	Call    string              `json:"call"`
	Doc     string              `json:"doc"`
	Example string              `json:"example,omitempty"`
	Equal   string              `json:"equal,omitempty"`
	Params  []functionParamJSON `json:"params"`
	Result  string              `json:"result,omitempty"`
	File    string              `json:"file,omitempty"`
	Line    int                 `json:"line,omitempty"`
}

// functionParamJSON is a parameter of a function.
type functionParamJSON struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Optional bool   `json:"optional"`
	Default  string `json:"default,omitempty"`
	More     bool   `json:"more"`
}

func functionsJSON(all []dewar.FunctionDoc) []functionJSON {
	out := []functionJSON{}
	for _, f := range all {
		j := functionJSON{Name: f.Name, Family: f.Family, Call: f.Call, Doc: f.Doc, Example: f.Example, Equal: f.Equal,
			Params: []functionParamJSON{}, Result: f.Result, File: f.Span.File, Line: f.Span.Start.Line}
		for _, p := range f.Params {
			j.Params = append(j.Params, functionParamJSON(p))
		}
		out = append(out, j)
	}
	return out
}

// completeFunctions offers names of functions, and families.
func (c *cli) completeFunctions(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if c.settle() != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	c.quiet = true
	var words []string
	for _, f := range c.functions() {
		if strings.HasPrefix(f.Name, typed) && !slices.Contains(args, f.Name) {
			words = append(words, f.Name+"\t"+firstSentence(f.Doc))
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}
