package checkout_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/store/checkout"
)

func TestGitignore(t *testing.T) {
	const begin = "# >>> dewar: outputs of the pipeline; written by dewar, edits are lost"
	const section = begin + "\n/build/\n/out\n# <<< dewar\n"
	patterns := []string{"/build/", "/out"}
	for _, tt := range []struct {
		name, existing string
		patterns       []string
		want           string
	}{
		{"new", "", patterns, section},
		{"nothing", "", nil, ""},
		{"hand-written only", "*.tmp\n", nil, "*.tmp\n"},
		{"added", "*.tmp\n", patterns, "*.tmp\n\n" + section},
		{"added without a newline", "*.tmp", patterns, "*.tmp\n\n" + section},
		{"unchanged", "*.tmp\n\n" + section + "more\n", patterns, "*.tmp\n\n" + section + "more\n"},
		{"changed", "a\n" + begin + "\n/old\n# <<< dewar\nb\n", patterns, "a\n" + section + "b\n"},
		{"gone", "a\n" + section + "b\n", nil, "a\nb\n"},
		{"no end", "a\n" + begin + "\nb\n", patterns, "a\n" + section + "b\n"},
		{"CRLF", "a\r\n", []string{"/x"}, "a\r\n\r\n" + begin + "\r\n/x\r\n# <<< dewar\r\n"},
	} {
		got := string(checkout.Gitignore([]byte(tt.existing), tt.patterns))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
		if again := string(checkout.Gitignore([]byte(got), tt.patterns)); again != got {
			t.Errorf("%s: not stable:\n%s", tt.name, cmp.Diff(got, again))
		}
	}
}
