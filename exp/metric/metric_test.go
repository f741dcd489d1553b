package metric_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
	"github.com/google/go-cmp/cmp"
)

// lines writes leaves as name=value, texts in quotes.
func lines(leaves []metric.Leaf) []string {
	var out []string
	for _, l := range leaves {
		out = append(out, l.Name+"="+literal(l.Value))
	}
	return out
}

func literal(v frame.Value) string {
	switch v.Kind {
	case frame.Absent:
		return "-"
	case frame.Text:
		return "'" + v.Text + "'"
	default:
		return v.Text
	}
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, file, in string
		want           []string
	}{
		{"json", "m.json", `{"test":{"f1":0.90,"acc":1},"n":12345678901234567890,"ok":true,"none":null,"best":"x","loss":NaN}`,
			[]string{"test.f1=0.9", "test.acc=1", "n=12345678901234567890", "ok=true", "best='x'", "loss='nan'"}},
		{"names", "m.json", `{"macro avg":{"f1-score":1},"mAP@0.5":2,"train/loss":3,"0":{"x":4},"":5,"é":6,"a\"]":7,"top.":{"b":8}}`,
			[]string{`["macro avg"].f1-score=1`, `["mAP@0.5"]=2`, "train/loss=3", "0.x=4", `[""]=5`, "é=6", `["a\"]"]=7`, `["top."].b=8`}},
		{"lists", "m.json", `{"a":[1,{"b":[2,null,3]}]}`, []string{"a[0]=1", "a[1].b[0]=2", "a[1].b[2]=3"}},
		{"list", "m.json", `[1,2]`, []string{"[0]=1", "[1]=2"}},
		{"scalar", "m.json", `0.93`, []string{"=0.93"}},
		{"null", "m.json", `null`, nil},
		{"yaml", "m.yaml", "a: {b: 1.0e-05}\nc: .inf\n", []string{"a.b=0.00001", "c='inf'"}},
		{"yaml empty", "m.yml", "", nil},
		{"toml", "m.toml", "x = 1_000.5\n[a.\"b.c\"]\nd = 2\n", []string{"x=1000.5", `a["b.c"].d=2`}},
		{"csv", "m.csv", "epoch,loss,val.acc,note\n1,0.5,0.1,x\n2,0.25,0.3,\n", []string{"epoch=2", "loss=0.25", "val.acc=0.3"}},
		{"csv empty", "m.tsv", "a\tb\n", nil},
		{"lines", "m.jsonl", "{\"a\":1,\"b\":{\"c\":2}}\n{\"a\":3}\n{\"a\"", []string{"a=3", "b.c=2"}},
		{"other", "SCORE", "0.5\n", []string{"=0.5"}},
		{"other yaml", "scores.txt", "a: 1\nb: 2", []string{"a=1", "b=2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaves, err := metric.Read(c.file, []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, lines(leaves)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_wrong(t *testing.T) {
	for _, c := range []struct{ name, file, in, want string }{
		{"json", "m.json", "{\n\"a\": }", "line 2: This is not JSON: \"}\" is no value."},
		{"latin 1", "m.json", "{\"a\":\n\"\xe9\"}", "line 2: The file is not text in UTF-8."},
		{"utf-16", "m.json", "\xff\xfe{\x00}\x00", "line 1: The file holds a NUL byte: it is not text in UTF-8."},
		{"ragged", "m.csv", "a,b\n1\n", "line 2: The line has 1 cell; the header has 2 columns."},
		{"lines", "m.jsonl", "{}\nx\n{}", "line 2: This is not JSON: \"x\" is no value."},
		{"a plot", "m.json", "[" + strings.Repeat("1,\n", 100_000) + "1]", "line 100001: The file holds more than 100000 values: it is no file of metrics. Declare it as a plot."},
		{"long name", "m.json", `{"a":{"` + strings.Repeat("x", 999) + `":1}}`, "line 1: A name has 1001 bytes, with the names around it; at most 1000 are read."},
		{"binary", "model.pkl", "\x80\x04\x95", "line 1: The file is not text in UTF-8."},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaves, err := metric.Read(c.file, []byte(c.in))
			var me *metric.Error
			if !errors.As(err, &me) {
				t.Fatalf("Read = %v, %v", lines(leaves), err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSeries(t *testing.T) {
	for file, in := range map[string]string{"a.csv": "x\n1\n2\n", "a.tsv": "x\n1\n2\n", "a.jsonl": "{\"x\":1}\n{\"x\":2}\n", "a.ndjson": "{\"x\":1}\n{\"x\":2}"} {
		f, err := metric.Series(file, []byte(in))
		if err != nil || f == nil || len(f.Rows) != 2 {
			t.Errorf("Series(%s) = %v, %v", file, f, err)
		}
	}
	for _, file := range []string{"a.json", "a.yaml", "a.toml", "a"} {
		if f, err := metric.Series(file, []byte("1")); f != nil || err != nil {
			t.Errorf("Series(%s) = %v, %v", file, f, err)
		}
	}
	if _, err := metric.Series("a.csv", nil); err == nil {
		t.Error("no error")
	}
}
