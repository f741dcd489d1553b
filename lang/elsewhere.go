package lang

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// People come from Python, Hydra and Jinja, and write what is right there. What the parser
// says of it is where it stumbled; the functions here say what is written in its place.

// stumble is a place where the parser stumbled, as far as its line goes.
type stumble struct {
	summary string // the parser's
	at      string // the token
	before  string // the line up to it, without the blanks before it
	apart   bool   // there are such blanks
	behind  string // what follows on the line
}

// stumbleAt reads the line around an error; ok tells whether there is a token.
func stumbleAt(src []byte, hd *hcl.Diagnostic) (s stumble, ok bool) {
	r := subject(hd)
	if r.Start.Byte >= r.End.Byte || r.End.Byte > len(src) {
		return stumble{}, false
	}
	line := src[bytes.LastIndexByte(src[:r.Start.Byte], '\n')+1 : r.Start.Byte]
	before := bytes.TrimRight(line, " \t")
	behind, _, _ := bytes.Cut(src[r.End.Byte:], []byte{'\n'})
	return stumble{
		summary: hd.Summary, at: string(src[r.Start.Byte:r.End.Byte]),
		before: string(before), apart: len(before) < len(line), behind: string(behind),
	}, true
}

const (
	numbersAre  = "Numbers are decimal digits, with a point or an exponent if need be, and nothing between them: 1000, 0.5, 1e-3."
	choicesAre  = "A choice is written CONDITION ? VALUE : OTHER."
	logicIs     = "Logic is written with && for and, || for or, ! for not."
	listsAre    = "A list is made of another with the values behind the colon: [for x in list : x + 1 if x > 0]."
	objectsAre  = "An object is made with its names and values behind the colon: { for x in list : x => 1 }."
	equalityIs  = "Whether values are equal is ==, and != whether they are not: x == null."
	partsAre    = "A part of a list is slice(list, from, to), that of a text substr(text, from, length)."
	absentIs    = "For what may be null write coalesce(a, b), for what an object may not have lookup(object, \"name\", default)."
	noMethods   = "Nothing is called with a dot: a function stands before its arguments, upper(text), join(\", \", list)."
	noLambdas   = "A function has a name, and a block that declares it: function \"NAME\" with params = { x = number } and result = x + 1."
	noChanges   = "A name has one value, which nothing changes: give the new one a name of its own in locals."
	noOperator  = "There is no such operator. For powers write pow(2, 10), for logic && and ||."
	noResolvers = "There are no resolvers, as OmegaConf has them: declare a param, which -p sets. A command is given variables of the environment with pass_env."
)

// syntaxElsewhere says what to write in place of what the parser stumbled over, if it is what
// others write; "" of anything else.
func syntaxElsewhere(src []byte, hd *hcl.Diagnostic) string {
	s, ok := stumbleAt(src, hd)
	if !ok {
		return ""
	}
	switch s.summary {
	case "Missing argument separator", "Missing item separator", "Missing newline after argument", "Missing attribute separator",
		"Missing key/value separator", "Unbalanced parentheses", "Extra characters after interpolation expression", "Extra characters after expression":
		return s.unfinished()
	case "Missing close bracket on index":
		if strings.Contains(s.before[strings.LastIndexByte(s.before, '[')+1:], ":") || s.at == ":" {
			return partsAre
		}
	case "Invalid attribute name":
		if n := len(s.before); n > 1 && s.before[n-1] == '.' && digit(s.before[n-2]) {
			return numbersAre
		}
	case "Unsupported operator":
		if word := strings.TrimSpace(s.behind); s.at == "|" && word != "" && letter(word[0]) {
			return "Nothing is piped: a function stands before its arguments, upper(text)."
		}
	case "Invalid expression":
		return s.noValue()
	}
	return ""
}

// rootElsewhere says what to write in place of a reference that begins with root and goes on with
// name, as others write it; "" of anything else.
func rootElsewhere(root, name string) string {
	if name == "" {
		return ""
	}
	switch root {
	case "var", "vars", "cfg", "config", "conf", "params", "hparams", "args":
		return "A param is param." + name + "."
	case "item", "wildcards", "point", "matrix":
		return "What a point is, is each." + name + "."
	case "os", "env", "process", "environ":
		return "What a pipeline means does not depend on the environment. Declare a param, which -p sets; a command is given variables with pass_env or secrets."
	case "self", "this":
		return "What a stage itself makes and takes is outputs.NAME, metrics.NAME and inputs.NAME."
	case "np", "math", "random", "datetime", "json", "yaml":
		return "There are no modules of functions: `dewar show functions` lists what there is."
	}
	return ""
}

