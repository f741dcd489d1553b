package builtins

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func encodingFuncs() []Func {
	one := func(name string) signature { return takes(text(name)) }
	return []Func{
		{Name: "jsonencode", Doc: "Writes a value as JSON: on one line, names sorted, numbers with their usual text.", Example: `jsonencode({ b = [1, 0.5], a = null })`, Want: `"{\"a\":null,\"b\":[1,0.5]}"`, Impl: making(cty.String, takes(orNull(anything("value"))), func(a []cty.Value) (cty.Value, error) {
			t, err := jsonText(a[0])
			return cty.StringVal(t), err
		})},
		{Name: "jsondecode", Doc: "Reads a value from JSON.", Example: `jsondecode("{\"C\": [1, 1e-1]}")`, Want: `{ C = [1, 0.1] }`, Impl: making(cty.DynamicPseudoType, one("text"), jsonDecode)},
		{Name: "yamlencode", Doc: "Writes a value as YAML, names sorted. What would be read as something else is quoted.", Example: `yamlencode({ C = 0.1, on = "yes" })`, Want: `"C: 0.1\n\"on\": \"yes\"\n"`, Impl: making(cty.String, takes(orNull(anything("value"))), yamlEncode)},
		{Name: "yamldecode", Doc: "Reads a value from YAML 1.2.", Example: `yamldecode("C: [1, 1e-1]\nname: no\n")`, Want: `{ C = [1, 0.1], name = "no" }`, Impl: making(cty.DynamicPseudoType, one("text"), yamlDecode)},
		{Name: "csvdecode", Doc: "Reads a list of objects from CSV; the first line has the names, and all values are texts.", Example: `csvdecode("C,solver\n0.1,saga\n")`, Want: `[{ C = "0.1", solver = "saga" }]`, Impl: making(cty.DynamicPseudoType, one("text"), csvDecode)},
		{Name: "base64encode", Doc: "Writes the bytes of a text in Base64.", Example: `base64encode("dewar")`, Want: `"ZGV3YXI="`, Impl: onText(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })},
		{Name: "base64decode", Doc: "Reads a text from Base64.", Example: `base64decode("ZGV3YXI=")`, Want: `"dewar"`, Impl: making(cty.String, one("text"), base64Decode)},
		{Name: "sha256", Doc: "Returns the SHA-256 of a text in hexadecimal digits.", Example: `substr(sha256("dewar"), 0, 8)`, Want: `"2b78ffeb"`, Impl: onText(func(s string) string {
			sum := sha256.Sum256([]byte(s))
			return hex.EncodeToString(sum[:])
		})},
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

func csvDecode(args []cty.Value) (cty.Value, error) {
	v, err := stdlib.CSVDecode(args[0])
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(0, "not CSV: %s", err)
	}
	return v, nil
}
