package main

import (
	"bytes"
	"encoding/json"

	"github.com/dewar-build/dewar/diag"
)

// What --json prints is a contract, described in spec/formats.md: commands that
// show a state print one object, commands that do work a line an event.

// printEvent prints v on one line.
func (c *cli) printEvent(v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	_, err = c.out.Write(b)
	return err
}

// printJSON prints the one object of a command, and in it, as "diagnostics",
// the warnings that there were.
func (c *cli) printJSON(v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	if len(c.held) > 0 {
		more, err := encode(diag.JSON(c.held, c.snippets()))
		if err != nil {
			return err
		}
		b = append(bytes.TrimSuffix(b, []byte("}\n")), `,"diagnostics":`...)
		b = append(append(b, bytes.TrimSpace(more)...), "}\n"...)
	}
	_, err = c.out.Write(b)
	return err
}

// encode returns v as a line of JSON.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// sayJSON prints diagnostics as an event, or holds warnings for printJSON.
func (c *cli) sayJSON(l diag.List) {
	if !c.events && !l.HasErrors() {
		c.held = append(c.held, l...)
		return
	}
	l = append(c.held, l...)
	c.held = nil
	_ = c.printEvent(map[string]any{"event": "diagnostics", "diagnostics": diag.JSON(l, c.snippets())})
}
