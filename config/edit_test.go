package config_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/config"
	"github.com/google/go-cmp/cmp"
)

func TestEditor(t *testing.T) {
	const two = `# where results go
remote "a" {
  url     = "s3://a" # the bucket
  default = true
  options = {
    region = "eu" # near us
  }
}

# the archive
remote "b" { url = "s3://b" }

cache {
  limit = "1GB"
}
`
	for _, c := range []struct {
		name, src, want string
		do              func(e *config.Editor)
	}{
		{"into nothing", "", "remote \"o\" {\n  url = \"s3://b\"\n}\n", func(e *config.Editor) { e.Set("remote", "o", "url", config.Text("s3://b")) }},
		{"a block at the end", "# mine", "# mine\n\ncache {\n  dir = \"/c\"\n}\n", func(e *config.Editor) { e.Set("cache", "", "dir", config.Text("/c")) }},
		{
			"a value", two, replaced(two, `"s3://a" #`, `"gs://longer" #`),
			func(e *config.Editor) { e.Set("remote", "a", "url", config.Text("gs://longer")) },
		},
		{
			"an attribute, aligned", two, replaced(two, "  }\n}\n\n# the", "  }\n  parallel = 4\n}\n\n# the"),
			func(e *config.Editor) { e.Set("remote", "a", "parallel", "4") },
		},
		{
			"an attribute in a block of one line", two, replaced(two, `remote "b" { url = "s3://b" }`, "remote \"b\" {\n  url   = \"s3://b\"\n  trust = true\n}"),
			func(e *config.Editor) { e.Set("remote", "b", "trust", "true") },
		},
		{
			"take an attribute away", two, replaced(two, "  url     = \"s3://a\" # the bucket\n  default = true\n  options = {", "  url = \"s3://a\" # the bucket\n  options = {"),
			func(e *config.Editor) { e.Unset("remote", "a", "default") },
		},
		{"take the only one away", two, replaced(two, `{ url = "s3://b" }`, "{}"), func(e *config.Editor) { e.Unset("remote", "b", "url") }},
		{"take away what is not there", two, two, func(e *config.Editor) {
			e.Unset("remote", "b", "x")
			e.UnsetEntry("remote", "a", "options", "x")
			e.Remove("remote", "x")
			e.Rename("remote", "x", "y")
		}},
		{"an entry", two, replaced(two, `"eu" #`, `"us" #`), func(e *config.Editor) { e.SetEntry("remote", "a", "options", "region", "us") }},
		{"a new entry", two, replaced(two, "    region = \"eu\" # near us\n", "    region   = \"eu\" # near us\n    provider = \"Minio\"\n"), func(e *config.Editor) { e.SetEntry("remote", "a", "options", "provider", "Minio") }},
		{
			"an entry of one line", "remote \"a\" {\n  options = { a = \"1\" }\n}\n", "remote \"a\" {\n  options = { a = \"1\", b = \"$${x} \\\"\" }\n}\n",
			func(e *config.Editor) { e.SetEntry("remote", "a", "options", "b", "${x} \"") },
		},
		{
			"the first entry", "remote \"a\" {\n  options = {}\n}\n", "remote \"a\" {\n  options = { a = \"1\" }\n}\n",
			func(e *config.Editor) { e.SetEntry("remote", "a", "options", "a", "1") },
		},
		{
			"take entries away", "remote \"a\" {\n  options = { a = \"1\", b = \"2\", c = \"3\" }\n}\n", "remote \"a\" {\n  options = { b = \"2\" }\n}\n",
			func(e *config.Editor) {
				e.UnsetEntry("remote", "a", "options", "a")
				e.UnsetEntry("remote", "a", "options", "c")
			},
		},
		{"take the last away", two, replaced(two, "  url     = \"s3://a\" # the bucket\n  default = true\n  options = {\n    region = \"eu\" # near us\n  }\n", "  url     = \"s3://a\" # the bucket\n  default = true\n"), func(e *config.Editor) { e.UnsetEntry("remote", "a", "options", "region") }},
		{"a name", two, replaced(two, `remote "b"`, `remote "archive"`), func(e *config.Editor) { e.Rename("remote", "b", "archive") }},
		{"a block away", two, replaced(two, "remote \"b\" { url = \"s3://b\" }\n\n", ""), func(e *config.Editor) { e.Remove("remote", "b") }},
		{"the last block away", two, replaced(two, "\ncache {\n  limit = \"1GB\"\n}\n", ""), func(e *config.Editor) { e.Remove("cache", "") }},
		{"what is untidy stays so", "remote \"a\" {\nurl=\"s3://a\"\n}\n", "remote \"a\" {\nurl=\"s3://a\"\n  trust = true\n}\n", func(e *config.Editor) { e.Set("remote", "a", "trust", "true") }},
		{"line ends stay", "remote \"a\" {\r\n  url = \"s3://a\"\r\n}\r\n", "remote \"a\" {\r\n  url = \"s3://b\"\r\n}\r\n", func(e *config.Editor) { e.Set("remote", "a", "url", config.Text("s3://b")) }},
		{"an empty block goes", "remote \"a\" {\n  for = \"x\"\n}\n", "", func(e *config.Editor) {
			e.Unset("remote", "a", "for")
			e.RemoveEmpty("remote", "a")
		}},
		{"one with a comment stays", "remote \"a\" {\n  # why\n  for = \"x\"\n}\n", "remote \"a\" {\n  # why\n}\n", func(e *config.Editor) {
			e.Unset("remote", "a", "for")
			e.RemoveEmpty("remote", "a")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := config.NewEditor("f", []byte(c.src))
			if err != nil {
				t.Fatal(err)
			}
			c.do(e)
			got, err := e.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// replaced panics if old is not there: the case would say nothing.
func replaced(s, old, by string) string {
	before, after, ok := strings.Cut(s, old)
	if !ok {
		panic("no " + old)
	}
	return before + by + after
}
