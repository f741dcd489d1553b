package verify_test

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/verify"
)

func decoded(t *testing.T, text string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Pickles that Python wrote: of an object with the attributes coef_, params and list; of a list; of a set; of bytes.
const (
	object   = "gASVawAAAAAAAACMAW2UjAFNlJOUKYGUfZQojAVjb2VmX5RHP/gAAAAAAACMBnBhcmFtc5R9lCiMAUOURz+5mZmZmZmajARkZWVwlH2UjARzZWVklIwBeJRzdYwEbGlzdJRdlChLAUsCfZSMAWuUaAxzZXViLg=="
	coef     = "gASVawAAAAAAAACMAW2UjAFNlJOUKYGUfZQojAVjb2VmX5RHP/wAAAAAAACMBnBhcmFtc5R9lCiMAUOURz+5mZmZmZmajARkZWVwlH2UjARzZWVklIwBeJRzdYwEbGlzdJRdlChLAUsCfZSMAWuUaAxzZXViLg=="
	seed     = "gASVawAAAAAAAACMAW2UjAFNlJOUKYGUfZQojAVjb2VmX5RHP/gAAAAAAACMBnBhcmFtc5R9lCiMAUOURz+5mZmZmZmajARkZWVwlH2UjARzZWVklIwBeZRzdYwEbGlzdJRdlChLAUsCfZSMAWuUaAxzZXViLg=="
	list3    = "gAJdcQAoSwFLAksDZS4="
	list4    = "gAJdcQAoSwFLAksEZS4="
	someSet  = "gASVEQAAAAAAAACPlCiMAWGUjAFjlIwBYpSQLg=="
	bytesWas = "gASVIwAAAAAAAAB9lIwBd5RDGGFiY2RlZmdoYWJjZGVmZ2hhYmNkZWZnaJRzLg=="
	bytesNow = "gASVIwAAAAAAAAB9lIwBd5RDGGFiY2RlZmdoYWJjZGVmZ2hhYmNkZWZnWJRzLg=="
)

func TestPickle(t *testing.T) {
	set := decoded(t, someSet)
	for _, c := range []struct{ name, was, now, want, causes string }{
		{"a float", decoded(t, object), decoded(t, coef), "pickle, coef_ (the operation at byte 35)\n- 1.5\n+ 1.75", "random"},
		{"deep", decoded(t, object), decoded(t, seed), "pickle, params.deep.seed (the operation at byte 85)\n- \"x\"\n+ \"y\"", "unknown"},
		{"in a list", decoded(t, list3), decoded(t, list4), "pickle, [2] (the operation at byte 10)\n- 3\n+ 4", "random"},
		{"a set", set, strings.Replace(strings.Replace(strings.Replace(set, "\x01a", "\x01?", 1), "\x01b", "\x01a", 1), "\x01?", "\x01b", 1),
			"pickle, the operation at byte 14\n- \"a\"\n+ \"b\"", "order"},
		{"bytes", decoded(t, bytesWas), decoded(t, bytesNow), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, causes := compared(t, c.was, c.now, verify.Circumstances{})
			if c.name == "bytes" {
				if !strings.HasPrefix(got, "pickle, w (the operation at byte 17, byte 23 of 24)\n- 61 62") {
					t.Error(got)
				}
				return
			}
			if diff := cmp.Diff(c.want, got); diff != "" || causes != c.causes {
				t.Errorf("causes %q, want %q (-want +got):\n%s", causes, c.causes, diff)
			}
		})
	}
}

// TestJoblib: joblib writes the bytes of arrays between the operations, compressed or not. The files are of
// {"name": "m", "coef": float64[2, 3], "labels": text[2] as objects, "C": 0.5}, and of another coef[1, 2] or C.
func TestJoblib(t *testing.T) {
	read := func(name string) string {
		t.Helper()
		b, err := os.ReadFile("testdata/" + name + ".joblib")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, c := range []struct{ was, now, want string }{
		{"plain", "plain-coef", "pickle, coef (element [1, 2] of an array of 2x3 (float64) at byte "},
		{"plain", "plain-c", "pickle, C (the operation at byte "},
		{"zlib", "zlib-coef", "what the zlib holds: pickle, coef (element [1, 2] of an array of 2x3 (float64) at byte "},
		{"gzip", "gzip-c", "what the gzip holds: pickle, C (the operation at byte "},
	} {
		if got, causes := compared(t, read(c.was), read(c.now), verify.Circumstances{}); !strings.HasPrefix(got, c.want) || causes != "random" && causes != "time random" {
			t.Errorf("%s, %s: causes %q\n%s", c.was, c.now, causes, got)
		}
	}
}

func FuzzCompare(f *testing.F) {
	for _, seed := range []string{object, coef, list3, someSet, bytesWas} {
		b, _ := base64.StdEncoding.DecodeString(seed)
		f.Add(string(b), string(b[:len(b)-1])+"x.")
	}
	f.Add(npy("(2, 3)", 1, 2, 3, 4, 5, 6), npy("(2, 3)", 1, 2, 3, 4, 5, 7))
	f.Add(pngOf("IHDR", "x"), pngOf("IHDR", "y"))
	f.Add(`{"a": [1, 2]}`, `{"a": [2, 1]}`)
	f.Fuzz(func(t *testing.T, was, now string) {
		m := newMemory()
		r, err := verify.Compare(m, m.file(was), m.file(now), options())
		if err != nil {
			t.Fatal(err)
		}
		if (was != now) != (r.Total == 1) {
			t.Fatalf("%d differences", r.Total)
		}
		if r.Total > 0 {
			r.Causes(verify.Circumstances{})
		}
	})
}
