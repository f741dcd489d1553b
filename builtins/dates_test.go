package builtins_test

import (
	"testing"
	"time"
	_ "time/tzdata" // of machines that have none

	"github.com/dewar-build/dewar/builtins"
)

func TestDates(t *testing.T) {
	for expr, want := range map[string]string{
		`dates("2024-02-29", "2024-02-29")`:                                    `["2024-02-29"]`,
		`length(dates("1900-01-01", "1999-12-31"))`:                            `36524`,
		`dates("2023-12-31", "2024-01-01")`:                                    `["2023-12-31","2024-01-01"]`,
		`dates("2024-02-30", "2024-03-01")`:                                    `not a day`,
		`dates("2024-3-1", "2024-03-02")`:                                      `not a day`,
		`dates("2024-03-02", "2024-03-01")`:                                    `2024-03-01 is before 2024-03-02`,
		`dates("0001-01-01", "9999-12-31")`:                                    `more than`,
		`dates("2024-03-02T00:00:00Z", "2024-03-03")`:                          `not a day`,
		`formatdate("YYYY/MM/DD hh:mm:ss'h'Z", "2024-02-29T23:59:01.5+02:00")`: `"2024/02/29 23:59:01h+02:00"`,
		`formatdate("YYYY-MM", "2024-02-29")`:                                  `"2024-02"`,
		`formatdate("YYY", "2024-02-29")`:                                      `year must`,
		`formatdate("YYYY", "yesterday")`:                                      `neither a day`,
		`timeadd("2024-02-29T12:00:00+02:00", "-36h")`:                         `"2024-02-28T00:00:00+02:00"`,
		`timeadd("2024-02-29T12:00:00.25Z", "250ms")`:                          `"2024-02-29T12:00:00.5Z"`,
		`timeadd("2024-02-29", "1d")`:                                          `not a duration`,
		`timeadd("9999-12-31", "48h")`:                                         `in the year 10000`,
		`timecmp("2024-02-29", "2024-03-01")`:                                  `-1`,
		`timecmp("2024-02-29T00:00:01Z", "2024-02-29")`:                        `1`,
		`timecmp("0001-01-01", "9999-12-31")`:                                  `-1`,
		`timecmp("2024-02-29T1:00:00Z", "2024-02-29")`:                         `neither a day`,
		`timecmp("2024-02-29T01:00:00,5Z", "2024-02-29")`:                      `neither a day`,
		`timecmp("2024", "2024-02-29")`:                                        `neither a day`,
	} {
		gives(t, builtins.Env{}, expr, want)
	}
}

// A time has the offset that it says, and goes on having it, wherever it is computed.
func TestTimeAdd_anywhere(t *testing.T) {
	here := time.Local
	t.Cleanup(func() { time.Local = here })
	for _, zone := range []string{"UTC", "Europe/Berlin"} {
		at, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = at
		v, err := eval(t, builtins.Env{}, `timeadd("2024-03-30T12:00:00+01:00", "24h")`, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := asJSON(t, v); got != `"2024-03-31T12:00:00+01:00"` {
			t.Errorf("in %s: %s", zone, got)
		}
	}
}
