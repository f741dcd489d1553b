package fs

import "strings"

// wildmatch reports whether text matches one gitignore pattern: "*" and "?"
// do not match "/", "**" between slashes matches any number of directories,
// brackets hold ranges and named classes, a backslash takes the next byte as
// it is. Matching is by bytes, as git's is. A pattern that is malformed matches nothing.
func wildmatch(pattern, text string) bool { return wild(pattern, text, true) == matched }

// The outcomes of wild. The two ways of giving up keep a pattern with many
// stars from being tried in exponentially many ways.
type wildResult uint8

const (
	matched    wildResult = iota
	mismatched            // not here; an earlier star may take more
	noSlash               // a "*" ran into a "/": only an earlier "**" may take more
	exhausted             // the text is too short for what follows: nothing helps
)

// wild matches from a place in the pattern; start says that it is the
// beginning of a segment, where "**/" means directories.
func wild(p, t string, start bool) wildResult {
	for len(p) > 0 {
		c := p[0]
		if t == "" && c != '*' {
			return exhausted
		}
		switch c {
		case '*':
			return wildStar(p, t, start)
		case '?':
			if t[0] == '/' {
				return mismatched
			}
			p = p[1:]
		case '[':
			rest, ok, in := bracket(p, t[0])
			if !ok {
				return exhausted
			}
			if !in || t[0] == '/' {
				return mismatched
			}
			p = rest
		case '\\':
			if len(p) == 1 {
				return exhausted
			}
			p = p[1:]
			fallthrough
		default:
			if p[0] != t[0] {
				return mismatched
			}
			p = p[1:]
		}
		start = t[0] == '/'
		t = t[1:]
	}
	if t != "" {
		return mismatched
	}
	return matched
}

// wildStar matches what begins with one or more stars. Two or more are
// directories only when slashes or the ends stand around them.
func wildStar(p, t string, start bool) wildResult {
	stars := len(p) - len(strings.TrimLeft(p, "*"))
	rest := p[stars:]
	deep := stars >= 2 && start && (rest == "" || rest[0] == '/')
	if deep && rest != "" { // "**/" may be nothing at all
		if wild(rest[1:], t, true) == matched {
			return matched
		}
	}
	if rest == "" {
		if !deep && strings.Contains(t, "/") {
			return noSlash
		}
		return matched
	}
	for i := 0; ; i++ {
		switch r := wild(rest, t[i:], false); {
		case r == matched, r == exhausted:
			return r
		case r == noSlash && !deep:
			return r
		}
		if i == len(t) {
			return exhausted
		}
		if t[i] == '/' && !deep {
			return noSlash
		}
	}
}

// bracket reads the expression at the head of p and says whether c is in it;
// ok is false when it does not end.
func bracket(p string, c byte) (rest string, ok, in bool) {
	i := 1
	negated := i < len(p) && (p[i] == '!' || p[i] == '^')
	if negated {
		i++
	}
	for first := true; ; first = false {
		if i >= len(p) {
			return "", false, false
		}
		if p[i] == ']' && !first {
			return p[i+1:], true, in != negated
		}
		if strings.HasPrefix(p[i:], "[:") {
			end := strings.Index(p[i:], ":]")
			if end > 0 {
				member, known := class(p[i+2:i+end], c)
				if !known {
					return "", false, false
				}
				in = in || member
				i += end + 2
				continue
			}
		}
		lo, next, good := bracketByte(p, i)
		if !good {
			return "", false, false
		}
		hi := lo
		if next+1 < len(p) && p[next] == '-' && p[next+1] != ']' {
			if hi, next, good = bracketByte(p, next+1); !good {
				return "", false, false
			}
		}
		in = in || lo <= c && c <= hi
		i = next
	}
}

func bracketByte(p string, i int) (c byte, next int, ok bool) {
	if i < len(p) && p[i] == '\\' {
		i++
	}
	if i >= len(p) {
		return 0, 0, false
	}
	return p[i], i + 1, true
}

// class reports whether c is in the named class of ASCII characters.
func class(name string, c byte) (member, known bool) {
	lower, upper, digit := 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9'
	graph := '!' <= c && c <= '~'
	switch name {
	case "alpha":
		return lower || upper, true
	case "digit":
		return digit, true
	case "alnum":
		return lower || upper || digit, true
	case "lower":
		return lower, true
	case "upper":
		return upper, true
	case "xdigit":
		return digit || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F', true
	case "space":
		return c == ' ' || '\t' <= c && c <= '\r', true
	case "blank":
		return c == ' ' || c == '\t', true
	case "cntrl":
		return c < ' ' || c == 0x7f, true
	case "graph":
		return graph, true
	case "print":
		return graph || c == ' ', true
	case "punct":
		return graph && !(lower || upper || digit), true
	default:
		return false, false
	}
}
