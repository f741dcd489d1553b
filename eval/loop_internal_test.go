package eval

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

func parsed(t *testing.T, text string) hclsyntax.Expression {
	t.Helper()
	expr, ds := hclsyntax.ParseExpression([]byte(text), "a", hcl.InitialPos)
	if ds.HasErrors() {
		t.Fatal(ds)
	}
	return expr
}

// expression evaluates one, as it is compiled here and as hcl has it.
func expression(t *testing.T, text string) (ours, theirs cty.Value, problems string) {
	t.Helper()
	expr := parsed(t, text)
	ev := newEvaluator(Request{Read: texts{}})
	ev.load()
	ours, _ = ev.compile(expr, nil, view{base: "."}, "").value()
	theirs, _ = expr.Value(ev.ctx)
	for _, d := range ev.taken() {
		problems += d.Code + " " + d.Detail + "\n"
	}
	return ours, theirs, problems
}

// TestLoops_asHCL: what hcl says of a loop is said here too.
func TestLoops_asHCL(t *testing.T) {
	for _, text := range []string{
		`[for x in [] : x]`,
		`[for x in [1, "a", null, [2]] : x]`,
		`[for i, x in ["a", "b"] : [i, x]]`,
		`[for x in ["a", "b"] : [for y in [1, 2] : "${x}${y}"]]`,
		`[for x in [[1], [2, 3]] : [for x in x : x * 10]]`,
		`[for x in [1, 2, 3, 4] : x if x % 2 == 0]`,
		`[for x in [{ a = [1, 2] }] : x.a[1]]`,
		`[for x in [{ a = [1, 2] }, { a = [] }] : x.a[*]]`,
		`[for k, v in { b = 1, a = 2 } : "${k}=${v}"]`,
		`[for v in { b = 1, a = 2 } : v]`,
		`[for x in toset(["b", "a", "b"]) : x]`,
		`[for i, x in toset(["b", "a"]) : [i, x]]`,
		`[for x in tolist([1, 2]) : x]`,
		`{ for x in [] : x => 1 }`,
		`{ for i, x in ["a", "b"] : x => i }`,
		`{ for x in ["a", "b"] : "${x}${x}" => x if x != "b" }`,
		`{ for x in ["a", "b", "a"] : x => 1... }`,
		`{ for x in [1, 2] : x => x }`,
		`{ for x in [true] : x => x }`,
		`"%{for x in [1, 2]}${x},%{endfor}"`,
		`"%{for i, x in ["a"]}%{if i == 0}${x}%{endif}%{endfor}"`,
		`[for x in [1, 2] : x + [for x in [x, 3] : x][0]]`,
		`[for f in [1, 2] : length([for y in range(f) : y])]`,
		`[for x in [[1, 2], [3]] : { for i, y in x : "n${i}" => y }]`,
		`[for x in [1, 2] : [1, 2, 3][x]]`,
		`[for x in ["a"] : { a = 1 }[x]]`,
		`{ "1" = "x" }[1]`,
		`[!true, !false, 1 < 2, 2 <= 1, 1 > 2, 2 >= 2, 1 + 2, 3 - 5, 2 * 3, 7 / 2, 7 % 4, -3]`,
	} {
		ours, theirs, problems := expression(t, text)
		if problems != "" || !ours.RawEquals(theirs) {
			t.Errorf("%s\nis      %#v\nand not %#v\n%s", text, ours, theirs, problems)
		}
	}
}

// TestLoops_wrong: each mistake is said once, in words of the language.
func TestLoops_wrong(t *testing.T) {
	for text, want := range map[string]string{
		`[for x in null : x]`:                   "E-iteration A for expression goes over a list, a set or an object, not over null.\n",
		`[for x in 1 : x]`:                      "E-iteration A for expression goes over a list, a set or an object, not over a number.\n",
		`[for x in [1] : x if "true"]`:          "E-condition The condition is a string. It must be true or false.\n",
		`[for x in [1] : x if null]`:            "E-condition The condition is null. It must be true or false.\n",
		`{ for x in [1] : null => x }`:          "E-value The name of a value in an object is null; it must be a text.\n",
		`{ for x in [1] : [x] => x }`:           "E-value The name of a value in an object is a list, not a text or a number.\n",
		`{ for x in ["a", "b", "a"] : x => 1 }`: "E-value Two different items produced the name \"a\" in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to have a list of them.\n",
		`!"true"`:                               "E-condition The condition is a string. It must be true or false.\n",
		`!null`:                                 "E-condition The condition is null. It must be true or false.\n",
		`[1, 2]["0"]`:                           "E-value-index A list is asked with a position, which is a number, not with a string.\n",
		`[for i in ["0"] : [1, 2][i]]`:          "E-value-index A list is asked with a position, which is a number, not with a string.\n",
		`{ a = 1 }[true]`:                       "E-value-index There is no \"true\" here. There is a.\n",
		`{ a = 1 }[[]]`:                         "E-value-index The name is a list, not a text or a number.\n",
		`toset(["a"])["a"]`:                     "E-value-index A set has no positions: tolist(…) makes a list of it.\n",
		`toset([1])[0]`:                         "E-value-index A set has no positions: tolist(…) makes a list of it.\n",
		`[1][true]`:                             "E-value-index A list is asked with a position, which is a number, not with a bool.\n",
		`1 / 0`:                                 "E-operand Nothing can be divided by zero.\n",
		`[for x in [1, 0] : 1 % x]`:             "E-operand Nothing can be divided by zero.\n",
		`1e300 * 1e300`:                         "E-operand The result is too large for a float64.\n",
		`true + 1`:                              "E-operand This is a bool, and + takes numbers.\n",
		`[1] + [2]`:                             "E-operand This is a list, and + takes numbers. Lists are put together with concat, objects with merge.\n",
		`1 < null`:                              "E-operand This is null, and < takes numbers.\n",
		`-null`:                                 "E-operand This is null, and - takes numbers.\n",
		`[for x in range(1000) : ["a"][x + 1]]`: "E-value-index",
	} {
		_, _, problems := expression(t, text)
		if !strings.Contains(problems, want) || strings.HasSuffix(want, "\n") && problems != want {
			t.Errorf("%s\nsays %s", text, problems)
		}
		if n := strings.Count(problems, "\n"); n > mostFaults {
			t.Errorf("%s is reported %d times", text, n)
		}
	}
}
