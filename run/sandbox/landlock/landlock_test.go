package landlock

import (
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestArgs(t *testing.T) {
	for _, want := range []*Bounds{
		{Read: []string{"/usr", "/a b"}, Write: []string{"/w", "/--"}, Devices: []string{"/dev/null"}},
		{Network: true, Read: []string{"/usr"}},
		{},
	} {
		args := want.Args("/bin/sh", []string{"sh", "--", "-c", "r/x"})
		got, program, argv := parse(args[1:])
		if d := cmp.Diff(want, got); d != "" || args[0] != Name {
			t.Error(args[0], d)
		}
		if d := cmp.Diff([]string{"sh", "--", "-c", "r/x"}, argv); d != "" || program != "/bin/sh" {
			t.Error(program, d)
		}
	}
	for _, args := range [][]string{{"offline"}, {"offline", "--"}, {"offline", "--", "/bin/sh"}, {"offline", "x/usr", "--", "a", "b"}, {"offline", "r/usr"}} {
		if r, _, _ := parse(args); r != nil {
			t.Errorf("%q is read as %+v", args, r)
		}
	}
}

func TestReport(t *testing.T) {
	for _, want := range []*Result{
		{Status: 9, Wall: time.Second, User: 2, Sys: 3, MaxRSS: 4096},
		{NoExec: syscall.EACCES},
		{Refused: "let it use /a b", Errno: syscall.E2BIG},
	} {
		got, err := Decode(want.encode())
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Error(err, d)
		}
	}
	whole := (&Result{Status: 1}).encode()
	for _, b := range []string{"", "\n", "1 2 3\n", "a b c d e f g h\n", string(whole[:len(whole)-1])} {
		if r, err := Decode([]byte(b)); err == nil {
			t.Errorf("%q is read as %+v", b, r)
		}
	}
}
