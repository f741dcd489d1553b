package builtins_test

import "testing"

func TestCollections(t *testing.T) {
	cases(t, map[string]string{
		`length([])`:                               `0`,
		`length(toset(["a", "a"]))`:                `1`,
		`isempty({})`:                              `true`,
		`concat()`:                                 `[]`,
		`concat(["a"], toset(["c", "b"]))`:         `["a","b","c"]`,
		`flatten([[[]]])`:                          `[]`,
		`distinct([1, 1.0, "1", [1], [1]])`:        `[1,"1",[1]]`,
		`sort([])`:                                 `[]`,
		`contains([[1, 2]], [1, 2])`:               `true`,
		`contains([], null)`:                       `false`,
		`element([1, 2, 3], 3)`:                    `1`,
		`slice([1, 2], 0, 0)`:                      `[]`,
		`one([])`:                                  `null`,
		`coalesce(null, 0)`:                        `0`,
		`alltrue([])`:                              `true`,
		`anytrue([])`:                              `false`,
		`setproduct(["a"], [])`:                    `[]`,
		`keys({})`:                                 `[]`,
		`merge({ a = 1 }, null, { a = 2, b = 3 })`: `{"a":2,"b":3}`,
		`merge()`:                                  `{}`,
		`zipmap([], [])`:                           `{}`,
		`lookup({ a = null }, "a", 1)`:             `null`,
		`tolist([1, "a"])`:                         `[1,"a"]`,
		`tostring(null)`:                           `null`,
		`tomap({ a = 1, b = "x" })`:                `{"a":"1","b":"x"}`,
		`format("%5.1f|%-4s|%04d|%x|%%", 2.25, "ab", 7, 255)`: `"  2.2|ab  |0007|ff|%"`,
		`format("%s %v %s", 1000000, 1e-7, [1, "a"])`:         `"1000000 1e-7 [1,\"a\"]"`,
		`format("%q", "a\"b")`:                                `"\"a\\\"b\""`,
		`join(",", [1000000, 0.1], ["x"])`:                    `"1000000,0.1,x"`,
		`split(",", "")`:                                      `[""]`,
		`regexall("x", "abc")`:                                `[]`,
		`title("it's o'clock")`:                               `"It's O'clock"`,
		`jsonencode("<é&>")`:                                  `"\"<é&>\""`,
		`jsondecode("null")`:                                  `null`,
		`yamldecode("- 017\n- 0x1F\n- 0o17\n- 1_000\n- 12:30\n- 2024-01-01\n- yes\n- ~\n- 1e-3\n- '1'\n- !!str 1\n")`: `[17,31,15,"1_000","12:30","2024-01-01","yes",null,0.001,"1","1"]`,
		`yamldecode("a: &x [1]\nb: *x\n")`: `{"a":[1],"b":[1]}`,
		`yamldecode(yamlencode({ s = ["yes", "1e3", "a: b", "x\ny\n", "", " a", "null", "0x1", "~"], e = 1e-7, n = null }))`: `{"e":1e-7,"n":null,"s":["yes","1e3","a: b","x\ny\n",""," a","null","0x1","~"]}`,
		`joinpath("a", "b/")`:            `"a/b/"`,
		`extension(".bashrc")`:           `""`,
		`stem(".bashrc")`:                `".bashrc"`,
		`relpath("a/b", "a/b")`:          `"."`,
		`relpath(".", "a")`:              `"a"`,
		`base64decode(base64encode(""))`: `""`,
	})
	refused(t, `length(1)`, `length(null)`, `concat("a")`, `sort([1, "a"])`, `sort([[1]])`, `sort([null])`, `index(["a"], "b")`, `element([], 0)`, `element([1], -1)`,
		`slice([1], 1, 0)`, `slice([1], 0, 2)`, `chunklist([1], 0)`, `one([1, 2])`, `coalesce(null, "")`, `coalesce()`, `alltrue(["true"])`, `keys([1])`, `lookup({}, "a")`,
		`lookup({}, "a", 1, 2)`, `merge([1])`, `zipmap(["a"], [])`, `zipmap([1], [1])`, `toset([1, "a"])`, `toset([{}])`, `tobool("yes")`, `tostring([])`, `join(",", [[1]])`,
		`join(",", [null])`, `format("%d", 1.5)`, `format("%s")`, `format("", 1)`, `format("%z", 1)`, `format("%99999s", 1)`, `regex("x", "abc")`, `regex("(", "abc")`,
		`jsondecode("{\"a\": 1, \"a\": 2}")`, `jsondecode("[1")`, `jsondecode("1 2")`, `jsondecode("")`, `jsondecode("1e999")`, `yamldecode("a: 1\na: 2\n")`, `yamldecode("a: [")`,
		`yamldecode("a: .inf")`, `yamldecode("a: 1\n---\nb: 2\n")`, `yamldecode("")`, `base64decode("!")`, `relpath("../x", "a")`, `relpath("/a", "b")`,
		`csvdecode("a,a\n1,2\n")`, `indent(-1, "")`)
}

// TestLongTexts: what would be longer than any script or file name is refused before
// it is made.
func TestLongTexts(t *testing.T) {
	const mega = `join("", [for i in range(100000) : "0123456789"])`
	refused(t, `join(`+mega+`, range(100))`, `replace(`+mega+`, "0", `+mega+`)`)
}
