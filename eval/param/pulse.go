package param

import "io"

// pulse asks now and then whether to go on: a file of megabytes takes a while, and in an
// editor nobody may want it any more. Whoever is asked and does not want it panics, with
// something that it catches again.
type pulse struct {
	going func() // nil: it always is to go on
	beats int
	asked bool // it is asked, and did not say yes yet
}

// askEvery is how many parts there are between two questions.
const askEvery = 1 << 10

func (p *pulse) beat() {
	if p.beats++; p.beats%askEvery == 0 {
		p.ask()
	}
}

func (p *pulse) ask() {
	if p.going != nil {
		p.asked = true
		p.going()
		p.asked = false
	}
}

// asking is a text that a library reads, which asks no questions.
type asking struct {
	io.Reader
	pulse *pulse
}

func (a asking) Read(b []byte) (int, error) {
	a.pulse.beat()
	return a.Reader.Read(b)
}
