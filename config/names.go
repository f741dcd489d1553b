package config

import (
	"fmt"
	"strings"
)

// CheckName returns what is wrong with the name of a remote, or "".
func CheckName(s string) string {
	bad := strings.ContainsFunc(s, func(r rune) bool {
		return r > 0x7e || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", r)
	})
	if s == "" || bad || strings.ContainsRune("_-.", rune(s[0])) || len(s) > 100 {
		return fmt.Sprintf("%q is no name for a remote: it begins with a letter or digit, and letters, digits, _, - and . follow.", s)
	}
	return ""
}
