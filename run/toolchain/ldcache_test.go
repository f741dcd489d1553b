package toolchain

import (
	"encoding/binary"
	"os"
	"testing"

	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/google/go-cmp/cmp"
)

// ldCacheOf writes a cache of names and paths, in pairs.
func ldCacheOf(pairs ...string) []byte {
	n := len(pairs) / 2
	b := make([]byte, 48+24*n)
	copy(b, ldCacheMagic)
	binary.NativeEndian.PutUint32(b[20:], uint32(n))
	for i, text := range pairs {
		binary.NativeEndian.PutUint32(b[48+24*(i/2)+4+4*(i%2):], uint32(len(b)))
		b = append(append(b, text...), 0)
	}
	return b
}

func TestParseLdCache(t *testing.T) {
	whole := ldCacheOf("libz.so.1", "/opt/z/libz.so.1", "libz.so.1", "/lib/libz.so.1", "libc.so.6", "/lib/libc.so.6")
	want := ldCache{"libz.so.1": {"/opt/z/libz.so.1", "/lib/libz.so.1"}, "libc.so.6": {"/lib/libc.so.6"}}
	if diff := cmp.Diff(want, parseLdCache(whole)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, parseLdCache(append([]byte("ld.so-1.7.0\x00and what it holds"), whole...))); diff != "" {
		t.Errorf("behind an older one (-want +got):\n%s", diff)
	}
	for i := range whole { // cut off, or with a byte that is wrong: something, and no panic
		parseLdCache(whole[:i])
		damaged := append([]byte{}, whole...)
		damaged[i] ^= 0xff
		parseLdCache(damaged)
	}
}

func TestParseLdCache_thisMachine(t *testing.T) {
	b, err := os.ReadFile(ldCacheFile)
	if err != nil {
		machinetest.Lacks(t, err) // not every Linux has one
	}
	if c := parseLdCache(b); len(c["libc.so.6"]) == 0 {
		t.Errorf("no libc.so.6 among %d names", len(c))
	}
}

func TestExpand(t *testing.T) {
	got := expand([]string{"$ORIGIN/../lib", "${ORIGIN}", "/opt/$LIB", "relative"}, "/a/bin")
	if diff := cmp.Diff([]string{"/a/lib", "/a/bin", "/opt/lib64", "/opt/lib"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
