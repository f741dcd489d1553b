package lang

import "strings"

// wording is how a message of the parser is said here.
type wording struct {
	summary  string // the parser's, or its beginning
	detail   string // how the parser's detail begins; "": in any way
	says     string // what people read
	derailed bool   // what follows in the file cannot be trusted to be a mistake
}

const (
	forsAre       = "A list is made with [for x in list : VALUE if CONDITION], an object with { for name, value in object : NAME => VALUE }."
	directivesAre = "In a string, %{ if … } ends with %{ endif }, and may have one %{ else }; %{ for x in list } ends with %{ endfor }. If the text is meant as it stands, write %%{."
	entriesAre    = "An entry of an object is written NAME = VALUE. A name with dots or blanks stands in quotes. A list is written [1, 2]."
	positionsAre  = "Positions stand in brackets: list[0][1]."
	bracketIs     = "A ] is missing before this."
	oneLineBlock  = "A block written on one line can hold one attribute only. Put each attribute on a line of its own."
)

// wordings has all that the parser says and is not answered by looking at the text around.
// Of several that fit, the first counts.
var wordings = []wording{
	{summary: "Argument definition required", says: oneLineBlock},
	{summary: "Extra characters after expression", says: "The expression ends before this. A text stands in double quotes as a whole."},
	{summary: "Extra characters after interpolation", says: "Inside of ${…} stands one expression, and } closes it. If the text is meant as it stands, write $${."},
	{summary: "Extra characters in ", says: directivesAre},
	{summary: "Invalid 'for' directive", says: directivesAre},
	{summary: "Invalid 'for' expression", says: forsAre},
	{summary: "Invalid argument name", says: "The name of an attribute has no quotes: NAME = VALUE."},
	{summary: "Invalid attribute name", says: "A name is missing behind the dot. What is no name stands in brackets: object[\"a b\"]."},
	{summary: "Invalid character", detail: "Single quotes", says: "Strings stand in double quotes (\")."},
	{summary: "Invalid character", detail: "\"Curly quotes\"", says: "Strings stand in straight double quotes (\")."},
	{summary: "Invalid character", detail: "The \"`\"", says: "Strings stand in double quotes (\"). A text of several lines is a heredoc: <<-EOT, then the lines, then EOT on a line of its own."},
	{summary: "Invalid character", detail: "The \";\"", says: "There are no semicolons: attributes and blocks stand on lines of their own, elements of lists between commas."},
	{summary: "Invalid character", says: "This character means nothing here. A text stands in double quotes (\"), and values are put into it with ${…}."},
	{summary: "Invalid escape sequence", says: "In quotes, a backslash is written \\\\. The escapes are \\n \\r \\t \\\" \\\\ \\uNNNN \\UNNNNNNNN. In a heredoc backslashes stand for themselves."},
	{summary: "Invalid expression", says: "A value is missing here."},
	{summary: "Invalid legacy index syntax", says: positionsAre},
	{summary: "Invalid multi-line string", says: "A quoted string ends on the line it begins on. Close it with \", write \\n for a line break, or use a heredoc (<<-EOT).", derailed: true},
	{summary: "Invalid number literal", says: numbersAre},
	{summary: "Invalid single-argument block definition", says: oneLineBlock},
	{summary: "Invalid string literal", says: "The name of a block is a text as it stands, without ${…} and %{…}."},
	{summary: "Invalid template ", says: directivesAre},
	{summary: "Missing argument separator", says: "Something is missing before this: a comma between two arguments of the function, or the ) that closes them."},
	{summary: "Missing attribute separator", says: "Something is missing before this: a comma or a new line between two entries of the object, or the } that closes it."},
	{summary: "Missing attribute value", says: entriesAre},
	{summary: "Missing close bracket", says: bracketIs},
	{summary: "Missing closing parenthesis", says: "Three dots stand behind the last argument, and ) follows them."},
	{summary: "Missing expression", says: "A value is missing here."},
	{summary: "Missing false expression", says: "A choice is written CONDITION ? VALUE : OTHER, and : OTHER is missing before this."},
	{summary: "Missing function name", says: "Functions have no namespaces: write the name without ::."},
	{summary: "Missing item separator", says: "Something is missing before this: a comma between two elements of the list, or the ] that closes it."},
	{summary: "Missing key/value separator", says: entriesAre},
	{summary: "Missing newline after argument", says: "An attribute is the last thing on its line: what follows, even the closing brace, goes to a line of its own."},
	{summary: "Missing newline after block definition", says: "The } of a block is the last thing on its line: what follows goes to a line of its own."},
	{summary: "Missing open parenthesis", says: "Functions have no namespaces: write the name without ::, and ( behind it."},
	{summary: "Nested splat", says: "Of lists in lists, [*] cannot be asked twice: write [for x in list : x[*].name]."},
	{summary: "Unbalanced parentheses", says: "A ) is missing before this."},
	{summary: "Unclosed configuration", says: "This block is not closed: its } is missing, or the } of a block or object in it.", derailed: true},
	{summary: "Unclosed template interpolation", says: "This ${ is not closed: its } is missing, or a quote or bracket in it. If the text is meant as it stands, write $${.", derailed: true},
	{summary: "Unexpected comma", says: "Attributes stand on lines of their own, without commas between them. Several values are a list: [a, b]."},
	{summary: "Unexpected ", says: directivesAre},
	{summary: "Unsupported operator", says: noOperator},
	{summary: "Unterminated function call", says: "This call is not closed: its ) is missing.", derailed: true},
	{summary: "Unterminated object", says: "This object is not closed: its } is missing.", derailed: true},
	{summary: "Unterminated string literal", says: "A string is not closed before the end of the file.", derailed: true},
	{summary: "Unterminated template string", says: "A string is not closed before the end of the file. A heredoc ends with its marker, alone on a line.", derailed: true},
	{summary: "Unterminated tuple", says: "This list is not closed: its ] is missing.", derailed: true},
}

// worded looks up what the parser says.
func worded(summary, detail string) (wording, bool) {
	for _, w := range wordings {
		if strings.HasPrefix(summary, w.summary) && strings.HasPrefix(detail, w.detail) {
			return w, true
		}
	}
	return wording{}, false
}
