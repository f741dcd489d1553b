package frame_test

import (
	"testing"

	"github.com/dewar-build/dewar/exp/frame"
)

// Whatever the bytes are, there is a table or a sentence; and in a table, every
// row has all columns and every number its text.
func FuzzRead(f *testing.F) {
	names := []string{"a.csv", "a.tsv", "a.jsonl", "a.json", "a.yaml", "a.toml", "a"}
	for i, seed := range []string{
		"a,b\n1,\"x\"\"y\"\n", "a\tb\nNaN\t-inf\n", "{\"a\":{\"b\":1}}\n{\"a\"", `{"r":[{"x":1e5,"y":null}]}`, "a: &a [1]\nb: {<<: {c: *a}}\n",
		"a = [1, {b = nan}]\n[t.u]\n[[l]]\n", "\ufeff0.1", "\"\\ud83d\\ude00\"", "", "- !!int 0x\n", "[[[[", "\r\r", "a:\n\t- b", "[{\"\":\"\xff\"}]",
	} {
		f.Add(uint8(i), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		name := names[int(which)%len(names)]
		if _, err := frame.Document(name, b); err != nil && err.Error() == "" {
			t.Fatal("no sentence")
		}
		table, err := frame.Read(name, b)
		if err != nil {
			return
		}
		for _, row := range table.Rows {
			if len(row) != len(table.Columns) {
				t.Fatalf("%d cells of %d", len(row), len(table.Columns))
			}
			for _, v := range row {
				if v.Kind == frame.Absent && v != (frame.Value{}) || v.Kind == frame.Number && v.Text == "" || v.Kind != frame.Number && v.Number != 0 {
					t.Fatalf("%+v", v)
				}
			}
		}
	})
}
