package dewar

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
)

// TestTail: a file grows, is cut, is replaced, holds nonsense; each line of the
// table is one look at it.
func TestTail(t *testing.T) {
	long := strings.Repeat("x", tailLine)
	type look struct {
		add   string // appended, or
		write string // in place of everything
		want  string // "rows: name=text …"; "" if there is nothing new
	}
	for _, c := range []struct {
		name, file string
		looks      []look
		last       string // when the command has ended
	}{
		{"lines", "log.jsonl", []look{
			{"", "", ""},
			{add: `{"n": 1, "loss": 0.50}` + "\n", want: "1: n=1 loss=0.5"},
			{want: ""},
			{add: `{"n": 2}` + "\n" + `{"n": 3, "v": {"a": true, "b": [1]}, "x": null}` + "\n", want: "3: n=3 v.a=true v.b=[1]"},
			{add: `{"n"`, want: ""},
			{add: `: 4}`, want: ""},
			{add: "\n", want: "4: n=4"},
			{add: `{"n": 5}`, want: ""},
		}, "5: n=5"},
		{"nonsense", "log.ndjson", []look{
			{add: "\n\nwarning: {not a row\n", want: ""},
			{add: `{"n": 1}` + "\n[1]\n7\nwhat\n", want: "1: n=1"},
			{add: `{"n": 2, broken}` + "\n", want: ""},
			{add: `{"n": NaN}` + "\n", want: "3: n=nan"},
			{add: `{"n": "` + long + `"}` + "\n" + `{"n": 4}` + "\n", want: "4: n=4"},
			{add: "\xff\xfe\x00\n", want: ""},
		}, ""},
		{"cut", "log.jsonl", []look{
			{add: `{"n": 1}` + "\n" + `{"n": 2}` + "\n", want: "2: n=2"},
			{write: `{"n": 9}` + "\n", want: "1: n=9"},
			{write: `{"n": 8, "longer": "than before"}` + "\n" + `{"n": 7, "longer": "than before"}` + "\n", want: "2: n=7 longer=than before"},
		}, ""},
		{"commas", "log.csv", []look{
			{add: "n,loss,", want: ""},
			{add: "note\n", want: ""},
			{add: "1,0.50,\n", want: "1: n=1 loss=0.5"},
			{add: "2,0.25,\"a, b\"\n3,0.1,x\n", want: "3: n=3 loss=0.1 note=x"},
			{add: "4,0.1\n", want: ""},
			{add: "5,\"0.1\n", want: ""},
			{add: "6,0.05,y", want: ""},
		}, "6: n=6 loss=0.05 note=y"},
		{"tabs", "log.TSV", []look{{add: "a\tb\n1\tx y\n", want: "1: a=1 b=x y"}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys, text := fs.Memory(), ""
			tail := newTail(fsys, "/"+c.file, c.file)
			for i, l := range c.looks {
				if text += l.add; l.write != "" {
					text = l.write
				}
				if text != "" {
					if err := fs.WriteFile(fsys, "/"+c.file, []byte(text)); err != nil {
						t.Fatal(err)
					}
				}
				if got := shown(tail, tail.next(false)); got != l.want {
					t.Errorf("look %d: %q, want %q", i+1, got, l.want)
				}
			}
			if got := shown(tail, tail.next(true)); got != c.last {
				t.Errorf("at the end: %q, want %q", got, c.last)
			}
		})
	}
}

func shown(t *tail, values []NamedValue) string {
	if values == nil {
		return ""
	}
	out := fmt.Sprint(t.rows, ":")
	for _, v := range values {
		out += " " + v.Name + "=" + v.Text
	}
	return out
}

// TestTailReadsOnce: what has been read is not read again.
func TestTailReadsOnce(t *testing.T) {
	disk, opened := fs.Memory(), 0
	fsys := fs.Faulty(disk, func(op, _ string) error {
		if op == "open" {
			opened++
		}
		return nil
	})
	tail := newTail(fsys, "/log.jsonl", "log.jsonl")
	var text strings.Builder
	for i := range 5 {
		fmt.Fprintf(&text, "{\"n\": %d}\n", i)
		if err := fs.WriteFile(disk, "/log.jsonl", []byte(text.String())); err != nil {
			t.Fatal(err)
		}
		tail.next(false)
		tail.next(false)
	}
	if tail.rows != 5 || opened != 5 || tail.offset != int64(text.Len()) {
		t.Errorf("%d rows, opened %d times, at %d of %d", tail.rows, opened, tail.offset, text.Len())
	}
}

// TestTailLooksAtFilesOnly: a link may lead anywhere.
func TestTailLooksAtFilesOnly(t *testing.T) {
	disk := fs.OS()
	dir := t.TempDir()
	if err := fs.WriteFile(disk, dir+"/secret.jsonl", []byte("{\"n\": 1}\n")); err != nil {
		t.Fatal(err)
	}
	if err := disk.Mkdir(dir+"/dir.jsonl", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := disk.Symlink(dir+"/secret.jsonl", dir+"/link.jsonl"); err == nil {
		if got := newTail(disk, dir+"/link.jsonl", "link.jsonl").next(true); got != nil {
			t.Errorf("through a link: %v", got)
		}
	}
	if got := newTail(disk, dir+"/dir.jsonl", "dir.jsonl").next(true); got != nil {
		t.Errorf("of a directory: %v", got)
	}
}
