package builtins

import (
	"path"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// decoding makes a function that reads a value from a text. Elsewhere such functions take the
// path of a file; here a path would be read as the text itself, which for CSV is a line of names
// and no rows, and for YAML a text. A path of a file with one of the given endings is refused.
func decoding(name string, read call, endings ...string) function.Function {
	return making(cty.DynamicPseudoType, takes(text("text")), func(args []cty.Value) (cty.Value, error) {
		if text := args[0].AsString(); onlyPath(text, endings) {
			return cty.DynamicVal, function.NewArgErrorf(0, "%q is the path of a file, and not what is in it: write %s(file(%q))", text, name, text)
		}
		return read(args)
	})
}

// onlyPath reports whether a text is nothing but the path of a file: a line that has not even an
// end, as those that are read from files have.
func onlyPath(text string, endings []string) bool {
	return slices.Contains(endings, strings.ToLower(path.Ext(text))) && !strings.ContainsAny(text, "\n\r\t\"',;:=[]{}")
}
