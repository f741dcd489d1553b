package verify_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	iofs "io/fs"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/verify"
)

// memory is a source of blobs.
type memory struct {
	fs   fs.FS
	dirs map[digest.Digest]digest.Dir
}

func newMemory() *memory { return &memory{fs.Memory(), map[digest.Digest]digest.Dir{}} }

func (m *memory) Dir(d digest.Digest) (digest.Dir, error) {
	dir, ok := m.dirs[d]
	if !ok {
		return dir, iofs.ErrNotExist
	}
	return dir, nil
}

func (m *memory) Open(d digest.Digest) (fs.File, error) { return m.fs.Open("/" + d.Hex()) }

func (m *memory) file(b string) digest.Content {
	d := digest.Of([]byte(b))
	_ = fs.WriteFile(m.fs, "/"+d.Hex(), []byte(b))
	return digest.Content{Kind: digest.File, Digest: d}
}

// dir makes a directory of names and texts; a name that ends in a slash is a directory of the names after it.
func (m *memory) dir(files map[string]string) digest.Content {
	var d digest.Dir
	subs := map[string]map[string]string{}
	for name, text := range files {
		if top, rest, ok := strings.Cut(name, "/"); ok {
			if subs[top] == nil {
				subs[top] = map[string]string{}
			}
			subs[top][rest] = text
		} else if link, ok := strings.CutPrefix(text, "-> "); ok {
			d.Symlinks = append(d.Symlinks, digest.SymlinkEntry{Name: name, Target: link})
		} else {
			d.Files = append(d.Files, digest.FileEntry{Name: name, Digest: m.file(text).Digest})
		}
	}
	for name, sub := range subs {
		d.Dirs = append(d.Dirs, digest.DirEntry{Name: name, Digest: m.dir(sub).Digest})
	}
	d.Sort()
	at := digest.Of(d.Encode())
	m.dirs[at] = d
	return digest.Content{Kind: digest.Directory, Digest: at}
}

var (
	first  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	second = first.Add(95 * time.Minute)
)

func options() verify.Options {
	return verify.Options{Times: []time.Time{first, second}, Host: "another", TempDir: "/tmp/elsewhere", Unpack: 8 << 20}
}

// compared compares two files, and says what was found in a few lines.
func compared(t *testing.T, was, now string, x verify.Circumstances) (text string, causes string) {
	t.Helper()
	m := newMemory()
	r, err := verify.Compare(m, m.file(was), m.file(now), options())
	if err != nil {
		t.Fatal(err)
	}
	if r.Total != 1 {
		t.Fatalf("%d paths differ", r.Total)
	}
	d := r.Differences[0]
	lines := append([]string{strings.Join(append(append([]string{}, d.Members...), d.Format+", "+d.Where), ": ")}, d.Excerpt...)
	if d.Note != "" {
		lines = append(lines, "("+d.Note+")")
	}
	var names []string
	for _, c := range r.Causes(x) {
		names = append(names, c.Name)
		if c.Reason == "" || c.Advice == "" || !strings.HasSuffix(c.Reason, ".") && !strings.HasSuffix(c.Reason, ").") {
			t.Errorf("cause %+v", c)
		}
	}
	return strings.Join(lines, "\n"), strings.Join(names, " ")
}

