package dewar

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
)

// downloadTries is how often a download is begun, and gone on with, before it is given up.
const downloadTries = 5

// tryDownload downloads with patience: what is broken off is gone on with.
func (p *Project) tryDownload(ctx context.Context, url, name string, offset int64, progress func(int64)) error {
	if p.host.Download == nil {
		return errors.New("this host downloads nothing")
	}
	done := offset
	for n := 1; ; n++ {
		before := done
		watched, alive, end := p.watchIdle(ctx)
		err := p.host.Download(watched, url, name, done, func(n int64) { done += n; alive(); progress(done) })
		if end(); errors.Is(context.Cause(watched), errIdle) {
			err = errIdle
		}
		if err == nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		var temporary interface{ Temporary() bool }
		if errors.As(err, &temporary) && !temporary.Temporary() {
			return err
		}
		if done > before {
			n = 0 // it goes on, if in pieces
		}
		if n == downloadTries {
			return err
		}
		if err := p.wait(ctx, time.Second<<n/2); err != nil {
			return err
		}
	}
}

// errIdle says that nothing came for a while.
var errIdle = errors.New("the server is silent")

// watchIdle ends the context that it returns when alive was not called for a minute.
func (p *Project) watchIdle(ctx context.Context) (watched context.Context, alive, end func()) {
	watched, cancel := context.WithCancelCause(ctx)
	var heard atomic.Int64
	ticks, stop := p.host.Ticker(15 * time.Second)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for last, silent := int64(-1), 0; ; {
			select {
			case <-ticks:
				now := heard.Load()
				if silent++; now != last {
					last, silent = now, 0
				}
				if silent == 4 {
					cancel(errIdle)
					return
				}
			case <-watched.Done():
				return
			}
		}
	}()
	return watched, func() { heard.Add(1) }, func() { stop(); cancel(nil); <-ended }
}

// wait waits, by the host's ticker.
func (p *Project) wait(ctx context.Context, d time.Duration) error {
	ticks, stop := p.host.Ticker(d)
	defer stop()
	select {
	case <-ticks:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func cannotDownload(d graph.Data, err error) diag.Diagnostic {
	return diag.Diagnostic{
		Code: "E-data-download", Span: d.Span,
		Detail: fmt.Sprintf("Downloading data.%s from %s: %v. What came is kept and gone on from; if the file has moved, give the block its new url.", d.Name, d.URL, err),
	}
}
