package dvc

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSumsOf(t *testing.T) {
	sum := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	long := strings.Repeat("x", 1<<20-1) + "\r\n" // the line end is in two pieces, and stays
	for _, c := range []struct {
		text   string
		legacy bool
		want   []string
	}{
		{"", false, []string{sum("")}},
		{"a\r\nb", false, []string{sum("a\r\nb")}},
		{"a\r\nb", true, []string{sum("a\r\nb"), sum("a\nb")}},
		{long, true, []string{sum(long), sum(long)}},
	} {
		size, got, err := sumsOf(strings.NewReader(c.text), c.legacy)
		if err != nil || size != int64(len(c.text)) || !slices.Equal(got, c.want) {
			t.Errorf("%.10q: %v %v %v", c.text, size, got, err)
		}
	}
	if _, _, err := sumsOf(brokenReader{}, false); err == nil {
		t.Error("a failure is lost")
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, fmt.Errorf("broken") }

func TestObject_Is(t *testing.T) {
	sum := func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }
	for _, c := range []struct {
		o    Object
		text string
		want bool
	}{
		{Object{MD5: sum("a"), Size: -1}, "a", true},
		{Object{MD5: sum("a"), Size: 1}, "a", true},
		{Object{MD5: sum("a"), Size: 2}, "a", false},
		{Object{MD5: sum("b"), Size: 1}, "a", false},
		{Object{MD5: sum("a\n"), Size: -1}, "a\r\n", false},
		{Object{MD5: sum("a\n"), Size: 2, Legacy: true}, "a\r\n", true}, // the size is that of the text
	} {
		if got, err := c.o.Is(strings.NewReader(c.text)); got != c.want || err != nil {
			t.Errorf("%+v is %q: %v, %v", c.o, c.text, got, err)
		}
	}
}

func TestObject_Names(t *testing.T) {
	sum := strings.Repeat("0f", 16)
	at := "0f/" + sum[2:]
	for _, c := range []struct {
		o    Object
		want [2]string
	}{
		{Object{MD5: sum}, [2]string{"files/md5/" + at, at}},
		{Object{MD5: sum, Dir: true, Legacy: true}, [2]string{at + ".dir", "files/md5/" + at + ".dir"}},
	} {
		if got := c.o.Names(); got != c.want {
			t.Errorf("%+v: %v, want %v", c.o, got, c.want)
		}
	}
}
