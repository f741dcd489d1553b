// Command dewar-remote reaches places that are not directories for dewar:
// S3, Google Cloud Storage, Azure, Google Drive, SFTP, WebDAV, HTTP, HDFS, and
// the remotes of the user's rclone configuration. It speaks the protocol of
// spec/remote-protocol.md over its standard input and output.
//
// It is a program and a module of its own because what it links is twice as
// large as dewar and takes longer to start than most of what dewar does. The
// clouds are rclone's; here are the urls, the options, and the promises of
// remote.Place: an object appears whole or not at all, a transfer goes on where it
// ended, and an error says what a person can do.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/rclone/rclone/fs"

	"github.com/dewar-build/dewar/store/remote/wire"
)

// version is set by the linker.
var version = "dev"

func main() {
	if len(os.Args) > 1 {
		os.Exit(about(os.Args[1:]))
	}
	quiet(os.Getenv("DEWAR_REMOTE_TRACE") != "", os.Stderr)
	p := &program{getenv: os.Getenv, home: home()}
	if err := wire.Serve(context.Background(), os.Stdin, os.Stdout, p, wire.Pace{}); err != nil {
		fmt.Fprintln(os.Stderr, "dewar-remote:", err)
		os.Exit(1)
	}
}

// about answers people: dewar gives no arguments.
func about(args []string) int {
	if len(args) == 1 && args[0] == "--version" {
		fmt.Println(name())
		return 0
	}
	fmt.Fprintln(os.Stderr, "dewar-remote is started by dewar and has no arguments but --version.\nspec/remote-protocol.md says what it is told on its standard input.")
	return 2
}

func name() string {
	return fmt.Sprintf("dewar-remote %s (rclone %s)", version, strings.TrimSuffix(fs.Version, "-DEV"))
}

func home() string {
	dir, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return dir
}
