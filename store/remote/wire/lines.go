package wire

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// ErrLine is a line that is too long, or is not JSON.
var ErrLine = errors.New("it does not speak the protocol")

// Reader reads messages, and refuses lines that are longer than MaxLine.
type Reader struct{ lines *bufio.Scanner }

// NewReader returns a Reader of r.
func NewReader(r io.Reader) *Reader {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4096), MaxLine)
	return &Reader{lines}
}

// Read reads one message into v. It returns io.EOF after the last.
func (r *Reader) Read(v any) error {
	if !r.lines.Scan() {
		err := r.lines.Err()
		switch {
		case err == nil:
			return io.EOF
		case errors.Is(err, bufio.ErrTooLong):
			return fmt.Errorf("%w: a line is longer than %d bytes", ErrLine, MaxLine)
		}
		return err
	}
	if err := json.Unmarshal(r.lines.Bytes(), v); err != nil {
		return fmt.Errorf("%w: %q is not a message", ErrLine, cut(r.lines.Text(), 80))
	}
	return nil
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}

// Line is a message as it is written.
func Line(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	if b = append(b, '\n'); len(b) > MaxLine {
		return nil, fmt.Errorf("a message of %d bytes is longer than the protocol has it", len(b))
	}
	return b, nil
}

// writer writes messages whole, from any goroutine.
type writer struct {
	mu sync.Mutex
	to io.Writer
}

func (w *writer) write(v any) error {
	b, err := Line(v)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = w.to.Write(b)
	return err
}
