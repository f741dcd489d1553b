package lang_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
)

func codes(l diag.List) []string {
	out := []string{}
	for _, d := range l.Sorted() {
		out = append(out, d.Code)
	}
	return out
}

func TestLoad_unfitFiles(t *testing.T) {
	stage := "stage \"a\" { command = [\"a\"] }\n"
	for _, c := range []struct {
		name  string
		files files
		want  []string
	}{
		{"no files", files{}, []string{"E-pipeline-missing"}},
		{"only a further file", files{"x.pipeline.hcl": stage}, []string{"E-pipeline-missing"}},
		{"an empty file", files{"pipeline.hcl": ""}, []string{}},
		{"no newline at the end", files{"pipeline.hcl": strings.TrimSpace(stage)}, []string{}},
		{"windows lines", files{"pipeline.hcl": "stage \"a\" {\r\n  command = <<-EOT\r\n    x\r\n  EOT\r\n}\r\n"}, []string{}},
		{"a byte order mark", files{"pipeline.hcl": "\xef\xbb\xbf" + stage}, []string{"E-encoding"}},
		{"UTF-16", files{"pipeline.hcl": "\xff\xfes\x00"}, []string{"E-encoding"}},
		{"UTF-16 without a mark", files{"pipeline.hcl": "#\x00\n\x00"}, []string{"E-encoding"}},
		{"a NUL byte", files{"pipeline.hcl": "# a\x00\n" + stage}, []string{"E-encoding"}},
		{"Latin-1", files{"pipeline.hcl": "# caf\xe9\n" + stage}, []string{"E-encoding"}},
		{"too deep", files{"pipeline.hcl": "locals {\n  x = " + strings.Repeat("[", 1<<20)}, []string{"E-nesting"}},
		{"too many operators", files{"pipeline.hcl": "locals {\n  x = " + strings.Repeat("-", 1<<20)}, []string{"E-nesting"}},
		{"junk", files{"pipeline.hcl": strings.Repeat("a b = ;\n", 10_000)}, slices.Repeat([]string{"E-syntax"}, 20)},
		{"too large", files{"pipeline.hcl": strings.Repeat("# comment\n", 1_100_000)}, []string{"E-too-large"}},
		{"other files are not read", files{"pipeline.hcl": stage, "other.hcl": "}{", "sub/x.pipeline.hcl": "}{"}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, ds := loadAndCheck(c.files, ".")
			if diff := cmp.Diff(c.want, codes(ds)); diff != "" {
				t.Errorf("-want +got:\n%s\n%s", diff, render(ds, p))
			}
		})
	}
}

// broken is a project in which one file cannot be read.
type broken struct{ files }

func (b broken) ReadFile(name string) ([]byte, error) {
	if name == "dir/bad.pipeline.hcl" {
		return nil, errors.New("input/output error")
	}
	return b.files.ReadFile(name)
}

func TestLoad_directory(t *testing.T) {
	f := files{
		"dir/pipeline.hcl":     "stage \"z\" { command = [\"a\"] }\nstage \"b\" { command = [\"a\"] }\n",
		"dir/bad.pipeline.hcl": "stage \"c\" { command = [\"a\"] }\n",
		"dir/a.pipeline.hcl":   "stage \"d\" { command = [\"a\"] }\n",
	}
	p, ds := lang.Load(f, "dir")
	if len(ds) > 0 {
		t.Fatal(render(ds, p))
	}
	var names []string
	for _, s := range p.Stages {
		names = append(names, s.Name)
	}
	if diff := cmp.Diff([]string{"d", "c", "z", "b"}, names); diff != "" {
		t.Errorf("stages are not in the order of files and places:\n%s", diff)
	}
	if _, ok := p.Source("dir/a.pipeline.hcl"); !ok {
		t.Error("no source of a file")
	}
	_, ds = lang.Load(broken{f}, "dir")
	if diff := cmp.Diff([]string{"E-file-unreadable"}, codes(ds)); diff != "" {
		t.Error(diff)
	}
}

func TestRefs(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []string
	}{
		{`param.train.C + local.x`, []string{"param.train .C", "local.x"}},
		{`[for k, v in stage.x : v.outputs.m if k != local.z]`, []string{"stage.x", "local.z"}},
		{`[for stage in [1] : stage.x]`, nil},
		{`stage.x[*].outputs.m[*].foo`, []string{"stage.x [*] .outputs.m"}},
		{`stage.x.*.outputs`, []string{"stage.x [*] .outputs"}},
		{`stage["x"].a`, []string{"stage.x indexed .a"}},
		{`stage[local.k].a`, []string{"stage indexed", "local.k"}},
		{`stage.x[local.k].a`, []string{"stage.x [?]", "local.k"}},
		{`"a ${inputs.b} %{ if each.c }x%{ endif }"`, []string{"inputs.b", "each.c"}},
		{`{ (local.a) = local.b, c = local.d }`, []string{"local.a", "local.b", "local.d"}},
		{`a`, []string{"a"}},
		{`f(local.a...)`, []string{"local.a"}},
	} {
		expr, ds := lang.ParseExpression("<x>", []byte(c.src))
		if len(ds) > 0 {
			t.Errorf("%s: %v", c.src, ds)
			continue
		}
		var got []string
		for _, r := range lang.Refs(expr) {
			s := r.Address()
			if r.Indexed {
				s += " indexed"
			}
			if len(r.Rest) > 0 {
				s += " " + words(r.Rest)
			}
			if r.Splat {
				s += " [*]"
				if len(r.Each) > 0 {
					s += " " + words(r.Each)
				}
			}
			if r.Index {
				s += " [?]"
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.src, diff)
		}
	}
}

func TestCalls(t *testing.T) {
	expr, _ := lang.ParseExpression("<x>", []byte(`f(g(1), "${h()}", [for x in i() : j(x)])`))
	var got []string
	for _, c := range lang.Calls(expr) {
		got = append(got, c.Name)
	}
	if diff := cmp.Diff([]string{"f", "g", "h", "i", "j"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestCodes_haveCases: every code of lang is in a case, or in a table above.
func TestCodes_haveCases(t *testing.T) {
	src, err := os.ReadFile("../diag/codes_lang.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	names, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range append(names, "load_test.go") {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".txtar") {
			for _, f := range txtar.Parse(b).Files {
				tests.WriteString(strings.Join(markers("", string(f.Data)), " ") + " ")
			}
			continue
		}
		tests.Write(b)
	}
	for _, c := range diag.Codes() {
		if strings.Contains(string(src), `{"`+c.Code+`"`) && !strings.Contains(tests.String(), c.Code) {
			t.Errorf("%s has no case", c.Code)
		}
	}
}