// unfinished is for an expression that ends, as the parser sees it, before the writer does.
func (s stumble) unfinished() string {
	switch word := s.lastWord(); {
	case s.summary == "Missing argument separator" && s.at == "=":
		return namedArgument(s.before)
	case s.at == "=":
		return equalityIs
	case s.at == "if", word == "if", word == "elif", s.at == "then":
		return choicesAre
	case s.at == "for" && strings.Contains(s.before[strings.LastIndexAny(s.before, "[{(")+1:], ":"), s.at == "for" && s.summary == "Missing key/value separator":
		return objectsAre
	case s.at == "for":
		return listsAre
	case s.at == "in", s.at == "not" && strings.HasPrefix(strings.TrimSpace(s.behind), "in "):
		return "Whether a value is in a list is contains(list, value), and !contains(list, value) whether it is not."
	case s.at == "is":
		return equalityIs
	case s.at == "and", s.at == "or", s.at == "not", word == "not":
		return logicIs
	case s.at == "=>" && s.summary == "Missing key/value separator":
		return "" // an entry, and no function: worded says how one is written
	case word == "lambda", word == "def", s.at == "=>":
		return noLambdas
	case s.at == "(" && s.dotted():
		return noMethods
	case strings.HasPrefix(s.at, `"`) && s.secondText(word) != "":
		return s.secondText(word)
	case s.summary == "Missing newline after argument" && word != "" && s.apart && (letter(s.at[0]) || s.at[0] == '"'):
		return "An attribute is the last thing on its line. If a text is meant, double quotes stand around all of it; arguments of a function stand in parentheses."
	case s.at == "," && s.summary == "Unbalanced parentheses":
		return "Parentheses hold one value. A list is written [1, 2]."
	case s.summary == "Missing key/value separator" && strings.Contains(s.before, "{{"):
		return "A value stands as it is, param.x, and in a text as \"${param.x}\"."
	}
	return ""
}

// secondText is for a text that stands behind something else.
func (s stumble) secondText(word string) string {
	switch {
	case !s.apart && strings.HasSuffix(s.before, `""`):
		return "A text of several lines is a heredoc: <<-EOT, then the lines, then EOT on a line of its own."
	case strings.HasSuffix(s.before, `"`):
		return "Texts are put together in one: \"${a}${b}\"; elements of a list and arguments stand between commas."
	case s.apart || len(word) > 2:
		return ""
	case strings.ContainsAny(word, "fF"):
		return "A text needs no letter before it to have values in it: \"${param.x}\"."
	case strings.ContainsAny(word, "rRbBuU"):
		return "A text has no letter before it. In quotes a backslash is written \\\\; in a heredoc it stands for itself."
	}
	return ""
}

// noValue is for what stands where a value has to.
func (s stumble) noValue() string {
	switch {
	case s.at == "." && strings.HasSuffix(s.before, "?"), s.at == "?", s.at == ":" && strings.HasSuffix(s.before, "?") && !s.apart:
		return absentIs
	case s.at == "." && s.behind != "" && digit(s.behind[0]):
		return numbersAre
	case s.at == ":" && s.indexed():
		return partsAre
	case s.at == "*" && !strings.HasSuffix(s.before, "**") && s.opened():
		return "The elements of a list become arguments with three dots behind it: max(list...)."
	case s.at == "*" && strings.HasSuffix(s.before, "*"):
		return "There is no such operator. For powers write pow(2, 10)."
	case s.at == "=" && !s.apart && strings.ContainsAny(s.last(), "+-*/%"):
		return noChanges
	case (s.at == "+" || s.at == "-") && strings.HasSuffix(s.before, s.at) && strings.TrimSpace(s.behind) == "":
		return noChanges
	case s.at == "=" && !s.apart && strings.ContainsAny(s.last(), "=!"), s.at == ">" && strings.HasSuffix(s.before, "<"):
		return equalityIs
	case s.at == ">" && strings.HasSuffix(s.before, "-"):
		return noLambdas
	case (s.at == ">" || s.at == "<") && strings.HasSuffix(s.before, s.at):
		return noOperator
	case s.at[0] == '\n', strings.Contains(")]},", s.at):
		return "A value is missing here."
	}
	return fmt.Sprintf("A value belongs here, and %s is none.", s.at)
}

// namedArgument is for f(name = value), whose text up to the = is given.
func namedArgument(before string) string {
	const general = "Arguments have no names: each is known by its place."
	open := strings.LastIndexByte(before, '(')
	if open < 0 {
		return general
	}
	name := before[strings.LastIndexFunc(before[:open], notInWord)+1 : open]
	first, argument := "", before[open+1:]
	if comma := strings.LastIndexByte(argument, ','); comma >= 0 {
		first, argument = "…, ", argument[comma+1:]
	}
	switch name {
	case "grid", "zip":
		first = ""
	case "pick", "where":
	default:
		return general
	}
	return fmt.Sprintf("Arguments have no names. Axes are one object: %s(%s{ %s = … }).", name, first, strings.TrimSpace(argument))
}

// lastWord is the word before the place; "" if something else is there.
func (s stumble) lastWord() string {
	return s.before[strings.LastIndexFunc(s.before, notInWord)+1:]
}

func notInWord(r rune) bool { return r >= 0x80 || !wordByte(byte(r)) }

func letter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

// last is the character before the place.
func (s stumble) last() string { return s.before[max(0, len(s.before)-1):] }

// dotted reports whether the word before the place is the name behind a dot.
func (s stumble) dotted() bool {
	word := s.lastWord()
	return word != "" && strings.HasSuffix(s.before, "."+word)
}

// opened reports whether an argument begins at the place.
func (s stumble) opened() bool { return strings.ContainsAny(s.last(), "(,") }

// indexed reports whether the place is inside of brackets behind a value, and not of a list.
func (s stumble) indexed() bool {
	open := strings.LastIndexByte(s.before, '[')
	return open > 0 && (wordByte(s.before[open-1]) || strings.ContainsAny(s.before[open-1:open], `)]"`))
}
