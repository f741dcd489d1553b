package eval

import "testing"

// A module's text is read, parsed and checked once for all evaluations, as the pipeline's own is.
func TestWorker_modules(t *testing.T) {
	first := newEvaluator(Request{Read: texts{
		"pipeline.hcl":   "module \"m\" {\n  source = \"m\"\n}\n",
		"m/pipeline.hcl": "stage \"a\" {\n  command = [\"a\"]\n}\n",
	}})
	ds := first.load()
	var last *evaluator
	for range 2 {
		w := newWorker(first, ds, nil)
		if _, ds := w.evaluate(nil); ds.HasErrors() {
			t.Fatal(ds.Err())
		}
		kid := w.now.family.kids[0]
		if last != nil && kid.pipe != last.pipe {
			t.Error("the module was read again")
		}
		last = kid
	}
}
