package lock_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/lock"
)

func of(es ...lock.Entry) []byte { return (&lock.Lock{Entries: es}).Bytes() }

func TestMergeFiles(t *testing.T) {
	base := of(entry("a", "1"), entry("b", "1"), entry("c", "1"))
	tests := []struct {
		name         string
		ours, theirs []byte
		want         []byte // "" where there are conflicts
		conflicts    int
	}{
		{"nothing", base, base, base, 0},
		{"neighbours", of(entry("a", "2"), entry("b", "1"), entry("c", "1")), of(entry("a", "1"), entry("b", "3"), entry("c", "1")),
			of(entry("a", "2"), entry("b", "3"), entry("c", "1")), 0},
		{"the same change", of(entry("a", "2"), entry("b", "1"), entry("c", "1")), of(entry("a", "2"), entry("b", "1"), entry("c", "1")),
			of(entry("a", "2"), entry("b", "1"), entry("c", "1")), 0},
		{"add and drop", of(entry("a", "1"), entry("b", "1")), of(entry("a", "1"), entry("b", "1"), entry("c", "1"), entry("d", "1")),
			of(entry("a", "1"), entry("b", "1"), entry("d", "1")), 0},
		{"both change", of(entry("a", "2"), entry("b", "1"), entry("c", "1")), of(entry("a", "3"), entry("b", "1"), entry("c", "1")), nil, 1},
		{"change and drop", of(entry("a", "2"), entry("b", "1"), entry("c", "1")), of(entry("b", "1"), entry("c", "1")), nil, 1},
		{"both add", of(entry("a", "1"), entry("b", "1"), entry("c", "1"), entry("z", "1")), of(entry("a", "1"), entry("b", "1"), entry("c", "1"), entry("z", "2")), nil, 1},
	}
	for _, tt := range tests {
		got, conflicts := lock.MergeFiles(base, tt.ours, tt.theirs)
		if conflicts != tt.conflicts {
			t.Errorf("%s: %d conflicts, want %d", tt.name, conflicts, tt.conflicts)
		}
		if tt.want != nil {
			if diff := cmp.Diff(string(tt.want), string(got)); diff != "" {
				t.Errorf("%s:\n%s", tt.name, diff)
			}
			continue
		}
		l, problems := read(t, got)
		if len(problems) != conflicts || l.Entry("b") == nil || l.Entry("c") == nil {
			t.Errorf("%s: what did not conflict is lost: %v\n%s", tt.name, problems, got)
		}
	}
}

func TestMergeWithoutABase(t *testing.T) {
	got, conflicts := lock.MergeFiles(nil, of(entry("a", "1")), of(entry("b", "1")))
	if diff := cmp.Diff(string(of(entry("a", "1"), entry("b", "1"))), string(got)); diff != "" || conflicts != 0 {
		t.Errorf("%d conflicts\n%s", conflicts, diff)
	}
}

func TestMergeKeepsLinesItDoesNotKnow(t *testing.T) {
	newer := []byte("{\"dewar_lock\":2}\n{\"instance\":\"a\",\"new\":1}\n")
	got, conflicts := lock.MergeFiles(newer, newer, append(newer, "{\"thing\":1}\n"...))
	if want := string(newer) + "{\"thing\":1}\n"; string(got) != want || conflicts != 0 {
		t.Errorf("%d conflicts, got %s", conflicts, got)
	}
	if strings.Contains(string(got), "<<<") {
		t.Error("markers without a conflict")
	}
}