func TestText(t *testing.T) {
	long := strings.Repeat("a", 300)
	for _, c := range []struct{ name, was, now, want, causes string }{
		{"a line", "one\ntwo\nthree\n", "one\nzwei\nthree\n", "text, line 2\n  one\n- two\n+ zwei", "unknown"},
		{"one more", "one\nthree\n", "one\ntwo\nthree\n", "text, line 2\n  one\n+ two\n  three", "unknown"},
		{"one less", "a\nb\nc\n", "b\nc\n", "text, line 1\n- a\n  b", "unknown"},
		{"the end", "a\n", "a\nb\n", "text, line 2\n  a\n+ b", "unknown"},
		{"a long line", long + "x" + long, long + "y" + long, "text, line 1\n- ..." + long[:50] + "x" + long[:49] + "...\n+ ..." + long[:50] + "y" + long[:49] + "...", "unknown"},
		{"seconds", "at 1772366400 done", "at 1772372100 done", "text, line 1\n- at 1772366400 done\n+ at 1772372100 done", "time"},
		{"nanoseconds", "1772366400123456789", "1772372100123456789", "text, line 1\n- 1772366400123456789\n+ 1772372100123456789", "time"},
		{"a date", "# 2026-03-01T12:00:00", "# 2026-03-01T13:35:00", "text, line 1\n- # 2026-03-01T12:00:00\n+ # 2026-03-01T13:35:00", "time"},
		{"no time", "n 1234567890", "n 1234567891", "text, line 1\n- n 1234567890\n+ n 1234567891", "noise"},
		{"a duration", "took 1.25 s", "took 1.31 s", "text, line 1\n- took 1.25 s\n+ took 1.31 s", "time"},
		{"lines in another order", "b\na\nc\n", "a\nb\nc\n", "text, line 1\n+ a\n  b", "order"},
		{"words in another order", "{x, y, z}", "{z, y, x}", "text, line 1\n- {x, y, z}\n+ {z, y, x}", "order"},
		{"uuid", "id 6a2f41a3-c54c-4b0e-8f2e-0123456789ab", "id 0b2f41a3-c54c-4b0e-8f2e-0123456789ab", "text, line 1\n- id 6a2f41a3-c54c-4b0e-8f2e-0123456789ab\n+ id 0b2f41a3-c54c-4b0e-8f2e-0123456789ab", "random"},
		{"a float", "w 0.1234567", "w 0.7654321", "text, line 1\n- w 0.1234567\n+ w 0.7654321", "random"},
		{"noise", "loss 0.12345678901", "loss 0.12345678913", "text, line 1\n- loss 0.12345678901\n+ loss 0.12345678913", "noise"},
		{"an address", "<X object at 0x7f3a1c2b4d50>", "<X object at 0x7f3a1c9b4d50>", "text, line 1\n- <X object at 0x7f3a1c2b4d50>\n+ <X object at 0x7f3a1c9b4d50>", "address"},
		{"a temporary file", "in /tmp/tmpab12cd/x", "in /tmp/tmpzz98yx/x", "text, line 1\n- in /tmp/tmpab12cd/x\n+ in /tmp/tmpzz98yx/x", "path"},
		{"the temporary directory", "in /tmp", "in /tmp/elsewhere", "text, line 1\n- in /tmp\n+ in /tmp/elsewhere", "path"},
		{"the host", "on dewar", "on another", "text, line 1\n- on dewar\n+ on another", "host"},
		{"a process", "pid 1234", "pid 1301", "text, line 1\n- pid 1234\n+ pid 1301", "pid"},
		{"digits of a hash", "d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72", "text, line 1\n- d41d8cd98f00b204e9800998ecf8427e\n+ 900150983cd24fb0d6963f7d28e17f72", "random"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, causes := compared(t, c.was, c.now, verify.Circumstances{})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if causes != c.causes {
				t.Errorf("causes %q, want %q", causes, c.causes)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	for _, c := range []struct{ name, was, now, want, causes string }{
		{"a leaf", `{"a": {"b": [1, 2]}, "c": 1}`, `{"a": {"b": [1, 5]}, "c": 1}`, "json, .a.b[1]\n- 2\n+ 5", "random"},
		{"a name", `{"a b": 1}`, `{"a b": 1, "c": 2}`, "json, .c\n- (not there)\n+ 2", "unknown"},
		{"names in another order", `{"x": 1, "y": 2}`, `{"y": 2, "x": 1}`, "json, ., the same names in another order\n- x\n+ y", "order"},
		{"items in another order", `[3, 1, 2]`, `[1, 2, 3]`, "json, [0], the same items in another order\n- 3\n+ 1", "order"},
		{"a pid by its name", `{"pid": 12}`, `{"pid": 15}`, "json, .pid\n- 12\n+ 15", "pid"},
		{"only spaces", "{\"a\": 1}\n", "{\"a\":1}\n", "text, line 1\n- {\"a\": 1}\n+ {\"a\":1}", "unknown"},
		{"lines of JSON", "{\"a\": 1}\n{\"a\": 2}\n", "{\"a\": 1}\n{\"a\": 3}\n", "text, line 2\n  {\"a\": 1}\n- {\"a\": 2}\n+ {\"a\": 3}", "random"},
		{"a time", `{"created": "2026-03-01 12:00"}`, `{"created": "2026-03-01 13:35"}`, "json, .created\n- \"2026-03-01 12:00\"\n+ \"2026-03-01 13:35\"", "time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, causes := compared(t, c.was, c.now, verify.Circumstances{})
			if diff := cmp.Diff(c.want, got); diff != "" || causes != c.causes {
				t.Errorf("causes %q, want %q (-want +got):\n%s", causes, c.causes, diff)
			}
		})
	}
}

func gzipped(t *testing.T, text string, at time.Time) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.ModTime = at
	_, _ = w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type member struct {
	name, text string
	at         time.Time
}

func zipped(t *testing.T, list ...member) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range list {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: m.at})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte(m.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarred(t *testing.T, list ...member) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range list {
		if err := w.WriteHeader(&tar.Header{Name: m.name, Size: int64(len(m.text)), Mode: 0o644, ModTime: m.at, Format: tar.FormatUSTAR}); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(m.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestArchives(t *testing.T) {
	a, b := member{"a.txt", "one\n", first}, member{"b.txt", "two\n", first}
	later := func(m member) member { m.at = second; return m }
	with := func(m member, text string) member { m.text = text; return m }
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write([]byte("one\n"))
	_ = w.Close()
	var z2 bytes.Buffer
	w = zlib.NewWriter(&z2)
	_, _ = w.Write([]byte("two\n"))
	_ = w.Close()
	for _, c := range []struct{ name, was, now, want, causes string }{
		{"gzip time", gzipped(t, "x", first), gzipped(t, "x", second), "gzip, the modification time in the header\n- 2026-03-01 12:00:00\n+ 2026-03-01 13:35:00", "time"},
		{"gzip bytes", gzipped(t, "x\n", first), gzipped(t, "y\n", second), "what the gzip holds: text, line 1\n- x\n+ y", "time"},
		{"zlib", z.String(), z2.String(), "what the zlib holds: text, line 1\n- one\n+ two", "unknown"},
		{"zip time", zipped(t, a, b), zipped(t, a, later(b)), "zip, the modification time of the member b.txt\n- 2026-03-01 12:00:00\n+ 2026-03-01 13:35:00", "time"},
		{"zip member", zipped(t, a, b), zipped(t, a, with(b, "drei\n")), "b.txt: text, line 1\n- two\n+ drei", "unknown"},
		{"zip order", zipped(t, a, b), zipped(t, b, a), "zip, member 0, the same members in another order\n- a.txt\n+ b.txt", "order"},
		{"zip fewer", zipped(t, a, b), zipped(t, a), "zip, it has the member b.txt no more", "unknown"},
		{"tar time", tarred(t, a, b), tarred(t, later(a), b), "tar, the modification time of the member a.txt\n- 2026-03-01 12:00:00\n+ 2026-03-01 13:35:00", "time"},
		{"tar member", tarred(t, a, b), tarred(t, a, with(b, "drei\n")), "b.txt: text, line 1\n- two\n+ drei", "unknown"},
		{"tar order", tarred(t, a, b), tarred(t, b, a), "tar, member 0, the same members in another order\n- a.txt\n+ b.txt", "order"},
		{"tar in gzip", gzipped(t, tarred(t, a), first), gzipped(t, tarred(t, later(a)), first), "what the gzip holds: tar, the modification time of the member a.txt\n- 2026-03-01 12:00:00\n+ 2026-03-01 13:35:00", "time"},
		{"zip in zip", zipped(t, with(a, zipped(t, a))), zipped(t, with(a, zipped(t, with(a, "2\n")))), "a.txt: a.txt: text, line 1\n- one\n+ 2", "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, causes := compared(t, c.was, c.now, verify.Circumstances{})
			if diff := cmp.Diff(c.want, got); diff != "" || causes != c.causes {
				t.Errorf("causes %q, want %q (-want +got):\n%s", causes, c.causes, diff)
			}
		})
	}
}

// npy is an array of float64.
func npy(shape string, values ...float64) string {
	header := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': %s, }\n", shape)
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	b.WriteString(header)
	_ = binary.Write(&b, binary.LittleEndian, values)
	return b.String()
}

func TestArrays(t *testing.T) {
	was := npy("(2, 3)", 1, 2, 3, 4, 5, 6)
	for _, c := range []struct{ name, was, now, want, causes string }{
		{"an element", was, npy("(2, 3)", 1, 2, 3, 4, 7.5, 6), "npy, element [1, 1] of an array of 2x3 (float64)\n- 5\n+ 7.5", "random"},
		{"noise", was, npy("(2, 3)", 1, 2, 3, 4, 5.0000000001, 6), "npy, element [1, 1] of an array of 2x3 (float64)\n- 5\n+ 5.0000000001", "noise"},
		{"nan", npy("(1,)", math.NaN()), npy("(1,)", 1), "npy, element [0] of an array of 1 (float64)\n- NaN\n+ 1", "random"},
		{"a shape", was, npy("(3, 2)", 1, 2, 3, 4, 5, 6), "npy, the type or the shape of the array\n- {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }\n+ {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }", "unknown"},
		{"npz", zipped(t, member{"coef.npy", was, first}), zipped(t, member{"coef.npy", npy("(2, 3)", 1, 2, 3, 4, 5, 9), first}), "coef.npy: npy, element [1, 2] of an array of 2x3 (float64)\n- 6\n+ 9", "random"},
		{"seconds", npy("()", 1772366400), npy("()", 1772372100), "npy, element [] of an array of one element (float64)\n- 1.7723664e+09\n+ 1.7723721e+09", "time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, causes := compared(t, c.was, c.now, verify.Circumstances{})
			if diff := cmp.Diff(c.want, got); diff != "" || causes != c.causes {
				t.Errorf("causes %q, want %q (-want +got):\n%s", causes, c.causes, diff)
			}
		})
	}
}

func pngOf(chunks ...string) string {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	for i := 0; i < len(chunks); i += 2 {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(chunks[i+1])))
		b.WriteString(chunks[i] + chunks[i+1])
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE([]byte(chunks[i]+chunks[i+1])))
	}
	return b.String()
}

