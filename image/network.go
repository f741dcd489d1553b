package image

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
)

// Network is how registries are reached.
type Network struct {
	Transport http.RoundTripper
	Logins    authn.Keychain // nil: everything is asked for anonymously
}

// NewNetwork reaches registries as this machine does: through the proxies that its environment names, and
// with the logins that `docker login` and `podman login` have kept.
func NewNetwork() *Network {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = time.Minute
	return &Network{Transport: t, Logins: authn.DefaultKeychain}
}

// guarded refuses to speak to other machines in the clear: a login would be read on the way.
type guarded struct{ http.RoundTripper }

func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !loopback(r.URL.Hostname()) {
		return nil, fmt.Errorf("%s: %w", r.URL.Host, errInTheClear)
	}
	return g.RoundTripper.RoundTrip(r)
}

var errInTheClear = errors.New("nobody is asked without encryption but registries of this machine")

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
