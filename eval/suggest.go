package eval

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dewar-build/dewar/builtins"
	"github.com/dewar-build/dewar/lang"
)

// nearest returns the one of names that was most likely meant, or "".
func nearest(name string, names []string) string {
	sort.Strings(names)
	return lang.Nearest(name, names)
}

// offer says which names there are, or which of them was meant.
func offer(name string, names []string) string {
	if best := nearest(name, names); best != "" {
		return fmt.Sprintf("Did you mean %q?", best)
	}
	switch {
	case len(names) == 0:
		return "It is empty."
	case len(names) > 12:
		return fmt.Sprintf("There are %d names, %s, … among them.", len(names), strings.Join(names[:6], ", "))
	}
	return "There is " + strings.Join(names, ", ") + "."
}

// noFunction says that there is no function of a name, and what to write; names are those there are.
func noFunction(name string, names []string) string {
	advice := builtins.Instead(name)
	if advice == "" {
		advice = offer(name, names)
	}
	return fmt.Sprintf("There is no function %q. %s", name, advice)
}

// capital begins a sentence.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