func TestPNG(t *testing.T) {
	for _, c := range []struct{ name, was, now, want, causes string }{
		{"tIME", pngOf("IHDR", "x", "tIME", "\x07\xea\x03\x01\x0c\x00\x00"), pngOf("IHDR", "x", "tIME", "\x07\xea\x03\x01\x0d\x23\x00"),
			"png, the chunk tIME at byte 21\n- 2026-03-01 12:00:00\n+ 2026-03-01 13:35:00", "time"},
		{"tEXt", pngOf("tEXt", "Date\x002026-03-01T12:00"), pngOf("tEXt", "Date\x002026-03-01T13:35"),
			"png, the chunk tEXt at byte 8\n- Date?2026-03-01T12:00\n+ Date?2026-03-01T13:35", "time"},
		{"pixels", pngOf("IDAT", "abc"), pngOf("IDAT", "abd"), "png, the pixels", "random"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, causes := compared(t, c.was, c.now, verify.Circumstances{})
			if diff := cmp.Diff(c.want, got); diff != "" || causes != c.causes {
				t.Errorf("causes %q, want %q (-want +got):\n%s", causes, c.causes, diff)
			}
		})
	}
}

func TestBinary(t *testing.T) {
	le := func(v uint32) string { return string(binary.LittleEndian.AppendUint32(nil, v)) }
	for _, c := range []struct{ name, was, now, want, causes string }{
		{"bytes", "\x00\x01\x02abcdefghijklmnopq", "\x00\x01\x02abXdefghijklmnopq", "binary, byte 5\n- 00000000  00 01 02 61 62 63 64 65  66 67 68 69 6a 6b 6c 6d  |...abcdefghijklm|\n+ 00000000  00 01 02 61 62 58 64 65  66 67 68 69 6a 6b 6c 6d  |...abXdefghijklm|", "unknown"},
		{"longer", "\x00\x01", "\x00\x01\x02", "binary, byte 2 (2 bytes, then 3)\n- 00000000  00 01                                             |..|\n+ 00000000  00 01 02                                          |...|", "unknown"},
		{"a time", "\x00\x00\x00\x00" + le(1772366400) + "\x00", "\x00\x00\x00\x00" + le(1772372100) + "\x00", "binary, byte 4\n- 00000000  00 00 00 00 40 2a a4 69  00                       |....@*.i.|\n+ 00000000  00 00 00 00 84 40 a4 69  00                       |.....@.i.|", "time"},
		{"the host in it", "\x00\x00dewarXXXXX\x00", "\x00\x00another\x00\x00\x00\x00", "binary, byte 2\n- 00000000  00 00 64 65 77 61 72 58  58 58 58 58 00           |..dewarXXXXX.|\n+ 00000000  00 00 61 6e 6f 74 68 65  72 00 00 00 00           |..another....|", "host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, causes := compared(t, c.was, c.now, verify.Circumstances{})
			if diff := cmp.Diff(c.want, got); diff != "" || causes != c.causes {
				t.Errorf("causes %q, want %q (-want +got):\n%s", causes, c.causes, diff)
			}
		})
	}
}

