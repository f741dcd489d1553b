package browsertest

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

// conn is a conversation in the DevTools protocol: messages of JSON, each ended by
// a zero byte. A request has a number, which its answer has too; what has none is
// an event.
type conn struct {
	w io.Writer

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	events  map[string]func(message) // of each session
	over    error                    // why there is nothing more to come
}

// message is what the browser says.
type message struct {
	ID      int             `json:"id"`
	Session string          `json:"sessionId"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	Result  json.RawMessage `json:"result"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error"`
}

func newConn(w io.Writer, r io.Reader) *conn {
	c := &conn{w: w, waiting: map[int]chan message{}, events: map[string]func(message){}}
	go c.listen(bufio.NewReader(r))
	return c
}

// listen hands out what the browser says until it says no more.
func (c *conn) listen(r *bufio.Reader) {
	for {
		line, err := r.ReadBytes(0)
		var m message
		if err == nil {
			err = json.Unmarshal(line[:len(line)-1], &m)
		}
		if err != nil {
			c.end(err)
			return
		}
		c.mu.Lock()
		answer, event := c.waiting[m.ID], c.events[m.Session]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		switch {
		case answer != nil:
			answer <- m
		case m.ID == 0 && event != nil:
			event(m)
		}
	}
}

// end tells everybody who waits that nothing will come.
func (c *conn) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = err
	for _, answer := range c.waiting {
		close(answer)
	}
	for _, event := range c.events {
		event(message{Method: ended})
	}
	c.waiting = nil
}

// ended is what a session hears last, and only if the browser is gone.
const ended = "ended"

// hear calls f with each event of a session.
func (c *conn) hear(session string, f func(message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events[session] = f
}

// send asks for something. What comes back is on the channel.
func (c *conn) send(session, method string, params any) (<-chan message, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over != nil {
		return nil, c.over
	}
	c.last++
	b, err := json.Marshal(struct {
		ID      int    `json:"id"`
		Session string `json:"sessionId,omitempty"`
		Method  string `json:"method"`
		Params  any    `json:"params,omitempty"`
	}{c.last, session, method, params})
	if err != nil {
		return nil, err
	}
	answer := make(chan message, 1)
	c.waiting[c.last] = answer
	_, err = c.w.Write(append(b, 0))
	return answer, err
}

// call asks for something and waits for it.
func (c *conn) call(session, method string, params any) (json.RawMessage, error) {
	answer, err := c.send(session, method, params)
	if err != nil {
		return nil, err
	}
	m, ok := <-answer
	switch {
	case !ok:
		return nil, errors.New("the browser has gone")
	case m.Error != nil:
		return nil, errors.New(m.Error.Message)
	}
	return m.Result, nil
}
