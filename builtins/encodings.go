package builtins

import (
	"encoding/base64"
	"net/url"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

func encodingFuncs() []Func {
	one := func(name string) signature { return takes(text(name)) }
	return []Func{
		{Name: "jsonencode", Doc: "Writes a value as JSON: on one line, names sorted, numbers with their usual text.", Example: `jsonencode({ b = [1, 0.5], a = null })`, Want: `"{\"a\":null,\"b\":[1,0.5]}"`, Impl: making(cty.String, takes(orNull(anything("value"))), func(a []cty.Value) (cty.Value, error) {
			t, err := jsonText(a[0])
			return cty.StringVal(t), err
		})},
		{Name: "jsondecode", Doc: "Reads a value from JSON.", Example: `jsondecode("{\"C\": [1, 1e-1]}")`, Want: `{ C = [1, 0.1] }`, Impl: decoding("jsondecode", jsonDecode, ".json", ".txt")},
		{Name: "yamlencode", Doc: "Writes a value as YAML, names sorted. What would be read as something else is quoted.", Example: `yamlencode({ C = 0.1, on = "yes" })`, Want: `"C: 0.1\n\"on\": \"yes\"\n"`, Impl: making(cty.String, takes(orNull(anything("value"))), yamlEncode)},
		{Name: "yamldecode", Doc: "Reads a value from YAML 1.2.", Example: `yamldecode("C: [1, 1e-1]\nname: no\n")`, Want: `{ C = [1, 0.1], name = "no" }`, Impl: decoding("yamldecode", yamlDecode, ".yaml", ".yml")},
		{Name: "base64encode", Doc: "Writes the bytes of a text in Base64.", Example: `base64encode("dewar")`, Want: `"ZGV3YXI="`, Impl: onText(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })},
		{Name: "base64decode", Doc: "Reads a text from Base64.", Example: `base64decode("ZGV3YXI=")`, Want: `"dewar"`, Impl: making(cty.String, one("text"), base64Decode)},
		{Name: "urlencode", Doc: "Writes a text so that it can stand in the query of a URL: a blank is +, what is no letter, digit or one of -_.~ is %XX.", Example: `urlencode("C=0.1 & more")`, Want: `"C%3D0.1+%26+more"`, Impl: onText(url.QueryEscape)},
		{Name: "urldecode", Doc: "Reads a text from the query of a URL.", Example: `urldecode("C%3D0.1+%26+more")`, Want: `"C=0.1 & more"`, Impl: making(cty.String, one("text"), urlDecode)},
	}
}

func base64Decode(args []cty.Value) (cty.Value, error) {
	b, err := base64.StdEncoding.DecodeString(args[0].AsString())
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "not Base64: %s", err)
	}
	if !utf8.Valid(b) {
		return cty.DynamicVal, function.NewArgErrorf(0, "the bytes are no text in UTF-8")
	}
	return cty.StringVal(string(b)), nil
}

func urlDecode(args []cty.Value) (cty.Value, error) {
	s, err := url.QueryUnescape(args[0].AsString())
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "not the query of a URL: %s", err)
	}
	if !utf8.ValidString(s) {
		return cty.DynamicVal, function.NewArgErrorf(0, "the bytes are no text in UTF-8")
	}
	return cty.StringVal(s), nil
}
