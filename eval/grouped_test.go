package eval_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/eval"
)

// TestGrouped: a mistake at some of many points is one message that names some of them and
// counts all.
func TestGrouped(t *testing.T) {
	const plain = "stage \"s\" {\n  for_each = grid({ a = range(500) })\n  metrics = { m = \"m${each.a}\" }\n  %s\n  %s\n}\n"
	for text, points := range map[string]int{
		`command = each.a < 3 ? ["x", [[each.a]]] : ["y"]`:                              3,
		`command = ["x", each.a < 4 ? null : 1]`:                                        4,
		`command = "x ${each.a < 5 ? {} : 1}"`:                                          5,
		`inputs = { x = each.a < 6 ? "/abs" : "src" }`:                                  6,
		`inputs = { x = each.a == 7 ? pick([{ a = 1 }], { a = each.a }).a : "x" }`:      1,
		`outputs = { o = each.a < 8 ? "../../abs" : "o${each.a}" }`:                     8,
		`env = { X = each.a < 9 ? [] : "x" }`:                                           9,
		`key = each.a < 10 ? "" : "k${each.a}"`:                                         10,
		`key = each.a < 11 ? 1 : "k${each.a}"`:                                          11,
		`when = each.a < 12 ? 1 : true`:                                                 12,
		"assert {\n  condition = each.a < 13 ? 3 : true\n  error = \"x\"\n}":            13,
		"assert {\n  condition = metrics.m.x > 1\n  error = each.a < 14 ? [] : \"\"\n}": 14,
		`timeout = each.a < 15 ? "soon" : "1h"`:                                         15,
		`working_dir = each.a < 16 ? "/x" : "y"`:                                        16,
		`inputs = { x = collect([each.a < 17 ? null : "x"]) }`:                          17,
		`command = ["x", argfile([each.a < 18 ? "a\nb" : "c"])]`:                        18,
	} {
		command := `command = ["true"]`
		if len(text) > 7 && text[:7] == "command" {
			command = ""
		}
		res, ds := eval.Evaluate(eval.Request{Read: files{"pipeline.hcl": fmt.Sprintf(plain, text, command)}, Dir: "."})
		if len(ds) != 1 || len(ds[0].Instances) != points || ds[0].Total != 500 {
			t.Errorf("%s: want one message about %d of 500 points, got\n%s", text, points, render(ds, res.Sources))
		}
	}
}

// TestFirstOfMany: of several wrong names in one object the same is always reported.
func TestFirstOfMany(t *testing.T) {
	f := files{"pipeline.hcl": "stage \"a\" {\n  command  = [\"x\"]\n  platform = { D = [], B = {}, C = [], A = [] }\n}\n"}
	for range 20 {
		if _, ds := eval.Evaluate(eval.Request{Read: f}); len(ds) != 1 || !strings.Contains(ds[0].Detail, "platform.A is a list") {
			t.Fatal(ds.Err())
		}
	}
}
