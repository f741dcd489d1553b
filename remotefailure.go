package dewar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/store/remote"
)

// RemoteFailure makes of what went wrong with a remote the message for a person: which remote,
// where it is, what was tried, what it said, and what to do. Errors of this machine, and
// what is a message already, stay as they are. tried reads as "pushing", "opening it".
func RemoteFailure(r *config.Remote, tried string, err error) error {
	var f *diag.Failure
	if err == nil || errors.As(err, &f) || errors.Is(err, context.Canceled) || errors.Is(err, remote.ErrHere) {
		return err
	}
	d := diag.Diagnostic{Code: "E-remote-failed"}
	advice := fmt.Sprintf("Try it again; `dewar remote test %s` says what works.", r.Name)
	for _, m := range mends {
		if errors.Is(err, m.is) {
			d.Code, advice = m.code, m.advice(r)
			break
		}
	}
	d.Detail = fmt.Sprintf("%s (%s): %s failed: %s. %s", r.Name, r.URL, tried, said(err), advice)
	return failure(d)
}

// failedPlaces is RemoteFailure for what several remotes could not do, of each that was given up. Where err is
// not a remote's, it is all there is.
func failedPlaces(from []*RemotePlace, tried string, down []remote.Down, err error) error {
	var list diag.List
	for _, d := range down {
		i := slices.IndexFunc(from, func(r *RemotePlace) bool { return r.Name == d.Place })
		if f := (*diag.Failure)(nil); errors.As(RemoteFailure(from[i].Config, tried, d.Err), &f) {
			list = append(list, f.List...)
		}
	}
	var pe *remote.PlaceError
	if len(list) == 0 || !errors.As(err, &pe) {
		return RemoteFailure(from[0].Config, tried, err)
	}
	return list.Err()
}

// said is the text of an error as the beginning of a sentence's end.
func said(err error) string { return strings.TrimRight(strings.TrimSpace(err.Error()), ".") }

// mends say what to do about what can be mended; the first that fits.
var mends = []struct {
	is     error
	code   string
	advice func(r *config.Remote) string
}{
	{remote.ErrReadOnly, "E-remote-readonly", func(r *config.Remote) string {
		if r.ReadOnly {
			return fmt.Sprintf("If it is to be written to: dewar remote modify %s access=write", r.Name)
		}
		return "Take another remote to push to."
	}},
	{remote.ErrCredentials, "E-remote-credentials", func(r *config.Remote) string {
		switch {
		case r.URL.Scheme == "rclone":
			return fmt.Sprintf("They are kept by rclone: rclone config reconnect %s:", r.URL.Host)
		case len(config.Logins(r.URL)) == 0:
			return "Whoever runs the place can say how they are given."
		}
		return fmt.Sprintf("Give them: dewar remote login %s", r.Name)
	}},
	{remote.ErrDenied, "E-remote-denied", func(r *config.Remote) string {
		switch {
		case r.URL.IsDirectory():
			return "Its owner has to give you access, or your group."
		case r.Secrets.Len() > 0:
			return fmt.Sprintf("The credentials may be wrong, or may not do this. Give other ones with `dewar remote login %s`; if you may only read there, `dewar remote modify %s access=read`.", r.Name, r.Name)
		case len(config.Logins(r.URL)) == 0:
			return "Whoever runs the place can say why."
		}
		return fmt.Sprintf("No credentials are kept for it; what the environment has was used, if anything. Give some: dewar remote login %s", r.Name)
	}},
	{remote.ErrEmptied, "E-remote-place", func(r *config.Remote) string {
		return "If it is on a disk or a share, mount that. If it was emptied on purpose: dewar push --recheck -r " + r.Name
	}},
	{remote.ErrNoPlace, "E-remote-place", func(r *config.Remote) string {
		return fmt.Sprintf("Make it, or mend the url: dewar remote modify %s url=URL", r.Name)
	}},
	{remote.ErrFull, "E-remote-full", func(*config.Remote) string {
		return "Make room there, then try again: what has arrived is not sent twice."
	}},
	{remote.ErrUnreachable, "E-remote-unreachable", func(*config.Remote) string {
		return "Look at the url, at the network, and at whether a proxy or a VPN is needed; then try again."
	}},
	{remote.ErrConfig, "E-remote-config", func(r *config.Remote) string {
		return fmt.Sprintf("`dewar remote modify %s` changes its url and options.", r.Name)
	}},
}
