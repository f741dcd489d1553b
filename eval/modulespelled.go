package eval

import (
	"net/url"
	"strings"
)

// gitSpelled writes as a source of ours what names a pipeline in Git in one text, also as Terraform
// does: git::https://host/project.git//directory?ref=revision. "" of what can only be a directory.
func gitSpelled(s string) string {
	rest, forced := strings.CutPrefix(s, "git::")
	rest, query, _ := strings.Cut(rest, "?")
	scheme, at, isURL := strings.Cut(rest, "://")
	switch {
	case isURL:
		scheme += "://"
	case strings.HasPrefix(rest, "github.com/"), strings.HasPrefix(rest, "gitlab.com/"), strings.HasPrefix(rest, "bitbucket.org/"):
		scheme, at = "https://", rest
	case forced, strings.HasPrefix(rest, "git@"):
		scheme, at = "", rest
	default:
		return ""
	}
	at, dir, _ := strings.Cut(at, "//")
	out := "source = { project = " + quoteJSON(scheme+at)
	if dir != "" {
		out += ", path = " + quoteJSON(dir)
	}
	rev := "…"
	if values, err := url.ParseQuery(query); err == nil && values.Get("ref") != "" {
		rev = values.Get("ref")
	}
	return out + ", rev = " + quoteJSON(rev) + " }"
}
