package digest_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/digest"
)

// The hash of nothing and of "abc" are the standard's own vectors.
func TestVectors(t *testing.T) {
	for text, want := range map[string]string{
		"":    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/0",
		"abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/3",
	} {
		d := digest.Of([]byte(text))
		if d.String() != want {
			t.Errorf("%q: %s", text, d)
		}
		r, err := digest.Read(strings.NewReader(text), make([]byte, 1))
		if err != nil || r != d {
			t.Errorf("%q read: %s, %v", text, r, err)
		}
		back, err := digest.Parse(want)
		if err != nil || back != d {
			t.Errorf("%q parsed: %s, %v", text, back, err)
		}
	}
	if digest.Empty != digest.Of(nil) || digest.Empty.IsZero() || !(digest.Digest{}).IsZero() {
		t.Error("Empty is the digest of no bytes, the zero Digest is not")
	}
}

func TestParseRefuses(t *testing.T) {
	h := digest.Empty.Hex()
	for _, s := range []string{"", h, h + "/", h + "/-1", h + "/+1", h + "/01", h + "/1 ", h[1:] + "/0", strings.ToUpper(h) + "/0", "g" + h[1:] + "/0", h + "/99999999999999999999"} {
		if d, err := digest.Parse(s); err == nil {
			t.Errorf("%q is read as %s", s, d)
		}
	}
}

func TestWriterReset(t *testing.T) {
	w := digest.NewWriter()
	w.Write([]byte("other"))
	w.Reset()
	w.Write([]byte("a"))
	w.Write([]byte("bc"))
	for range 2 { // asking changes nothing
		if w.Digest() != digest.Of([]byte("abc")) {
			t.Error("a Writer is not what was written")
		}
	}
}

// One directory in full, byte by byte: field numbers of the Remote Execution
// API, the zero size of an empty file left out.
func TestDirVector(t *testing.T) {
	d := digest.Dir{
		Files:    []digest.FileEntry{{Name: "e", Digest: digest.Empty, Exec: true}},
		Symlinks: []digest.SymlinkEntry{{Name: "l", Target: "e"}},
	}
	hash := hex.EncodeToString([]byte(digest.Empty.Hex()))
	want := "0a49" + "0a0165" + "1242" + "0a40" + hash + "2001" + "1a06" + "0a016c" + "120165"
	if got := hex.EncodeToString(d.Encode()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !bytes.Equal((digest.Dir{}).Encode(), nil) {
		t.Error("an empty directory is no bytes")
	}
}
