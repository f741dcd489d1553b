package builtins

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func stringFuncs() []Func {
	return []Func{
		{Name: "upper", Doc: "Turns all letters into upper case.", Example: `upper("lbfgs")`, Want: `"LBFGS"`, Impl: onText(strings.ToUpper)},
		{Name: "lower", Doc: "Turns all letters into lower case.", Example: `lower("SAGA")`, Want: `"saga"`, Impl: onText(strings.ToLower)},
		{Name: "title", Doc: "Turns the first letter of each word into upper case.", Example: `title("test recall")`, Want: `"Test Recall"`, Impl: onText(title)},
		{Name: "trimspace", Doc: "Removes white space at both ends.", Example: `trimspace("  a b\n")`, Want: `"a b"`, Impl: onText(strings.TrimSpace)},
		{Name: "chomp", Doc: "Removes newlines at the end.", Example: `chomp("a\n\n")`, Want: `"a"`, Impl: onText(func(s string) string { return strings.TrimRight(s, "\r\n") })},
		{Name: "trim", Doc: "Removes the given characters at both ends.", Example: `trim("--a-b--", "-")`, Want: `"a-b"`, Impl: onTexts(strings.Trim, "text", "characters")},
		{Name: "trimprefix", Doc: "Removes a prefix, once, if the text has it.", Example: `trimprefix("src/a.py", "src/")`, Want: `"a.py"`, Impl: onTexts(strings.TrimPrefix, "text", "prefix")},
		{Name: "trimsuffix", Doc: "Removes a suffix, once, if the text has it.", Example: `trimsuffix("a.csv.gz", ".gz")`, Want: `"a.csv"`, Impl: onTexts(strings.TrimSuffix, "text", "suffix")},
		{Name: "startswith", Doc: "Tells whether a text begins with a prefix.", Example: `startswith("data/a.csv", "data/")`, Want: `true`, Impl: askTexts(strings.HasPrefix, "text", "prefix")},
		{Name: "endswith", Doc: "Tells whether a text ends with a suffix.", Example: `endswith("data/a.csv", ".csv")`, Want: `true`, Impl: askTexts(strings.HasSuffix, "text", "suffix")},
		{Name: "strcontains", Doc: "Tells whether a text contains another.", Example: `strcontains("train_small", "small")`, Want: `true`, Impl: askTexts(strings.Contains, "text", "part")},
		{Name: "split", Doc: "Cuts a text at each separator.", Example: `split(",", "a,b,,c")`, Want: `["a", "b", "", "c"]`, Impl: making(cty.DynamicPseudoType, takes(text("separator"), text("text")), splitText)},
		{Name: "join", Doc: "Puts the texts of lists together, with a separator between. Numbers and bools have their usual text.", Example: `join("-", ["a", 0.1, true])`, Want: `"a-0.1-true"`, Impl: making(cty.String, takes(text("separator")).then(anything("list")), joinText)},
		{Name: "replace", Doc: "Replaces every occurrence of a text. For patterns use regexreplace.", Example: `replace("a-b-c", "-", "_")`, Want: `"a_b_c"`, Impl: making(cty.String, takes(text("text"), text("old"), text("new")), replaceText)},
		{Name: "regexreplace", Doc: "Replaces every match of a regular expression (RE2). In the replacement, $1 or $name is what a group matched.", Example: `regexreplace("v1.2", "v(\\d+)\\.(\\d+)", "$2-$1")`, Want: `"2-1"`, Impl: making(cty.String, takes(text("text"), text("pattern"), text("replacement")), regexReplace)},
		{Name: "regex", Doc: "Returns what the first match of a regular expression (RE2) captures: the match itself without groups, a list of its groups, or an object of its named groups. No match is an error.", Example: `regex("(?P<name>\\w+)\\.(?P<ext>\\w+)", "iris.csv")`, Want: `{ name = "iris", ext = "csv" }`, Impl: making(cty.DynamicPseudoType, takes(text("pattern"), text("text")), regexMatch)},
		{Name: "regexall", Doc: "Returns what each match of a regular expression captures, as regex does.", Example: `regexall("\\d+", "a1b22")`, Want: `["1", "22"]`, Impl: making(cty.DynamicPseudoType, takes(text("pattern"), text("text")), func(a []cty.Value) (cty.Value, error) { return stdlib.RegexAll(a[0], a[1]) })},
		{Name: "substr", Doc: "Returns a part of a text: from a position (negative: from the end), so many characters long (-1: to the end).", Example: `substr("penguins", 0, 4)`, Want: `"peng"`, Impl: making(cty.String, takes(text("text"), count("offset"), count("length")), func(a []cty.Value) (cty.Value, error) { return stdlib.Substr(a[0], a[1], a[2]) })},
		{Name: "indent", Doc: "Puts so many spaces before each line but the first.", Example: `indent(2, "a\nb")`, Want: `"a\n  b"`, Impl: making(cty.String, takes(count("spaces"), text("text")), indent)},
		{Name: "strrev", Doc: "Turns a text round, character by character as people count them.", Example: `strrev("naïve")`, Want: `"evïan"`, Impl: making(cty.String, takes(text("text")), func(a []cty.Value) (cty.Value, error) { return stdlib.Reverse(a[0]) })},
		{Name: "formatlist", Doc: "Writes values into a text for each element of lists, which are equally long; what is no list is the same every time.", Example: `formatlist("%s/%s.csv", "build", ["a", "b"])`, Want: `["build/a.csv", "build/b.csv"]`, Impl: moving(takes(text("format")).then(orNull(anything("value"))), known(formatList))},
		{Name: "format", Doc: "Writes values into a text. %s and %v are a value's usual text, %q is quoted, %d a whole number, %f %e %g a number, %x %o %b a whole number in another base, %t a bool, %% a percent sign; flags, width and precision are as in C (%05d, %.3f).", Example: `format("fold-%02d lr=%s (%.2f)", 3, 0.1, 2/3)`, Want: `"fold-03 lr=0.1 (0.67)"`, Impl: making(cty.String, takes(text("format")).then(orNull(anything("value"))), formatText)},
	}
}

