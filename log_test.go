package dewar

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// TestLongLog: what a command writes is kept whole, however much it is, and
// its last lines are there for messages. What hands it on is io.Copy, which
// gives up on a Writer that miscounts.
func TestLongLog(t *testing.T) {
	for _, size := range []int{0, 10, logInMemory - 1, logInMemory, logInMemory + 1, 5*logInMemory + 7} {
		fsys := fs.Memory()
		st, err := store.Open(fsys, "/cache", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Repeat("0123456789abcde\n", size/16+1)[:size] + "the end"
		l := newLog(fsys, "/cache/tmp/log", nil)
		if _, err := io.Copy(l, struct{ io.Reader }{strings.NewReader(text)}); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		d, err := l.keep(st)
		if err != nil {
			t.Fatal(err)
		}
		l.close()
		if got, err := st.ReadAll(d, 0); err != nil || !bytes.Equal(got, []byte(text)) {
			t.Errorf("%d bytes: %d were kept (%v)", size, len(got), err)
		}
		if got := l.lastLines(1); len(got) != 1 || !strings.HasSuffix(got[0], "the end") {
			t.Errorf("%d bytes: the last line is %q", size, got)
		}
	}
}
