package eval_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// TestWordsOfMistakes: what the library of the language says comes in words that a reader
// of spec/language.md knows.
func TestWordsOfMistakes(t *testing.T) {
	for expr, want := range map[string]string{
		`[1, 2][5]`:                      "There is no element 5: the list has 2, and the first is element 0.",
		`[][0]`:                          "The list is empty.",
		`{ a = 1, bc = 2 }["bd"]`:        `There is no "bd" here. Did you mean "bc"?`,
		`[1, 2][-1]`:                     "the last element is list[length(list) - 1].",
		`"a".b`:                          "Only an object has attributes, not a single value (string).",
		`upper()`:                        `Function "upper" expects 1 argument. Missing value for "text".`,
		`min([1, 2])`:                    `Invalid value for "number": a number is required, not a list. The elements of a list are given one by one with (list...).`,
		`{ for i in [1, 2] : "a" => i }`: `Two different items produced the name "a" in this 'for' expression.`,
		`substr("abc", "1", 1)`:          `substr: offset must be a number, not a text: write tonumber(…).`,
		`max(["1", "2"]...)`:             `max: number must be a number, not a text: write tonumber(…).`,
		`"a" + "b"`:                      `This is a text, and + takes numbers: write tonumber(…) if it is one. Texts are put together in a template, "${a}${b}".`,
		`"1" + 1`:                        `^^^ This is a text, and + takes numbers: write tonumber(…) if it is one.`,
		`2 * "3"`:                        `^^^ This is a text, and * takes numbers: write tonumber(…) if it is one.`,
		`"5" > 3`:                        `This is a text, and > takes numbers: write tonumber(…) if it is one.`,
		`5 <= "6"`:                       `This is a text, and <= takes numbers: write tonumber(…) if it is one.`,
		`-"5"`:                           `This is a text, and - takes numbers: write tonumber(…) if it is one.`,
		`lookup({}, "a")`:                `lookup: the object has no attribute "a"; it has none.`,
		`zipmap(["a"], [1, 2])`:          `zipmap: there is 1 name and 2 values.`,
		`[1] + [2]`:                      `This is a list, and + takes numbers. Lists are put together with concat, objects with merge.`,
		`tonumber("x")`:                  `tonumber: "x": not a decimal number.`,
	} {
		f := files{"pipeline.hcl": "stage \"a\" {\n  command = [\"x\", jsonencode(" + expr + ")]\n}\n"}
		res, ds := eval.Evaluate(eval.Request{Read: f, Dir: "."})
		got := strings.Join(strings.Fields(render(ds, res.Sources)), " ")
		if !strings.Contains(got, want) || len(ds) != 1 {
			t.Errorf("%s: want %q in\n%s", expr, want, got)
		}
	}
}
