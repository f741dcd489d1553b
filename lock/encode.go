package lock

import (
	"encoding/hex"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/dewar-build/dewar/digest"
)

// Bytes returns the canonical bytes of l: fields in a fixed order, no spaces,
// strings escaped only where JSON demands it. Lists may be in any order.
func (l *Lock) Bytes() []byte {
	b := append(make([]byte, 0, 512*len(l.Entries)), `{"dewar_lock":`...)
	b = append(strconv.AppendInt(b, Version, 10), "}\n"...)
	for _, o := range union(l.Overrides, nil, overrideName) {
		b = appendString(append(b, `{"override":`...), o.Name)
		b = appendString(append(b, `,"text":`...), o.Text)
		b = appendString(append(b, `,"origin":`...), o.Origin)
		b = append(b, "}\n"...)
	}
	for _, d := range union(l.Data, nil, dataName) {
		b = appendString(append(b, `{"data":`...), d.Name)
		b = appendString(append(b, `,"path":`...), d.Path)
		b = appendContent(b, d.Content)
		b = append(b, "}\n"...)
	}
	for _, e := range union(l.Entries, nil, entryName) {
		b = append(appendEntry(b, e), '\n')
	}
	return b
}

func appendEntry(b []byte, e Entry) []byte {
	if !e.sorted() {
		e.Inputs, e.Outputs = slices.Clone(e.Inputs), slices.Clone(e.Outputs)
		e.sort()
	}
	b = appendString(append(b, `{"instance":`...), e.Instance)
	b = append(b, `,"action":"`...)
	b = append(appendDigest(b, e.Action), `","inputs":{`...)
	for i, in := range e.Inputs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendInput(b, in)
	}
	b = append(b, `},"outputs":[`...)
	for i, o := range e.Outputs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendOutput(b, o)
	}
	return append(b, "]}"...)
}

// appendInput writes `"path":"digest"`: a slash ends the path of a directory,
// "+x" follows the digest of an executable file.
func appendInput(b []byte, in Input) []byte {
	at := in.At
	if in.Content.Kind == digest.Directory {
		at += "/"
	}
	b = append(appendString(b, at), `:"`...)
	b = appendDigest(b, in.Content.Digest)
	if in.Content.Exec {
		b = append(b, execMark...)
	}
	return append(b, '"')
}

// execMark follows the digest of an executable input.
const execMark = "+x"

func appendOutput(b []byte, o Output) []byte {
	b = appendString(append(b, `{"group":`...), string(o.Group))
	b = appendString(append(b, `,"name":`...), o.Name)
	b = appendString(append(b, `,"path":`...), o.Path)
	b = appendContent(b, o.Content)
	if o.Files != 0 {
		b = strconv.AppendInt(append(b, `,"files":`...), o.Files, 10)
	}
	if o.Bytes != 0 {
		b = strconv.AppendInt(append(b, `,"bytes":`...), o.Bytes, 10)
	}
	return append(b, '}')
}

func appendContent(b []byte, c digest.Content) []byte {
	b = append(b, `,"kind":"`...)
	b = append(append(b, c.Kind.String()...), '"')
	if c.Exec {
		b = append(b, `,"exec":true`...)
	}
	b = append(b, `,"digest":"`...)
	return append(appendDigest(b, c.Digest), '"')
}

func appendDigest(b []byte, d digest.Digest) []byte {
	b = append(hex.AppendEncode(b, d.Hash[:]), '/')
	return strconv.AppendInt(b, d.Size, 10)
}

// appendString writes a JSON string. Bytes that are no text become U+FFFD: names
// are checked long before.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += n
			continue
		}
		i++
	}
	return append(b, '"')
}