// onText makes a function of one text.
func onText(f func(string) string) function.Function {
	return making(cty.String, takes(text("text")), func(a []cty.Value) (cty.Value, error) {
		return cty.StringVal(f(a[0].AsString())), nil
	})
}

// onTexts makes a function of two texts.
func onTexts(f func(a, b string) string, first, second string) function.Function {
	return making(cty.String, takes(text(first), text(second)), func(a []cty.Value) (cty.Value, error) {
		return cty.StringVal(f(a[0].AsString(), a[1].AsString())), nil
	})
}

// askTexts makes a question about two texts.
func askTexts(f func(a, b string) bool, first, second string) function.Function {
	return making(cty.Bool, takes(text(first), text(second)), func(a []cty.Value) (cty.Value, error) {
		return cty.BoolVal(f(a[0].AsString(), a[1].AsString())), nil
	})
}

func title(s string) string {
	inWord := false
	return strings.Map(func(r rune) rune {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\''
		first := letter && !inWord
		inWord = letter
		if first {
			return unicode.ToTitle(r)
		}
		return r
	}, s)
}

func splitText(a []cty.Value) (cty.Value, error) {
	var parts []cty.Value
	for _, p := range strings.Split(a[1].AsString(), a[0].AsString()) {
		parts = append(parts, cty.StringVal(p))
	}
	return listOf(parts), nil
}

// LongestText is how many bytes a text can have that is put together of others. It is
// looked at before the text is made: a few nested calls of join can ask for
// more than any machine has.
const LongestText = 64 << 20

var errLongText = errors.New("the text would be longer than 64 MiB")

func replaceText(a []cty.Value) (cty.Value, error) {
	s, from, to := a[0].AsString(), a[1].AsString(), a[2].AsString()
	if len(s)+strings.Count(s, from)*(len(to)-len(from)) > LongestText {
		return cty.DynamicVal, errLongText
	}
	return cty.StringVal(strings.ReplaceAll(s, from, to)), nil
}

func joinText(args []cty.Value) (cty.Value, error) {
	var parts []string
	size := 0
	for i := range args[1:] {
		all, err := elements(args, i+1)
		if err != nil {
			return cty.DynamicVal, err
		}
		for _, e := range all {
			t, err := scalarText(e)
			if err != nil {
				return cty.DynamicVal, function.NewArgErrorf(i+1, "an element cannot be joined: %s", err)
			}
			if size += len(t) + len(args[0].AsString()); size > LongestText {
				return cty.DynamicVal, errLongText
			}
			parts = append(parts, t)
		}
	}
	return cty.StringVal(strings.Join(parts, args[0].AsString())), nil
}

func regexReplace(a []cty.Value) (cty.Value, error) {
	re, err := regexp.Compile(a[1].AsString())
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(1, "not a regular expression: %s", err)
	}
	return cty.StringVal(re.ReplaceAllString(a[0].AsString(), a[2].AsString())), nil
}

func regexMatch(a []cty.Value) (cty.Value, error) {
	re, err := regexp.Compile(a[0].AsString())
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "not a regular expression: %s", err)
	}
	if !re.MatchString(a[1].AsString()) {
		return cty.DynamicVal, function.NewArgErrorf(1, "%q does not match the pattern %s; to ask whether it does, use length(regexall(…)) > 0", a[1].AsString(), a[0].AsString())
	}
	return stdlib.Regex(a[0], a[1])
}

func indent(a []cty.Value) (cty.Value, error) {
	n, err := wholeNumber(a, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	if n < 0 || n > 1000 {
		return cty.DynamicVal, function.NewArgErrorf(0, "between 0 and 1000 spaces are possible, not %d", n)
	}
	return cty.StringVal(strings.ReplaceAll(a[1].AsString(), "\n", "\n"+strings.Repeat(" ", n))), nil
}
