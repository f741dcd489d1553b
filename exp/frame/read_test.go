package frame_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/google/go-cmp/cmp"
)

// show writes a frame with a letter for what a cell is: #number, ?bool, 'text, - for none.
func show(f *frame.Frame) []string {
	out := []string{strings.Join(f.Columns, "|")}
	for _, row := range f.Rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, map[frame.Kind]string{frame.Absent: "-", frame.Number: "#", frame.Bool: "?", frame.Text: "'"}[v.Kind]+v.Text)
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, file, in string
		want           []string
	}{
		{"cells", "a.csv", "epoch,loss,ok,name\n1,0.50,true,a\n2,1e-7,False,b c\n", []string{"epoch|loss|ok|name", "#1|#0.5|?true|'a", "#2|#1e-7|?false|'b c"}},
		{"no number", "a.csv", "a,b,c\nNaN,inf,-Infinity\nnan,+inf,1e999\n", []string{"a|b|c", "'nan|'inf|'-inf", "'nan|'inf|'1e999"}},
		{"exact", "a.csv", "a\n12345678901234567890123\n9007199254740993\n-0\n007\n.5\n5.\n+3\n1_000\n0x10\n", []string{"a", "#12345678901234567890123", "#9007199254740993", "#0", "#7", "#0.5", "#5", "#3", "'1_000", "'0x10"}},
		{"quotes", "a.csv", "a,\"b, c\"\n\"say \"\"hi\"\"\",\"two\nlines\"\n", []string{"a|b, c", "'say \"hi\"|'two\nlines"}},
		{"crlf and mark", "A.CSV", "\ufeffa,b\r\n1,2\r\n", []string{"a|b", "#1|#2"}},
		{"old line ends", "a.csv", "a,b\r1,2\r3,4", []string{"a|b", "#1|#2", "#3|#4"}},
		{"spaces", "a.csv", "a, b\n1, 2\nx, y\n,\n", []string{"a|b", "#1|#2", "'x|' y", "-|-"}},
		{"only a header", "a.csv", "a,b", []string{"a|b"}},
		{"tabs", "dir.d/a.tsv", "a\tb\nx,y\t1\n", []string{"a|b", "'x,y|#1"}},
		{"lines", "a.jsonl", "{\"step\":1,\"loss\":0.5}\n\n{\"loss\":NaN,\"lr\":{\"min\":1,\"max\":null}}\n", []string{"step|loss|lr.min|lr.max", "#1|#0.5|-|-", "-|'nan|#1|-"}},
		{"unfinished line", "a.ndjson", "{\"a\":1}\n{\"a\":2", []string{"a", "#1"}},
		{"unfinished character", "a.ndjson", "{\"a\":1}\n{\"a\":\"\xc3", []string{"a", "#1"}},
		{"finished without an end", "a.jsonl", "{\"a\":1}\r\n{\"a\":2}", []string{"a", "#1", "#2"}},
		{"empty lines", "a.jsonl", "", []string{""}},
		{"list", "a.json", `[{"b":1,"a":"x"},{"c":[1,[true,null],{"k":"\u0001\"é"}]}]`, []string{"b|a|c", "#1|'x|-", "-|-|'[1,[true,null],{\"k\":\"\\u0001\\\"é\"}]"}},
		{"list inside", "a.json", `{"n":[1,2],"e":[],"deep":{"roc":[{"fpr":0}],"prc":[{"p":1}]}}`, []string{"fpr", "#0"}},
		{"empty list inside", "a.json", `{"n":[1,2],"e":[]}`, []string{""}},
		{"yaml", "a.yml", "n: 3\nroc:\n- {x: 1.0e-05, y: .nan, z: ~}\n- {x: '1', y: yes, z: 0x1F}\n", []string{"x|y|z", "#0.00001|'nan|-", "'1|'yes|#31"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := frame.Read(c.file, []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, show(f)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead_wrong(t *testing.T) {
	for _, c := range []struct {
		name, file, in, want string
	}{
		{"format", "a.parquet", "PAR1", "Tables are read from .csv, .tsv, .jsonl, .ndjson, .json, .yaml and .yml files, by the name of the file."},
		{"ragged", "a.csv", "a,b\n1,2\n1,2,3\n", "line 3: The line has 3 cells; the header has 2 columns."},
		{"ragged after quotes", "a.csv", "a,b\n\"1\n2\",2\n1\n", "line 4: The line has 1 cell; the header has 2 columns."},
		{"open quote", "a.csv", "a,b\n1,2\n\"1,2\n3,4\n", `line 3: A cell begins with a " that is not closed as it should: quotes inside are doubled, and a separator or the end of the line follows.`},
		{"bare quote", "a.csv", "a,b\n1,2\"\n", `line 2: A " stands inside a cell that does not begin with one.`},
		{"twice", "a.csv", "a,b, a\n", `line 1: The columns 1 and 3 have the same name, "a".`},
		{"empty", "a.csv", "", "The file is empty; its first line names the columns."},
		{"long name", "a.csv", strings.Repeat("x", 1001) + "\n", "line 1: The name of column 1 has 1001 bytes; names have at most 1000."},
		{"nul", "a.csv", "a\n\x00\n", "line 2: The file holds a NUL byte: it is not text in UTF-8."},
		{"latin 1", "a.csv", "a\nb\n\xe9t\xe9\n", "line 3: The file is not text in UTF-8."},
		{"broken line", "a.jsonl", "{\"a\":1}\n{\"a\":\n{\"a\":1}\n", "line 2: This is not JSON: it ends too early."},
		{"line of another kind", "a.jsonl", "{\"a\":1}\n[1]\n", "line 2: The line is no object; a table in lines has one a line, {…}."},
		{"line in latin 1", "a.jsonl", "{\"a\":1}\n\"\xe9\"\n", "line 2: The file is not text in UTF-8."},
		{"no list", "a.json", `{"a":1,"b":[1],"c":[[{"x":1}]]}`, "There is no list of objects in the file; a table is one."},
		{"mixed list", "a.json", `[{"a":1},2]`, "There is no list of objects in the file; a table is one."},
		{"same dotted name", "a.json", "[{\"a.b\":1,\n\"a\":{\"b\":2}}]", `line 2: Two values of one object are both called "a.b", with dots between names.`},
		{"wide", "a.jsonl", wide(4000), "line 3163: The table has more than 10000000 cells, those that are missing counted."},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := frame.Read(c.file, []byte(c.in))
			var fe *frame.Error
			if !errors.As(err, &fe) {
				t.Fatalf("Read = %v, %v", f, err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// wide has another column in every line.
func wide(lines int) string {
	var b strings.Builder
	for i := range lines {
		b.WriteString("{\"c" + strconv.Itoa(i) + "\":1}\n")
	}
	return b.String()
}

func TestFrame(t *testing.T) {
	f, err := frame.Read("a.csv", []byte("a,b\n1,x\n2,y\n"))
	if err != nil {
		t.Fatal(err)
	}
	if f.Index("b") != 1 || f.Index("c") != -1 {
		t.Error(f.Index("b"), f.Index("c"))
	}
	if diff := cmp.Diff([]frame.Value{frame.Str("x"), frame.Str("y")}, f.Column(1)); diff != "" {
		t.Error(diff)
	}
}
