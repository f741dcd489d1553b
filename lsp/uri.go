package lsp

import (
	"net/url"
	"path/filepath"
	"strings"
)

// pathOf returns the file of this machine that a URI names, or "" if it names none:
// texts that were never saved, files inside of archives, other machines.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") {
		return ""
	}
	p := u.Path
	if len(p) > 2 && p[2] == ':' && filepath.Separator == '\\' {
		p = p[1:]
	}
	return filepath.Clean(filepath.FromSlash(p))
}

// uriOf is how clients call a file of this machine.
func uriOf(name string) string {
	p := filepath.ToSlash(name)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/…
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}
