package spec_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/lang"
	"github.com/google/go-cmp/cmp"
)

// TestFences_hcl: every pipeline in a document is one, or is wrong in exactly
// the way that the document says. CONTRIBUTING describes the flags.
func TestFences_hcl(t *testing.T) {
	list := fences(t, "hcl")
	if len(list) < 12 {
		t.Errorf("found only %d examples", len(list))
	}
	for _, f := range list {
		t.Run(fmt.Sprintf("%s:%d", f.file, f.line), func(t *testing.T) {
			checkPipeline(t, f)
		})
	}
}

func checkPipeline(t *testing.T, f *fence) {
	want := []string{}
	for _, flag := range f.flags {
		switch how, code, _ := strings.Cut(flag, "="); how {
		case "more":
		case "error", "warning":
			want = strings.Split(code, ",")
		case "fragment":
			checkForm(t, f)
			return
		default:
			t.Fatalf("no such flag: %s", flag)
		}
	}
	_, src, ds := evaluate(request(project(t, f.pipeline()), ""))
	if diff := cmp.Diff(want, codes(ds)); diff != "" {
		t.Errorf("codes (-want +got):\n%s\n%s", diff, render(ds, src))
	}
	checkForm(t, f)
}

// checkForm: examples are written as `dewar fmt` writes them.
func checkForm(t *testing.T, f *fence) {
	formatted, err := lang.Format([]byte(f.text))
	if err != nil {
		t.Error(err)
	} else if diff := cmp.Diff(string(formatted), f.text); diff != "" {
		t.Errorf("not in canonical form (-formatted +written):\n%s", diff)
	}
}

// pipeline returns the files of the project in which f is the pipeline. With the
// flag more, the examples that it goes on from are files beside it.
func (f *fence) pipeline() map[string]string {
	files := withFiles(f.files, "")
	name := "pipeline.hcl"
	for at := f; at != nil; at = at.before {
		files[name] = at.text
		name = fmt.Sprintf("line%d.pipeline.hcl", at.line)
	}
	return files
}

// TestFences_known: a block in another language is not executed, so it is one
// that is meant not to be.
func TestFences_known(t *testing.T) {
	known := []string{"", "hcl", "console", "sh", "json", "yaml", "go"}
	for _, f := range fences(t, "*") {
		if !slices.Contains(known, f.lang) {
			t.Errorf("%s:%d: a block in %q; the languages are %q", f.file, f.line, f.lang, known)
		}
	}
}
