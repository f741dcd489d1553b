package foreign

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/config"
)

// gitSchemes are what may stand before :// in the address of a repository.
var gitSchemes = []string{"https", "http", "ssh", "git", "file"}

// shortAddress is ssh's short form of an address: [user@]host:path.
var shortAddress = regexp.MustCompile(`^([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:[^:\\].*$`)

// BadAddress says why a text cannot be where a project is; "" if it can.
func BadAddress(s string) string {
	const login = " Leave it out: git asks for it, or takes it from where you keep such things (a credential helper, ssh's agent); pipeline.hcl is committed."
	shown := config.Redact(s)
	switch {
	case s == "" || s[0] == '-' || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Sprintf("%q is not where a project can be: it is a directory, or what git clones.", shown)
	case strings.Contains(s, "::"):
		return fmt.Sprintf("%s would have git start a program that the address names, and that is not done. Write https://…, ssh://…, git://…, file://… or user@host:path.", shown)
	}
	scheme, _, ok := strings.Cut(s, "://")
	if !ok {
		return ""
	}
	if !slices.Contains(gitSchemes, scheme) {
		return fmt.Sprintf("Projects are not cloned from %s://. Write https://…, ssh://…, git://…, file://…, user@host:path, or a directory.", scheme)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return fmt.Sprintf("%s is no address: %s.", shown, strings.TrimPrefix(err.Error(), "parse "))
	case u.User != nil && (scheme != "ssh" || hasPassword(u.User)):
		return fmt.Sprintf("%s has a login in it.%s", shown, login)
	case strings.ContainsAny(s, "?#"):
		return fmt.Sprintf("%s has a part that begins with ? or #, and git knows none; a revision is given as rev.", shown)
	}
	return ""
}

func hasPassword(u *url.Userinfo) bool { _, has := u.Password(); return has }

// IsAddress reports whether s can be nothing but what git clones.
func IsAddress(s string) bool {
	return strings.Contains(s, "://") || shortAddress.MatchString(s) && !filepath.IsAbs(filepath.FromSlash(s))
}

// IsElsewhere reports whether s is an address that names no directory of this machine.
func IsElsewhere(s string) bool { return IsAddress(s) && !strings.HasPrefix(s, "file://") }
