package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/wire"
)

func page(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../../spec/remote-protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The messages on the page of the protocol are messages, with no member that
// the code does not know.
func TestPage_example(t *testing.T) {
	n := 0
	for line := range strings.Lines(page(t)) {
		var into any
		switch {
		case strings.HasPrefix(line, "> {"):
			into = new(wire.Request)
		case strings.HasPrefix(line, "< {"):
			into = new(wire.Answer)
		default:
			continue
		}
		n++
		d := json.NewDecoder(strings.NewReader(line[2:]))
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if again, err := wire.Line(into); err != nil || string(again) != line[2:] {
			t.Errorf("the page has\n%swhich would be written\n%s", line[2:], again)
		}
	}
	if n < 15 {
		t.Errorf("the page has an example of %d messages", n)
	}
}

// The page has a row for every kind of error and every member.
func TestPage_tables(t *testing.T) {
	text := page(t)
	for _, err := range []error{
		remote.ErrAbsent, remote.ErrSize, remote.ErrReadOnly, remote.ErrDenied, remote.ErrCredentials, remote.ErrNoPlace,
		remote.ErrFull, remote.ErrUnreachable, remote.ErrConfig, remote.ErrHere, t.Context().Err(),
	} {
		if err == nil {
			continue
		}
		e := wire.ErrorOf(err, strings.ToUpper)
		if !strings.Contains(text, "\n| `"+e.Kind+"` |") {
			t.Errorf("the page has no kind %s", e.Kind)
		}
		if got := e.Failure().Unwrap(); got != err {
			t.Errorf("%v comes back as %v", err, got)
		}
	}
	member := regexp.MustCompile(`"([a-z_]+)":`)
	all, err := json.Marshal([]any{
		wire.Request{ID: 1, Op: "x", Versions: []int{1}, URL: "x", Options: map[string]string{"": ""}, Secrets: map[string]string{"": ""}, Browser: true, Names: []string{""}, Name: "x", File: "x", Offset: 1, Size: 1, Dir: "x", Of: 1},
		wire.Answer{ID: 1, Moved: 1, Objects: []wire.Object{{}}, Visit: "x", Done: true, Error: &wire.Error{}, Version: 1, Program: "x", Traits: &wire.Traits{1, true, true, true}, Sizes: []int64{1},
			Backend: &wire.Backend{Name: "x", Title: "x", Login: true, Options: []wire.Option{{"x", "x", "x", true, true, true}}}, Secrets: map[string]string{"": ""}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range member.FindAllStringSubmatch(string(all), -1) {
		if !strings.Contains(text, "`"+m[1]+"`") {
			t.Errorf("the page does not have the member %s", m[1])
		}
	}
}

func TestCleaner(t *testing.T) {
	c := wire.NewCleaner(
		map[string]string{"pass": "hun/ter 22", "pin": "123", "longer": "hun/ter 22 and more"},
		map[string]string{"token": `{"access_token":"ya29.secret","token_type":"Bearer","refresh_token":"1//refresh"}`},
	)
	for text, want := range map[string]string{
		"no hun/ter 22 here":                    "no *** here",
		"escaped hun%2Fter%2022":                "escaped ***",
		"hun/ter 22 and more":                   "***",
		"pin 123 Bearer":                        "pin 123 Bearer", // too short for secrets
		"got ya29.secret and 1//refresh":        "got *** and ***",
		"Get \"https://h/p?sig=a%3D\": EOF":     "Get \"https://h/p?***\": EOF",
		"https://me:pw@h/p and https://you@h/p": "https://me:***@h/p and https://you@h/p",
		"a\x1b[31mred\x1b[0m\r\n\tb\x00\u202ec": "ared bc",
		"invalid \xff":                          "invalid ?",
		strings.Repeat("x", 5000):               strings.Repeat("x", 1500) + "…",
	} {
		if got := c.Text(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestReader(t *testing.T) {
	r := wire.NewReader(strings.NewReader("{\"id\":1}\n{\"id\":2}"))
	for want := range uint64(2) {
		var a wire.Answer
		if err := r.Read(&a); err != nil || a.ID != want+1 {
			t.Errorf("%d, %v", a.ID, err)
		}
	}
	long := `{"id":1,"visit":"` + strings.Repeat("x", wire.MaxLine) + `"}`
	if err := wire.NewReader(strings.NewReader(long)).Read(&wire.Answer{}); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("the error is %v", err)
	}
	if _, err := wire.Line(wire.Answer{Visit: strings.Repeat("x", wire.MaxLine)}); err == nil {
		t.Error("a line that is too long was made")
	}
}

// Whatever comes over the wire is a message or an error, and an error's text can be shown.
func FuzzReader(f *testing.F) {
	f.Add([]byte(`{"id":1,"done":true,"sizes":[1,-1]}`))
	f.Add([]byte(`{"id":1,"error":{"kind":"denied","text":"no"}}`))
	f.Add([]byte("{}\n{}\n\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := wire.NewReader(bytes.NewReader(b))
		for {
			var a wire.Answer
			if err := r.Read(&a); err != nil {
				if got := wire.CleanerOf().Text(err.Error()); strings.ContainsAny(got, "\x1b\n") {
					t.Errorf("%q", got)
				}
				return
			}
			if a.Error != nil {
				_ = a.Error.Failure().Error()
			}
		}
	})
}
