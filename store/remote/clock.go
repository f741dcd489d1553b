package remote

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// complete returns o with its defaults, but for Parallel, which the place decides.
func (o Options) complete() Options {
	if o.Tries <= 0 {
		o.Tries = 5
	}
	if o.Idle <= 0 {
		o.Idle = time.Minute
	}
	if o.Limits.Message <= 0 {
		o.Limits.Message = 512 << 20
	}
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.Jitter == nil {
		o.Jitter = randomJitter
	}
	return o
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

func randomJitter() float64 {
	var b [4]byte
	rand.Read(b[:]) // never fails
	return float64(binary.LittleEndian.Uint32(b[:])) / (1 << 32)
}