func TestDirectories(t *testing.T) {
	m := newMemory()
	was := m.dir(map[string]string{"a": "1", "b/c": "2", "d": "3", "e/f": "x", "l": "-> a", "k": "1"})
	now := m.dir(map[string]string{"a": "1", "b/c": "4", "d/x": "3", "g": "5", "l": "-> k", "k": "1"})
	r, err := verify.Compare(m, was, now, verify.Options{Most: 4})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range r.Differences {
		got = append(got, d.Path+" "+string(d.Kind))
	}
	want := []string{"b/c changed", "d kind", "e/ removed", "g added"}
	if diff := cmp.Diff(want, got); diff != "" || r.Total != 5 {
		t.Errorf("%d in all (-want +got):\n%s", r.Total, diff)
	}
	if _, err := verify.Compare(m, was, digest.Content{Kind: digest.Directory, Digest: digest.Of([]byte("nothing"))}, verify.Options{}); err == nil {
		t.Error("what is not there was compared")
	}
	x, y := m.file("same"), m.file("same")
	y.Exec = true
	if r, err := verify.Compare(m, x, y, verify.Options{}); err != nil || r.Differences[0].Kind != verify.Executable {
		t.Error(r, err)
	}
}

func TestCircumstances(t *testing.T) {
	ordered, other := "b\na\nc\n", "a\nb\nc\n"
	for _, c := range []struct {
		name   string
		x      verify.Circumstances
		causes string
	}{
		{"nothing", verify.Circumstances{}, "order"},
		{"the order of a directory matters", verify.Circumstances{Matter: []string{"order"}}, "listing"},
		{"a fixed hash settles it", verify.Circumstances{Settled: []string{"hash"}}, "hash"},
		{"one processor settles it", verify.Circumstances{Settled: []string{"cpus"}}, "threads"},
		{"the command sets the seed", verify.Circumstances{Command: "PYTHONHASHSEED=random python3 x.py"}, "hash"},
		{"params", verify.Circumstances{Matter: []string{"params"}, Withheld: []string{"train.lr"}}, "params order"},
		{"locale", verify.Circumstances{Matter: []string{"locale"}, Locale: "de_DE.utf8"}, "locale order"},
		{"tmp and host", verify.Circumstances{Matter: []string{"tmp"}}, "path order"},
	} {
		if _, causes := compared(t, ordered, other, c.x); causes != c.causes {
			t.Errorf("%s: causes %q, want %q", c.name, causes, c.causes)
		}
	}
}

