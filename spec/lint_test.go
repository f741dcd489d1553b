package spec_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/lint"
	"github.com/dewar-build/dewar/lang"
)

// shorthand are the lints that examples give because they are short: they declare what
// they do not use, and do not hand every axis on.
var shorthand = []string{"W-axis-idle", "W-data-unused", "W-function-unused", "W-param-unused", "W-local-unused", "W-params-unclaimed", "W-sensitive-default", "W-toolchain-unused"}

// TestFences_lint: in pipelines that documents show as good ones there is nothing to
// find that is not their shortness. A finding here is a false one, or a bad example.
func TestFences_lint(t *testing.T) {
	looked := 0
	for _, f := range fences(t, "hcl") {
		if slices.Contains(f.flags, "fragment") {
			continue
		}
		p := project(t, f.pipeline())
		g, src, ds := evaluate(request(p, ""))
		if ds.HasErrors() {
			continue
		}
		looked++
		pipe, _ := lang.Load(p, ".")
		for _, x := range lint.Find(pipe, lint.Options{Read: p.ReadFile, Graph: g, Root: "/project"}) {
			if !slices.Contains(shorthand, x.Code) {
				t.Errorf("%s:%d:\n%s", f.file, f.line, render(diag.List{x.Diagnostic}, src))
			}
		}
	}
	if looked < 12 {
		t.Error(fmt.Sprint("looked at only ", looked))
	}
}
