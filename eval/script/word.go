package script

import "strings"

// bareWord writes a value as a word of bare text, or as a part of one. plain
// allows it to stand without quotes; only a word that is not glued to other text may,
// since `${a}se` with a = "ca" would be a keyword otherwise.
func bareWord(w string, plain bool) string {
	if plain && isPlain(w) {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// bareWords writes a list.
func bareWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = bareWord(w, true)
	}
	return strings.Join(quoted, " ")
}

// escape puts a backslash before each byte of set.
func escape(text, set string) string {
	if !strings.ContainsAny(text, set) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if strings.IndexByte(set, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// isPlain reports whether no shell sees more in a word than its characters.
// "=" is not plain: FOO=1 before a command is an assignment.
func isPlain(w string) bool {
	for i := 0; i < len(w); i++ {
		c := int32(w[i])
		if !isNameStart(c) && !isDigit(c) && !isOneOf(c, "./+:,@-") {
			return false
		}
	}
	return w != "" && !isReserved(w)
}

// isReserved reports whether a word is part of the grammar, in any shell that
// we know.
func isReserved(w string) bool {
	switch w {
	case "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in",
		"function", "select", "time", "coproc":
		return true
	}
	return false
}
