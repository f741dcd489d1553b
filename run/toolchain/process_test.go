package toolchain

import (
	"context"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStart(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	dir := t.TempDir()
	for _, test := range []struct {
		name   string
		script string
		q      Question
		want   Answer
	}{
		{"well", "echo out; echo err >&2", Question{Max: 10}, Answer{Out: []byte("out\n"), Said: "err\n"}},
		{"badly", "echo out; exit 3", Question{Max: 10}, Answer{Out: []byte("out\n"), Exit: "exit status 3"}},
		{"no input", "cat", Question{Max: 10}, Answer{}},
		{"its environment", "echo $X$HOME", Question{Max: 10, Env: []string{"X=1"}}, Answer{Out: []byte("1\n")}},
		{"a flood", "yes", Question{Max: 3}, Answer{Out: []byte("y\ny\n"), Exit: "signal: killed"}},
		{"a flood of a child's", "sleep 100000 & yes & wait", Question{Max: 3}, Answer{Out: []byte("y\ny\n"), Exit: "signal: killed"}},
		{"a daemon", "sleep 100000 & echo done", Question{Max: 10}, Answer{Out: []byte("done\n")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := test.q
			q.Args, q.Dir = []string{"/bin/sh", "-c", test.script}, dir
			got, err := Start(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Out) == 0 {
				got.Out = nil
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if _, err := Start(t.Context(), Question{Args: []string{dir}}); err == nil {
		t.Error("a directory was started")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Question{Args: []string{"/bin/sh"}}); err == nil {
		t.Error("it was started when nobody wanted to know any more")
	}
}
