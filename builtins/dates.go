package builtins

import (
	"fmt"
	"strings"
	"time"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// Much data comes in days. What day it is nobody can ask: an action would be another one
// tomorrow. Days and times are texts, in UTC or with the offset that they say: the
// rules of time zones change, and differ between machines.

// day is how a day is written.
const day = time.DateOnly

func dateFuncs() []Func {
	return []Func{
		{Name: "dates", Doc: "Returns the days from one to another, both among them, as texts that say year, month and day.", Example: `dates("2024-02-28", "2024-03-01")`, Want: `["2024-02-28", "2024-02-29", "2024-03-01"]`, Impl: making(cty.DynamicPseudoType, takes(text("first"), text("last")), dates)},
		{Name: "formatdate", Doc: "Writes a day, or a time as RFC 3339 has it, in another way: YYYY, YY, MMMM, MMM, MM, M, DD, D, EEEE, EEE (day of the week), hh, h, HH, H, AA (AM or PM), mm, m, ss, s, Z (offset); other words stand in single quotes.", Example: `formatdate("EEE D MMM YYYY", "2024-02-29")`, Want: `"Thu 29 Feb 2024"`, Impl: making(cty.String, takes(text("format"), text("time")), formatDate)},
		{Name: "timeadd", Doc: "Returns the time that is a duration later, or earlier if it is negative, as RFC 3339 has it. A day is its first second in UTC, and a duration is like \"36h\", \"-1h30m\".", Example: `timeadd("2024-02-28", "36h")`, Want: `"2024-02-29T12:00:00Z"`, Impl: making(cty.String, takes(text("time"), text("duration")), timeAdd)},
		{Name: "timecmp", Doc: "Returns -1 if the first day or time is before the second, 1 if it is after it, and 0 if they are the same moment.", Example: `timecmp("2024-02-29", "2024-02-29T01:00:00+01:00")`, Want: `0`, Impl: making(cty.Number, takes(text("a"), text("b")), timeCompare)},
	}
}

// dayOf reads an argument that is a day.
func dayOf(a []cty.Value, i int) (time.Time, error) {
	t, err := time.Parse(day, a[i].AsString())
	if err != nil {
		return t, function.NewArgErrorf(i, "%q is not a day like \"2024-02-29\"", a[i].AsString())
	}
	return t, nil
}

// timeOf reads an argument that is a day or a time.
func timeOf(a []cty.Value, i int) (time.Time, error) {
	if t, err := time.Parse(day, a[i].AsString()); err == nil {
		return t, nil
	}
	text := a[i].AsString()
	t, err := time.ParseInLocation(time.RFC3339, text, time.UTC)                            // Parse takes an offset of this machine's zone for the zone
	if err != nil || len(text) < 20 || text[13] != ':' || strings.ContainsRune(text, ',') { // and both take 1:00:00 and 01:00:00,5
		return t, function.NewArgErrorf(i, "%q is neither a day like \"2024-02-29\" nor a time like \"2024-02-29T12:00:00Z\"", a[i].AsString())
	}
	return t, nil
}

func dates(a []cty.Value) (cty.Value, error) {
	first, err := dayOf(a, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	last, err := dayOf(a, 1)
	switch {
	case err != nil:
		return cty.DynamicVal, err
	case last.Before(first):
		return cty.DynamicVal, function.NewArgErrorf(1, "%s is before %s", last.Format(day), first.Format(day))
	}
	n := int(last.Unix()-first.Unix())/(24*60*60) + 1 // Sub knows no more than 292 years
	if n > grid.MaxPoints {
		return cty.DynamicVal, function.NewArgErrorf(1, "these are more than %d days", grid.MaxPoints)
	}
	out := make([]cty.Value, n)
	for i := range out {
		out[i] = cty.StringVal(first.AddDate(0, 0, i).Format(day))
	}
	return listOf(out), nil
}

func formatDate(a []cty.Value) (cty.Value, error) {
	t, err := timeOf(a, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	return stdlib.FormatDate(a[0], cty.StringVal(t.Format(time.RFC3339Nano)))
}

func timeAdd(a []cty.Value) (cty.Value, error) {
	t, err := timeOf(a, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	d, err := time.ParseDuration(a[1].AsString())
	if err != nil {
		return cty.DynamicVal, function.NewArgErrorf(1, "%q is not a duration like \"36h\" or \"-1h30m\"", a[1].AsString())
	}
	if t = t.Add(d); t.Year() < 0 || t.Year() > 9999 {
		return cty.DynamicVal, fmt.Errorf("the time would be in the year %d", t.Year())
	}
	return cty.StringVal(t.Format(time.RFC3339Nano)), nil
}

func timeCompare(a []cty.Value) (cty.Value, error) {
	first, err := timeOf(a, 0)
	if err != nil {
		return cty.DynamicVal, err
	}
	second, err := timeOf(a, 1)
	if err != nil {
		return cty.DynamicVal, err
	}
	return cty.NumberIntVal(int64(first.Compare(second))), nil
}
