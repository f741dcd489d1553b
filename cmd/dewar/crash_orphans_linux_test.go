package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// adopts has whatever loses its parent become a child of this process, for the rest of the test.
func adopts(t *testing.T) {
	t.Helper()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) })
}

// orphans are the children of this process that it did not start, as long as nothing that it started runs:
// those that live. Git goes on with its housekeeping by itself.
func orphans() []string {
	var living []string
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for _, word := range strings.Fields(string(b)) {
			pid, err := strconv.Atoi(word)
			if err != nil {
				continue
			}
			if dead, _ := unix.Wait4(pid, nil, unix.WNOHANG, nil); dead == pid {
				continue
			}
			if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && !strings.HasPrefix(string(line), "git") {
				living = append(living, fmt.Sprintf("%d %q", pid, line))
			}
		}
	}
	return living
}
