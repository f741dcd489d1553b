package lang_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/lang"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", ""},
		{
			"aligns, indents and keeps comments",
			"# top\nstage   \"a\" {\ncommand=[ \"x\",\"y\" ] # why\n      inputs = {a=\"b\"}\n}\n// end\n",
			"# top\nstage \"a\" {\n  command = [\"x\", \"y\"] # why\n  inputs  = { a = \"b\" }\n}\n// end\n",
		},
		{
			"keeps the text of heredocs",
			"stage \"a\" {\ncommand = <<-EOT\n    for x in $(ls); do\n      echo ${x}\n    done\n  EOT\n}\n",
			"stage \"a\" {\n  command = <<-EOT\n    for x in $(ls); do\n      echo ${x}\n    done\n  EOT\n}\n",
		},
		{
			"leaves a heredoc alone whose template spans lines, and formats the rest",
			"stage \"a\" {\ncommand = <<-EOT\n    a ${\n  join(\" \", [\n    \"x\"])}\n      b\n  EOT\n}\nlocals {\nx=1\n}\n",
			"stage \"a\" {\ncommand = <<-EOT\n    a ${\n  join(\" \", [\n    \"x\"])}\n      b\n  EOT\n}\nlocals {\n  x = 1\n}\n",
		},
		{"windows lines", "locals {\r\nx=1\r\n}\r\n", "locals {\r\n  x = 1\r\n}\r\n"},
		{"no newline at the end", "locals {\nx=1\n}", "locals {\n  x = 1\n}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := lang.Format([]byte(c.src))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			again, err := lang.Format(got)
			if err != nil || string(again) != string(got) {
				t.Errorf("formatted again (%v):\n%s", err, cmp.Diff(string(got), string(again)))
			}
		})
	}
}

func TestFormat_brokenText(t *testing.T) {
	if _, err := lang.Format([]byte("stage {")); err == nil {
		t.Error("no error")
	}
}
