package builtins_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/builtins"
	"github.com/zclconf/go-cty/cty"
)

func TestEncodings(t *testing.T) {
	for expr, want := range map[string]string{
		`tomldecode("")`: `{}`,
		`tomldecode("a = 1979-05-27\nb = 07:32:00\nc = 1979-05-27T07:32:00Z\n")`:         `{"a":"1979-05-27","b":"07:32:00","c":"1979-05-27T07:32:00Z"}`,
		`tomldecode("a = 0x1f\nb = 1_000\nc = -0.0\nd = 3.10\n")`:                        `{"a":31,"b":1000,"c":0,"d":3.1}`,
		`tomldecode("[[x]]\na = 1\n[[x]]\nb = [true, \"y\"]\n")`:                         `{"x":[{"a":1},{"b":[true,"y"]}]}`,
		`tomldecode("a = inf\n")`:                                                        `is no number here`,
		`tomldecode("a = 1\n\na = 2\n")`:                                                 `not TOML`,
		`tomldecode("\n\nx")`:                                                            `line 3`,
		`tomldecode("a = 9223372036854775808")`:                                          `not TOML`,
		`tomlencode({ a = null, b = [1, "x\ny"], "c d" = { e = {}, f = [{ g = 1 }] } })`: `"b = [1, \"x\\ny\"]\n\n[\"c d\"]\nf = [{ g = 1 }]\n\n[\"c d\".e]\n"`,
		`tomlencode({ a = 1e30, b = 0.1, c = "\u0001\"", d = true })`:                    `"a = 1000000000000000000000000000000.0\nb = 0.1\nc = \"\\u0001\\\"\"\nd = true\n"`,
		`tomlencode({ a = 1e-7, b = "x\t", "" = 0 })`:                                    `"\"\" = 0\na = 1.0e-7\nb = \"x\\u0009\"\n"`,
		`tomlencode([1])`:            `of an object, not of a list`,
		`tomlencode({ a = [null] })`: `TOML has no null`,
		`csvencode([])`:              `"\n"`,
		`csvencode([{ a = 1 }, { b = null }], ["b", "a"])`: `"b,a\n,1\n,\n"`,
		`csvencode([{ a = "x\"y\n" }])`:                    `"a\n\"x\"\"y\n\"\n"`,
		`csvencode([{ a = [] }])`:                          `a of row 1`,
		`csvencode([1])`:                                   `row 1 is a number`,
		`csvencode([{}], [1])`:                             `named by a text`,
		`csvencode([{}], "a")`:                             `one list of names`,
		`csvdecode(csvencode([{ a = 1, b = "x, y" }]))`:    `[{"a":"1","b":"x, y"}]`,
		`urldecode("%zz")`:                                 `not the query of a URL`,
		`urldecode("%ff")`:                                 `no text in UTF-8`,
		`md5("")`:                                          `"d41d8cd98f00b204e9800998ecf8427e"`,
		`sha1("")`:                                         `"da39a3ee5e6b4b0d3255bfef95601890afd80709"`,
		`base64sha256("")`:                                 `"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="`,
		`formatlist("%s-%s", "a", [])`:                     `[]`,
		`formatlist("%s", "a")`:                            `["a"]`,
		`formatlist("%s%s", ["a"], ["b", "c"])`:            `equally long`,
		`formatlist("%d", ["x"])`:                          `whole number`,
		`matchkeys(["a"], [], ["x"])`:                      `as many names as values`,
		`matchkeys(["a", "b"], [1, "1"], ["1"])`:           `["b"]`,
		`setsubtract([1, "1", 1], ["1"])`:                  `[1]`,
		`setunion()`:                                       `Not enough`,
		`setunion([1], "x")`:                               `a list is needed`,
		`setintersection([1, 2, 2])`:                       `[1,2]`,
		`coalescelist([], null)`:                           `all lists are empty`,
		`strrev("e\u0301a")`:                               `"aé"`,
	} {
		gives(t, builtins.Env{}, expr, want)
	}
}

// A path is not what is in the file.
func TestDecoding_path(t *testing.T) {
	for expr, want := range map[string]string{
		`csvdecode("data/t.csv")`:  `write csvdecode(file("data/t.csv"))`,
		`csvdecode("my t.TSV")`:    `the path of a file`,
		`csvdecode("t.csv\n")`:     `[]`,
		`csvdecode("a,t.csv")`:     `[]`,
		`csvdecode("a")`:           `[]`,
		`jsondecode("c.json")`:     `write jsondecode(file("c.json"))`,
		`jsondecode("\"c.json\"")`: `"c.json"`,
		`tomldecode("c.toml")`:     `write tomldecode(file("c.toml"))`,
		`yamldecode("c.yaml")`:     `write yamldecode(file("c.yaml"))`,
		`yamldecode("c.yml")`:      `the path of a file`,
		`yamldecode("c.yaml\n")`:   `"c.yaml"`,
		`yamldecode("c.json")`:     `"c.json"`,
		`yamldecode("a: c.yaml")`:  `{"a":"c.yaml"}`,
	} {
		gives(t, builtins.Env{}, expr, want)
	}
}

// What no text can hold, as a toolchain, is a mistake.
func TestEncodings_foreign(t *testing.T) {
	v := cty.ObjectVal(map[string]cty.Value{"a": cty.CapsuleVal(cty.Capsule("x", reflect.TypeFor[int]()), new(int))})
	impls := builtins.Impls(builtins.Table(builtins.Env{}))
	for _, name := range []string{"jsonencode", "yamlencode", "tomlencode"} {
		if _, err := impls[name].Call([]cty.Value{v}); err == nil || !strings.Contains(err.Error(), "a value of unknown type") {
			t.Errorf("%s of a capsule: %v", name, err)
		}
	}
}

// Texts that would exhaust the stack, and lists that would exhaust memory, are mistakes.
func TestLimits(t *testing.T) {
	deep := cty.StringVal(strings.Repeat("[", 20_000))
	for _, name := range []string{"jsondecode", "tomldecode", "yamldecode"} {
		_, err := builtins.Impls(builtins.Table(builtins.Env{}))[name].Call([]cty.Value{deep})
		if err == nil || name != "yamldecode" && !strings.Contains(err.Error(), "nested too deeply") {
			t.Errorf("%s reads twenty thousand brackets: %v", name, err)
		}
	}
	long := make([]cty.Value, 600_000)
	for i := range long {
		long[i] = cty.True
	}
	list := cty.TupleVal(long)
	impls := builtins.Impls(builtins.Table(builtins.Env{}))
	for name, args := range map[string][]cty.Value{"concat": {list, list}, "flatten": {cty.TupleVal([]cty.Value{list, list})}} {
		if _, err := impls[name].Call(args); err == nil || !strings.Contains(err.Error(), "1000000 elements") {
			t.Errorf("%s makes a list of 1,200,000 elements: %v", name, err)
		}
	}
}
