package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	message := func(header, body string) string { return header + "\r\n\r\n" + body }
	for _, c := range []struct {
		name, text string
		code       int   // of an Error
		err        error // that ends the session
	}{
		{name: "request", text: message("Content-Length: 41", `{"jsonrpc":"2.0","id":"a","method":"xyz"}`)},
		{name: "other header, other case", text: message("content-type: x\ncontent-length:  33 ", `{"jsonrpc":"2.0","method":"x"}   `)},
		{name: "no JSON", text: message("Content-Length: 1", `{`), code: ParseError},
		{name: "other version", text: message("Content-Length: 15", `{"jsonrpc":"1"}`), code: InvalidRequest},
		{name: "id that is none", text: message("Content-Length: 26", `{"jsonrpc":"2.0","id":[1]}`), code: InvalidRequest},
		{name: "a batch", text: message("Content-Length: 2", `[]`), code: InvalidRequest},
		{name: "end", text: "", err: io.EOF},
		{name: "end of a header", text: "Content-Le", err: io.ErrUnexpectedEOF},
		{name: "end of a message", text: message("Content-Length: 9", `{}`), err: io.ErrUnexpectedEOF},
		{name: "no length", text: message("X: 1", `{}`), err: ErrHeader},
		{name: "negative", text: message("Content-Length: -1", `{}`), err: ErrHeader},
		{name: "too long", text: message("Content-Length: 99999999999", `{}`), err: ErrHeader},
		{name: "endless header", text: strings.Repeat("a", 1<<20), err: ErrHeader},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := Read(bufio.NewReader(strings.NewReader(c.text)))
			var bad *Error
			switch {
			case c.code != 0:
				if !errors.As(err, &bad) || bad.Code != c.code {
					t.Errorf("got %v", err)
				}
			case c.err != nil:
				if !errors.Is(err, c.err) || errors.As(err, &bad) {
					t.Errorf("got %v", err)
				}
			case err != nil || m.Method == "":
				t.Errorf("got %+v, %v", m, err)
			}
		})
	}
}

// What is written is read again; a null id is that of an answer to nobody.
func TestWrite(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b)
	if err := errors.Join(w.Request(7, "ask", []string{"日\n"}), w.Notify("tell", nil), w.Answer(json.RawMessage(`"a"`), nil, nil), w.Answer(nil, nil, Errorf(ParseError, "no"))); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(&b)
	var got []string
	for {
		m, err := Read(r)
		if err != nil {
			break
		}
		got = append(got, fmt.Sprintf("%s %s %s %v %v", m.ID, m.Method, m.Result, m.IsRequest(), m.Error != nil))
	}
	if len(got) != 4 || got[0] != "7 ask  true false" || got[1] != " tell  false false" || got[2] != `"a"  null false false` || got[3] != "   false true" {
		t.Errorf("got %q", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Content-Length: 2\r\n\r\n{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufio.NewReader(bytes.NewReader(b))
		for range 100 {
			var bad *Error
			if _, err := Read(r); err != nil && !errors.As(err, &bad) {
				return
			}
		}
	})
}
