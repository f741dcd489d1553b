package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/store/remote"
)

// transfer shows a transfer while it goes on: one line that is redrawn on a terminal, a line every
// ten seconds elsewhere, an event a second for programs.
type transfer struct {
	c     *cli
	names string
	began time.Time
	phase remote.Phase
	since time.Time // when the phase began
	first int64     // bytes that were done by then
	said  time.Time // the last line or event
	drawn bool      // something is on the line
}

func (c *cli) newTransfer(at []*dewar.RemotePlace) *transfer {
	var names []string
	for _, r := range at {
		names = append(names, r.Name)
	}
	now := c.host.Now()
	return &transfer{c: c, names: strings.Join(names, ", "), began: now, since: now, said: now}
}

// progress is told how far it is, from one goroutine.
func (t *transfer) progress(p remote.Progress) {
	now := t.c.host.Now()
	if p.Phase != t.phase {
		t.phase, t.since, t.first = p.Phase, now, p.Done.Bytes
	}
	switch {
	case t.c.quiet:
	case t.c.json:
		if now.Sub(t.said) >= time.Second {
			t.said = now
			_ = t.c.printEvent(progressJSON(p))
		}
	case t.c.live:
		t.drawn = true
		fmt.Fprintf(t.c.err, "\r\x1b[K%s", fit(t.text(p, now), t.c.width()-1))
	case now.Sub(t.said) >= 10*time.Second:
		t.said = now
		fmt.Fprintln(t.c.err, t.text(p, now))
	}
}

// text is how far it is, for people.
func (t *transfer) text(p remote.Progress, now time.Time) string {
	if p.Phase == remote.Asking {
		return fmt.Sprintf("%s: asking what is there (%s)", t.names, counted(int(p.Total.Objects), "object"))
	}
	total := size(p.Total.Bytes)
	if !p.Final {
		total += " so far"
	}
	text := fmt.Sprintf("%s: %d of %s, %s of %s", t.names, p.Done.Objects, counted(int(p.Total.Objects), "object"), size(p.Done.Bytes), total)
	took := now.Sub(t.since).Seconds()
	if moved := p.Done.Bytes - t.first; took > 0.5 && moved > 0 {
		rate := float64(moved) / took
		text += fmt.Sprintf(", %s/s", size(int64(rate)))
		if left := p.Total.Bytes - p.Done.Bytes; p.Final && left > 0 {
			text += ", " + remaining(time.Duration(float64(left)/rate*float64(time.Second))) + " left"
		}
	}
	return text
}

// remaining is how long it will take, as exactly as one can know.
func remaining(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds())+1)
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes())+1)
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// fit cuts a line that is too long for the terminal.
func fit(s string, width int) string {
	if r := []rune(s); len(r) > width && width > 1 {
		return string(r[:width-1]) + "…"
	}
	return s
}

// end takes the line away.
func (t *transfer) end() {
	if t.drawn {
		fmt.Fprint(t.c.err, "\r\x1b[K")
	}
}

func progressJSON(p remote.Progress) any {
	return struct {
		Event        string `json:"event"`
		Phase        string `json:"phase"`
		Objects      int64  `json:"objects"`
		Bytes        int64  `json:"bytes"`
		TotalObjects int64  `json:"total_objects"`
		TotalBytes   int64  `json:"total_bytes"`
		Final        bool   `json:"final"`
	}{"progress", p.Phase.String(), p.Done.Objects, p.Done.Bytes, p.Total.Objects, p.Total.Bytes, p.Final}
}
