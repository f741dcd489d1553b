package config

import (
	"strconv"
	"strings"
)

// hostOf checks the first part of a url and writes it in one way.
func (sch *scheme) hostOf(authority string) (string, *BadURL) {
	if !sch.network {
		if strings.ContainsAny(authority, `:,=" \`) {
			return "", badURL("%q is no %s: %s.", authority, sch.host, sch.example)
		}
		return authority, nil
	}
	host, port, ok := splitHost(strings.ToLower(authority))
	if !ok {
		return "", badURL("%q is no host: %s.", authority, sch.example)
	}
	if port == "" || port == strconv.Itoa(sch.port) {
		return host, nil
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", badURL("A port is a number from 1 to 65535.")
	}
	return host + ":" + port, nil
}

// splitHost takes a port off; an IPv6 address stands in brackets.
func splitHost(s string) (host, port string, ok bool) {
	const name = "abcdefghijklmnopqrstuvwxyz0123456789-_."
	host = s
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		host, port = s[:i], s[i+1:]
	}
	if inside, bracket := strings.CutPrefix(host, "["); bracket {
		inside, closed := strings.CutSuffix(inside, "]")
		return host, port, closed && inside != "" && strings.Trim(inside, "0123456789abcdef:.") == ""
	}
	return host, port, host != "" && !strings.ContainsFunc(host, func(r rune) bool {
		return r < 0x80 && !strings.ContainsRune(name, r) // other letters are a domain's of somewhere
	})
}

// unescape reads the %XX of a path.
func unescape(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String(), true
}
