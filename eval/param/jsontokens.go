package param

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// The token reader of the standard library allocates each token twice, and half the time of
// reading a file of JSON goes there. A text that the library calls valid is therefore read
// here, where only ends of tokens are to be found; of any other text the library has the last
// word, and the words.

// jsonTokens gives the tokens of a text, without commas and colons.
type jsonTokens interface {
	start() int               // where the next one starts
	next() (jsonToken, error) // the next one
	more() bool               // whether the list or object that was entered last goes on
}

// jsonToken is one token.
type jsonToken struct {
	kind byte   // what it begins with; of any number perhaps '0', of true and false 't'
	text string // of a string, what it means
	end  int    // where it ends
}

func (d *decoder) jsonTokens() jsonTokens {
	if json.Valid(d.text) {
		return &soundJSON{text: d.source}
	}
	dec := json.NewDecoder(bytes.NewReader(d.text))
	dec.UseNumber()
	return &libraryJSON{d.source, dec}
}

// soundJSON reads a text that is known to be JSON.
type soundJSON struct {
	text string
	at   int
}

func (s *soundJSON) start() int { return jsonStart(s.text, s.at) }

func (s *soundJSON) more() bool {
	c := s.text[s.start()]
	return c != ']' && c != '}'
}

func (s *soundJSON) next() (jsonToken, error) {
	start := s.start()
	if start == len(s.text) {
		return jsonToken{}, io.EOF
	}
	t := jsonToken{kind: s.text[start], end: start + 1}
	switch t.kind {
	case '{', '}', '[', ']':
	case '"':
		t.text, t.end = jsonString(s.text, start)
	default:
		for t.end < len(s.text) && strings.IndexByte(" \t\r\n,:]}", s.text[t.end]) < 0 {
			t.end++
		}
	}
	s.at = t.end
	return t, nil
}

// jsonString reads the string that starts with the quote at start.
func jsonString(text string, start int) (s string, end int) {
	for end = start + 1; text[end] != '"'; end++ {
		if text[end] == '\\' {
			return escapedJSON(text, start)
		}
	}
	return text[start+1 : end], end + 1
}

func escapedJSON(text string, start int) (s string, end int) {
	for end = start + 1; text[end] != '"'; end++ {
		if text[end] == '\\' {
			end++
		}
	}
	if err := json.Unmarshal([]byte(text[start:end+1]), &s); err != nil {
		panic("param.escapedJSON: " + err.Error()) // the whole is valid
	}
	return s, end + 1
}

// jsonStart returns where the next token starts.
func jsonStart(text string, off int) int {
	for off < len(text) && strings.IndexByte(" \t\r\n,:", text[off]) >= 0 {
		off++
	}
	return off
}

// libraryJSON reads any text, and says what is wrong with it.
type libraryJSON struct {
	text string
	dec  *json.Decoder
}

func (l *libraryJSON) start() int { return jsonStart(l.text, int(l.dec.InputOffset())) }

func (l *libraryJSON) more() bool { return l.dec.More() }

func (l *libraryJSON) next() (jsonToken, error) {
	tok, err := l.dec.Token()
	if err != nil {
		return jsonToken{}, err
	}
	t := jsonToken{kind: 'n', end: int(l.dec.InputOffset())}
	switch v := tok.(type) {
	case json.Delim:
		t.kind = byte(v)
	case string:
		t.kind, t.text = '"', v
	case bool:
		t.kind = 't'
	case json.Number:
		t.kind = '0'
	}
	return t, nil
}