// TestBombs: what is packed is not unpacked without end.
func TestBombs(t *testing.T) {
	zeros := strings.Repeat("\x00", 1<<20)
	nest := func(text string) string {
		for range 6 {
			text = gzipped(t, text, first)
		}
		return text
	}
	if got, _ := compared(t, nest("a"), nest("b"), verify.Circumstances{}); !strings.Contains(got, "binary") || strings.Count(got, "gzip holds") > 4 {
		t.Error(got)
	}
	big := func(end string) string {
		var list []string
		for range 9 {
			list = append(list, zeros)
		}
		return gzipped(t, strings.Join(list, "")+end, first)
	}
	if got, _ := compared(t, big("a"), big("b"), verify.Circumstances{}); !strings.Contains(got, "too much") {
		t.Error(got)
	}
	deep := func(x string) string { return strings.Repeat("[", 100_000) + x + strings.Repeat("]", 100_000) }
	if got, _ := compared(t, deep("1"), deep("2"), verify.Circumstances{}); !strings.HasPrefix(got, "text, line 1") {
		t.Error(got[:100])
	}
}

// TestDamaged: what is cut off or damaged, anywhere, is compared all the same.
func TestDamaged(t *testing.T) {
	a, b := member{"a.txt", "one\n", first}, member{"b.npy", npy("(1, 2)", 2, 3), first}
	other := member{"a.txt", "zwei\n", first}
	for _, c := range [][2]string{
		{zipped(t, a, b), zipped(t, other, b)}, {tarred(t, a)[:1024], tarred(t, other)}, {gzipped(t, tarred(t, a), first), gzipped(t, tarred(t, other), second)},
		{npy("(2, 3)", 1, 2, 3, 4, 5, 6), npy("(2, 3)", 1, 2, 3, 4, 5, 7)}, {pngOf("IHDR", "x", "tEXt", "Date\x002026"), pngOf("IHDR", "y", "tEXt", "Date\x002026")},
		{decoded(t, object), decoded(t, seed)}, {decoded(t, list3), decoded(t, list4)}, {`{"a": [1, {"b": "2026-03-01"}]}`, `{"a": [2, {"b": "2026-03-02"}]}`},
	} {
		whole, now := c[0], c[1]
		for i := range len(whole) {
			for _, was := range []string{whole[:i], whole[:i] + whole[i+1:], whole[:i] + "\xff" + whole[i+1:], whole[:i] + string(whole[i]^1) + whole[i+1:]} {
				m := newMemory()
				r, err := verify.Compare(m, m.file(was), m.file(now), options())
				if err != nil || (r.Total == 1) != (was != now) {
					t.Fatalf("%v, %d paths: %q", err, r.Total, was)
				}
				r.Causes(verify.Circumstances{})
			}
		}
	}
}
