package main

import (
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/spf13/cobra"
)

func (c *cli) remoteTest() *cobra.Command {
	return &cobra.Command{
		Use: "test [NAME]", Short: "Try whether a remote works", Args: cobra.MaximumNArgs(1),
		Long:              "Opens a remote and asks it something; if it may be written to, it writes a small object,\nreads it back and removes it. What does not work is named, with what to do.",
		ValidArgsFunction: c.completeRemotes,
		RunE: func(_ *cobra.Command, args []string) error {
			p, _, err := c.open()
			if err != nil {
				return err
			}
			defer c.close(p)
			c.sources = p.Config()
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			t, err := p.TestRemote(c.ctx, name)
			if err != nil {
				return err
			}
			return c.printTest(t)
		},
	}
}

func (c *cli) printTest(t *dewar.RemoteTest) error {
	if c.json {
		if err := c.printJSON(testJSON{t, diag.JSON(t.Failures, c.snippets())}); err != nil || t.OK {
			return err
		}
		return exit(exitUsage)
	}
	c.printf("%s  %s\n", t.Name, t.URL)
	for _, check := range t.Checks {
		c.printf("  %s\n", checkLine(check))
	}
	if !t.OK {
		return &diag.Failure{List: t.Failures}
	}
	only := ""
	if t.Access == "read" {
		only = ", to be read only"
	}
	c.printf("It works%s. A question takes %s.\n", only, shortTime(t.RoundTrip))
	return nil
}

// testJSON is a test with what went wrong.
type testJSON struct {
	*dewar.RemoteTest
	Diagnostics any `json:"diagnostics"`
}

// checkLine is what one check is to a person.
func checkLine(check dewar.RemoteCheck) string {
	line := "ok      " + check.Check
	if !check.OK {
		line = "failed  " + check.Check
	}
	if check.Found != "" {
		line += ": " + check.Found
	}
	return line
}

func shortTime(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Millisecond:
		return "less than 1ms"
	case d < 100*time.Millisecond:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}
