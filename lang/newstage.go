package lang

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// NewStage is a stage to be written. Attributes whose value is empty are left
// out.
type NewStage struct {
	Name        string
	Description string
	ForEach     string // an expression
	Inputs      []Entry
	Outputs     []Entry
	Metrics     []Entry
	Plots       []Entry
	Params      []string // references: "param.train.C"
	Command     []string // words; made an argv list
	Script      string   // in place of Command: a shell command
	WorkingDir  string
	Toolchains  []string // references: "toolchain.python"
	Env         []Entry
	More        []Entry // further attributes, in this order
}

// Entry is `name = value` in an object: a text, or an expression.
type Entry struct {
	Name string
	Text string // written as a quoted string
	Expr string // if not "", written as it is in place of Text
}

// AddStage returns src with the stage added at its end, well formatted. It is
// an error if src does not parse or has a stage of that name.
func AddStage(src []byte, s NewStage) ([]byte, error) {
	if !validName(s.Name) || reserved(s.Name) {
		return nil, fmt.Errorf("%q cannot be the name of a stage: it begins with a letter, and letters, digits, _ and - follow", s.Name)
	}
	body, ds := parse("", src)
	if err := ds.Err(); err != nil {
		return nil, err
	}
	if findStage(body, s.Name) != nil {
		return nil, fmt.Errorf("there is a stage %q already", s.Name)
	}
	text, err := Format([]byte(s.text()))
	if err != nil {
		return nil, fmt.Errorf("writing stage %q: %w", s.Name, err)
	}
	var out bytes.Buffer
	out.Write(src)
	if len(src) > 0 {
		if src[len(src)-1] != '\n' {
			out.WriteByte('\n')
		}
		out.WriteByte('\n')
	}
	out.Write(text)
	return checked(out.Bytes())
}

// checked returns src if it parses.
func checked(src []byte) ([]byte, error) {
	if _, ds := parse("", src); ds.HasErrors() {
		return nil, errors.New("what was to be written would not be valid: " + ds[0].Detail)
	}
	return src, nil
}

// text is the block before formatting.
func (s NewStage) text() string {
	var b strings.Builder
	attr := func(name, expr string) {
		if expr != "" {
			fmt.Fprintf(&b, "  %s = %s\n", name, expr)
		}
	}
	fmt.Fprintf(&b, "stage %q {\n", s.Name)
	attr("description", quotedOrNone(s.Description))
	attr("for_each", s.ForEach)
	attr("inputs", objectText(s.Inputs))
	attr("outputs", objectText(s.Outputs))
	attr("metrics", objectText(s.Metrics))
	attr("plots", objectText(s.Plots))
	attr("params", listText(s.Params))
	attr("env", objectText(s.Env))
	attr("working_dir", quotedOrNone(s.WorkingDir))
	attr("toolchains", listText(s.Toolchains))
	for _, e := range s.More {
		attr(e.Name, e.value())
	}
	attr("command", s.commandText())
	b.WriteString("}\n")
	return b.String()
}

func (s NewStage) commandText() string {
	if s.Script != "" {
		return Quote(s.Script)
	}
	words := make([]string, 0, len(s.Command))
	for _, w := range s.Command {
		words = append(words, Quote(w))
	}
	return listText(words)
}

// Quote writes s as a string of the language: quotes, backslashes and the
// beginnings of templates are escaped.
func Quote(s string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(s)).Bytes())
}

func quotedOrNone(s string) string {
	if s == "" {
		return ""
	}
	return Quote(s)
}

func (e Entry) value() string {
	if e.Expr != "" {
		return e.Expr
	}
	return Quote(e.Text)
}

// assignment writes the entry as in an object.
func (e Entry) assignment() string {
	name := e.Name
	if !validName(name) {
		name = Quote(name)
	}
	return name + " = " + e.value()
}

// lineWidth is how long a list or an object on one line may be.
const lineWidth = 80

// objectText writes an object, on one line if it is short.
func objectText(entries []Entry) string {
	if len(entries) == 0 {
		return ""
	}
	items := make([]string, 0, len(entries))
	for _, e := range entries {
		items = append(items, e.assignment())
	}
	if one := "{ " + strings.Join(items, ", ") + " }"; fits(one, len(entries) <= 3) {
		return one
	}
	return "{\n" + strings.Join(items, "\n") + "\n}"
}

// listText writes a list of expressions, on one line if it is short.
func listText(items []string) string {
	if len(items) == 0 {
		return ""
	}
	if one := "[" + strings.Join(items, ", ") + "]"; fits(one, true) {
		return one
	}
	return "[\n" + strings.Join(items, ",\n") + ",\n]"
}

func fits(line string, few bool) bool {
	return few && len(line) <= lineWidth && !strings.Contains(line, "\n")
}
