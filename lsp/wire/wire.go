// Package wire speaks JSON-RPC 2.0 as language servers do: a header with the
// length, then the message. It knows nothing of what is asked. Package lsp imports it.
//
// It is written here because the libraries cost more than what they save: the
// smallest adds 0.23 MB to the program and does not answer a message that is no JSON,
// the one of other servers 2.3 MB.
package wire

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

// MaxMessage is how long a message may be. The text of a document travels whole.
const MaxMessage = 64 << 20

// maxHeader bounds the lines before a message.
const maxHeader = 4 << 10

// ErrHeader is a header that does not say how long its message is: where the next
// message begins is not known, so nothing more can be read.
var ErrHeader = errors.New("the header of a message has no Content-Length that can be used")

// Message is a request, a notification or an answer.
type Message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"` // a number or a text; none in a notification
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// IsRequest reports whether m must be answered.
func (m *Message) IsRequest() bool { return m.Method != "" && len(m.ID) > 0 }

// Error is what went wrong, in an answer.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

func (e *Error) Error() string { return e.Message }

// The codes of errors: those of JSON-RPC, then those of the Language Server Protocol.
const (
	ParseError           = -32700
	InvalidRequest       = -32600
	MethodNotFound       = -32601
	InvalidParams        = -32602
	InternalError        = -32603
	ServerNotInitialized = -32002
	RequestFailed        = -32803
	ContentModified      = -32801
	RequestCancelled     = -32800
)

// Errorf makes an Error.
func Errorf(code int, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Read reads one message. An *Error is a message that is none: it can be answered and
// reading goes on. Any other error is the end.
func Read(r *bufio.Reader) (*Message, error) {
	n, err := header(r)
	if err != nil {
		return nil, err
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	if !json.Valid(body) {
		return nil, Errorf(ParseError, "the message is not JSON")
	}
	m := &Message{}
	if err := json.Unmarshal(body, m); err != nil || m.Version != "2.0" || !anID(m.ID) {
		return nil, Errorf(InvalidRequest, "the message is no JSON-RPC 2.0 message")
	}
	if string(m.ID) == "null" {
		m.ID = nil
	}
	return m, nil
}

// anID reports whether the text is a number, a text or nothing.
func anID(id json.RawMessage) bool {
	return len(id) == 0 || id[0] != '{' && id[0] != '[' && id[0] != 't' && id[0] != 'f'
}

// header reads the lines before a message and returns its length.
func header(r *bufio.Reader) (int, error) {
	length, total := -1, 0
	for {
		line, err := headerLine(r)
		if total += len(line); total > maxHeader {
			return 0, ErrHeader
		}
		if err != nil {
			if err == io.EOF && total == 0 {
				return 0, io.EOF
			}
			return 0, fmt.Errorf("read header: %w", err)
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil || length < 0 || length > MaxMessage {
				return 0, ErrHeader
			}
		}
	}
	if length < 0 {
		return 0, ErrHeader
	}
	return length, nil
}

// headerLine reads up to a line feed, and no more than a header may have.
func headerLine(r *bufio.Reader) (string, error) {
	var line []byte
	for len(line) <= maxHeader {
		c, err := r.ReadByte()
		if err != nil {
			if len(line) > 0 && err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return string(line), err
		}
		if line = append(line, c); c == '\n' {
			break
		}
	}
	return string(line), nil
}

// Writer writes messages, from any number of goroutines.
type Writer struct {
	mu sync.Mutex
	w  io.Writer
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes one message, in one piece.
func (w *Writer) Write(m *Message) error {
	m.Version = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	text := append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(body)), body...)
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.w.Write(text); err != nil {
		return fmt.Errorf("write message: %w", err)
	}
	return nil
}

// null is the result of a request that has none.
var null = json.RawMessage("null")

// Answer writes the answer to a request: the result, or what went wrong.
func (w *Writer) Answer(id json.RawMessage, result any, failure *Error) error {
	m := &Message{ID: id, Error: failure}
	if len(id) == 0 {
		m.ID = null
	}
	if failure == nil {
		b, err := json.Marshal(result)
		if err != nil {
			m.Error = Errorf(InternalError, "the answer cannot be written: %v", err)
		} else {
			m.Result = b
		}
	}
	return w.Write(m)
}

// Notify writes a notification.
func (w *Writer) Notify(method string, params any) error {
	b, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("write %s: %w", method, err)
	}
	return w.Write(&Message{Method: method, Params: b})
}

// Request writes a request; its answer comes as any message does.
func (w *Writer) Request(id int, method string, params any) error {
	b, err := json.Marshal(params)
	if err != nil {
		return fmt.Errorf("write %s: %w", method, err)
	}
	return w.Write(&Message{ID: json.RawMessage(strconv.Itoa(id)), Method: method, Params: b})
}
