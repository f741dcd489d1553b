package eval_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// What is said of a module is about modules, and says what there is.
func TestModule_messages(t *testing.T) {
	const use = "module \"e\" {\n  source = \"m\"\n}\nmodule \"g\" {\n  source = \"m\"\n  for_each = grid({ l = [1, 2] })\n}\n"
	stage := func(input string) string {
		return use + "stage \"s\" {\n  inputs = { c = " + input + " }\n  command = [\"x\"]\n}\n"
	}
	source := func(text string) string { return "module \"e\" {\n  source = " + text + "\n}\n" }
	for _, c := range []struct{ name, pipeline, code, want string }{
		{"an output in brackets", stage(`module.e.outputs["oo"]`), "E-module-output", `Module e has no output "oo". Did you mean "o"?`},
		{"that is there", stage(`module.e.outputs["o"]`), "", ""},
		{"at a point", stage(`pick(module.g, { l = 1 }).outputs["oo"]`), "E-value-index", `There is no "oo" here. Did you mean "o"?`},
		{"all of it", stage(`module.e`), "E-attribute-unknown", "or module.NAME.outputs.OUTPUT"},
		{"a source beside the project", source(`"../x"`), "E-path-escape", `"../x" is outside of it, where others may not have it. Put the pipeline into the project, or name it in Git`},
		{"an absolute one", source(`"/srv/x"`), "E-path-absolute", `"/srv/x" is outside of it, where others may not have it. Put the pipeline into the project, or name it in Git`},
		{"an unknown part of one, of another type", source(`{ project = "https://example.org/x.git", rev = "a", depth = 1 }`), "E-attribute-unknown", `there is no "depth"`},
		{"a part of another type", source(`{ project = "https://example.org/x.git", rev = 1 }`), "E-attribute-type", "source.rev must be a text, not a number."},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := files{"pipeline.hcl": c.pipeline, "m/pipeline.hcl": "stage \"c\" {\n  outputs = { o = \"o\" }\n  command = [\"c\", outputs.o]\n}\noutput \"o\" {\n  value = stage.c.outputs.o\n}\n"}
			_, ds := eval.Evaluate(eval.Request{Read: f})
			if c.code == "" {
				if ds.HasErrors() {
					t.Error(ds)
				}
				return
			}
			if len(ds) != 1 || ds[0].Code != c.code || !strings.Contains(ds[0].Detail, c.want) {
				t.Errorf("want %s with %q, got %v", c.code, c.want, ds)
			}
		})
	}
}
