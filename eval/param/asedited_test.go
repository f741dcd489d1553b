package param_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/google/go-cmp/cmp"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// A value that is put into the copy of a file is spelled as if the file had been edited.
func TestProject_likeEdit(t *testing.T) {
	values := []string{
		`1`, `10`, `0.1`, `1e-7`, `1000000000000000000000`, `-3`, `100000000000000000000`, `true`, `"lbfgs"`, `"newton-cg"`, `"yes"`, `"1"`, `"1e3"`, `"it's"`, `"a\"b"`, `"a, b"`, `""`, `"ü"`, `"a\nb"`,
		`[]`, `[1, 2.5]`, `["a", "b c", "no"]`, `{"a": 1, "b": "x"}`, `{}`,
	}
	for name, files := range map[string][]string{
		"p.yaml": {"p: {}\n", "p:\n  x: %s\n", "p:\n  x: %s  # why\n  z: 1\n"},
		"p.json": {"{\"p\": {}}", "{\n  \"p\": {\"x\": %s}\n}\n"},
		"p.toml": {"[p]\n", "[p]\nx = %s\n", "p = { x = %s, z = 1 }\n"},
	} {
		olds := map[string][]string{
			"p.yaml": {`1`, `1.0`, `1.0e+3`, `0x10`, `lbfgs`, `"lbfgs"`, `'lbfgs'`, `true`, `null`, `[a, "b"]`, `[1.0, 2]`, "\n    - 'a'\n    - b", `{a: 1.0, b: 'y'}`, "\n    a: 1.0\n    b: y"},
			"p.json": {`1`, `1.0`, `1E3`, `"lbfgs"`, `"\u006c"`, `true`, `["a"]`, `{"a": 1.0, "b": "y"}`},
			"p.toml": {`1`, `1.0`, `1e3`, `"lbfgs"`, `'lbfgs'`, `true`, `['a']`, `{ a = 1.0, b = 'y' }`},
		}[name]
		for _, file := range files {
			for _, old := range olds {
				text := file
				if strings.Contains(file, "%s") {
					text = fmt.Sprintf(file, old)
				}
				for _, value := range values {
					if strings.Contains(file, "{}") && value == `"a, b"` {
						continue // a comma inside of braces
					}
					likeEdit(t, name, text, value)
				}
			}
		}
	}
}

func likeEdit(t *testing.T, name, text, value string) {
	t.Helper()
	f, diags := param.Decode(param.Source{Path: name, Bytes: []byte(text)})
	if diags.HasErrors() {
		t.Fatalf("%s: %v", text, diags)
	}
	edited, diags := f.Edit([]param.Edit{{Path: []string{"p", "x"}, JSON: value}})
	if diags.HasErrors() {
		return // it is left to the person
	}
	want, _, diags := param.Project(param.Source{Path: name, Bytes: edited}, []param.Keep{{Path: []string{"p", "x"}}})
	if diags.HasErrors() {
		t.Fatalf("%s: %v", edited, diags)
	}
	ty, err := ctyjson.ImpliedType([]byte(value))
	if err != nil {
		t.Fatal(err)
	}
	v, err := ctyjson.Unmarshal([]byte(value), ty)
	if err != nil {
		t.Fatal(err)
	}
	got, _, diags := f.Project([]param.Keep{{Path: []string{"p", "x"}, Override: &v}})
	if diags.HasErrors() {
		t.Fatalf("%s: %v", text, diags)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%q with %s: -edited +overridden:\n%s", text, value, diff)
	}
}
