package keeper

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWireRoundTrip(t *testing.T) {
	req := &Request{
		ID: 1 << 40, Args: []string{"a", "", "\n\x00"}, Env: []string{"A=b"}, Cwd: "/project/x", Dir: "/d",
		Forest: true, Mounts: []Mount{{"/h", "/project/a b", false, true}, {"", "", true, false}}, TmpMax: 7, ShmMax: 8, Trace: true,
		Host: "h", TempDir: "/tmp/t", OneCPU: true, Terminal: true, Rows: 24, Cols: 80,
	}
	got, err := DecodeRequest(req.Encode(nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(req, got); d != "" {
		t.Error(d)
	}
	rep := &Reply{ID: 3, Failed: "x", Errno: 2, Overlay: true, NotFound: []string{"/a"}, NoExec: 8, Program: "/p", Status: 256, Wall: 1, User: 2, Sys: 3, MaxRSS: 4}
	gotRep, err := DecodeReply(rep.Encode(nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(rep, gotRep); d != "" {
		t.Error(d)
	}
	shape := &Shape{Kind: ShapeImage, Image: "/i", Paths: []string{"/usr/bin/a", "/x"}, Links: []Link{{"/bin", "usr/bin"}, {"", ""}}, Processes: 9}
	gotShape, err := DecodeShape(shape.Encode(nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(shape, gotShape); d != "" {
		t.Error(d)
	}
	hello := &Hello{"mount", 1, true}
	gotHello, err := DecodeHello(hello.Encode(nil))
	if err != nil || *gotHello != *hello {
		t.Error(gotHello, err)
	}
	if id, sig, err := DecodeKill(EncodeKill(nil, 300, 9)); id != 300 || sig != 9 || err != nil {
		t.Error(id, sig, err)
	}
}

func TestWireHeader(t *testing.T) {
	if k, n, err := ParseHeader(Header(KindRun, 70000)); k != KindRun || n != 70000 || err != nil {
		t.Error(k, n, err)
	}
	if _, _, err := ParseHeader([HeaderSize]byte{255, 255, 255, 255, 'R'}); err == nil {
		t.Error("a frame of 4 GiB was accepted")
	}
}

// What is decoded encodes to something that decodes to the same, and nothing panics.
func FuzzWire(f *testing.F) {
	f.Add((&Request{Args: []string{"a"}, Mounts: []Mount{{"/h", "/p", true, true}}}).Encode(nil))
	f.Add((&Reply{NotFound: []string{"/a"}}).Encode(nil))
	f.Add((&Shape{Paths: []string{"/a"}, Links: []Link{{"/b", "c"}}}).Encode(nil))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := DecodeRequest(b); err == nil {
			if again, err := DecodeRequest(r.Encode(nil)); err != nil || !reflect.DeepEqual(r, again) {
				t.Fatal(r, again, err)
			}
		}
		if r, err := DecodeReply(b); err == nil {
			if again, err := DecodeReply(r.Encode(nil)); err != nil || !reflect.DeepEqual(r, again) {
				t.Fatal(r, again, err)
			}
		}
		if s, err := DecodeShape(b); err == nil {
			if again, err := DecodeShape(s.Encode(nil)); err != nil || !reflect.DeepEqual(s, again) {
				t.Fatal(s, again, err)
			}
		}
		DecodeHello(b)
		DecodeKill(b)
	})
}
