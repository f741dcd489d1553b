package eval

import "testing"

func TestGitSpelled(t *testing.T) {
	for in, want := range map[string]string{
		"https://host/x.git":                         `source = { project = "https://host/x.git", rev = "…" }`,
		"git::https://host/x.git//pipes/prep?ref=v1": `source = { project = "https://host/x.git", path = "pipes/prep", rev = "v1" }`,
		"git::ssh://git@host/x.git?ref=main&depth=1": `source = { project = "ssh://git@host/x.git", rev = "main" }`,
		"git@github.com:me/x.git":                    `source = { project = "git@github.com:me/x.git", rev = "…" }`,
		"github.com/me/x//prep":                      `source = { project = "https://github.com/me/x", path = "prep", rev = "…" }`,
		"git::../x.git//prep":                        `source = { project = "../x.git", path = "prep", rev = "…" }`,
		"modules/prep":                               "",
		"../prep?":                                   "",
		"modules//prep":                              "",
	} {
		if got := gitSpelled(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
