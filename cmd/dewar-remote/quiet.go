package main

import (
	"context"
	"io"
	"log"
	"log/slog"
	"time"

	"github.com/rclone/rclone/fs"
)

// quiet makes rclone fit for a program that nobody looks at: it says nothing
// but to traces, asks nothing, and gives up on a server that does not answer
// while the person is still there. rclone keeps this in one value for the
// whole process.
func quiet(traced bool, traces io.Writer) {
	c := fs.GetConfig(context.Background())
	c.LogLevel = fs.LogLevelEmergency
	if traced {
		c.LogLevel = fs.LogLevelDebug
		fs.SetLogger(slog.NewTextHandler(traces, &slog.HandlerOptions{Level: slog.LevelDebug}))
	} else {
		fs.SetLogger(slog.DiscardHandler)
		log.SetOutput(io.Discard)
	}
	c.AskPassword = false
	c.UserAgent = "dewar-remote/" + version
	c.ConnectTimeout = fs.Duration(20 * time.Second)
	c.Timeout = fs.Duration(50 * time.Second) // without a byte on a connection
	c.LowLevelRetries = 3
	c.Transfers = 32
	c.Checkers = 32
	c.UseServerModTime = true // s3 would ask for each object otherwise
	c.NoGzip = true           // bytes are to come as they are stored
}
