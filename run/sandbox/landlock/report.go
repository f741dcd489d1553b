package landlock

import (
	"errors"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Result is what became of a command. One of Refused, NoExec and Status says it.
type Result struct {
	Refused   string        // what of the restriction could not be had; nothing was started
	NoExec    syscall.Errno // the program could not be executed
	Errno     syscall.Errno // with Refused: why
	Status    int           // of the command, as wait gives it
	Wall      time.Duration
	User, Sys time.Duration // of all processes
	MaxRSS    int64         // bytes
}

// ErrReport says that a helper ended and said nothing: something killed it.
var ErrReport = errors.New("the process that looked after the command has died")

// encode writes a result as one line.
func (r *Result) encode() []byte {
	var b []byte
	for _, n := range []int64{int64(r.NoExec), int64(r.Errno), int64(r.Status), int64(r.Wall), int64(r.User), int64(r.Sys), r.MaxRSS} {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	return append(append(b, r.Refused...), '\n')
}

// Decode reads what a helper wrote to Report.
func Decode(b []byte) (*Result, error) {
	line, whole := strings.CutSuffix(string(b), "\n")
	words := strings.SplitN(line, " ", 8)
	if !whole || len(words) != 8 {
		return nil, ErrReport
	}
	var n [7]int64
	for i := range n {
		var err error
		if n[i], err = strconv.ParseInt(words[i], 10, 64); err != nil {
			return nil, ErrReport
		}
	}
	return &Result{
		Refused: words[7], NoExec: syscall.Errno(n[0]), Errno: syscall.Errno(n[1]), Status: int(n[2]),
		Wall: time.Duration(n[3]), User: time.Duration(n[4]), Sys: time.Duration(n[5]), MaxRSS: n[6],
	}, nil
}
