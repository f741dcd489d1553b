package servers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/program"
)

// google makes a handler stand in for Google's hosts: it returns the variables
// that lead a program to a proxy which takes every connection there, and to the authority that
// signed the certificate.
func google(t testing.TB, h http.Handler) []string {
	t.Helper()
	cert, authority := certificate(t, "www.googleapis.com", "oauth2.googleapis.com")
	server := httptest.NewUnstartedServer(h)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || !strings.HasSuffix(r.Host, ".googleapis.com:443") {
			http.Error(w, "only Google is reached", http.StatusForbidden)
			return
		}
		to, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		from, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			_ = to.Close()
			return
		}
		fmt.Fprint(from, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(to, from); _ = to.Close() }()
		go func() { _, _ = io.Copy(from, to); _ = from.Close() }()
	}))
	t.Cleanup(proxy.Close)
	return []string{"HTTPS_PROXY=" + proxy.URL, "SSL_CERT_FILE=" + authority}
}

func certificate(t testing.TB, hosts ...string) (tls.Certificate, string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stand-in"}, DNSNames: hosts,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, private.Public(), private)
	must(t, err)
	file := filepath.Join(t.TempDir(), "authority.pem")
	must(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, file
}

var driveAt = program.At{
	URL:     "gdrive://FOLDER_id-1/store",
	Options: map[string]string{"pacer_min_sleep": "0s"}, // the stand-in bears more than ten requests a second
	Secrets: map[string]string{"token": `{"access_token":"token-of-the-user","token_type":"Bearer","refresh_token":"refresh-of-the-user","expiry":"2999-01-01T00:00:00Z"}`},
}

func TestDrive(t *testing.T) {
	suite(t, command(t, google(t, newDrive())...), driveAt)
}

// Two who push at once may make two folders and two files of one name: both
// are found.
func TestDrive_twins(t *testing.T) {
	d := newDrive()
	folder := func(name, in string) string {
		return d.add(&driveFile{Name: name, MimeType: folderType, Parents: []string{in}}).ID
	}
	file := func(in, name, text string) {
		d.add((&driveFile{Name: name, MimeType: "application/octet-stream", Parents: []string{in}}).put([]byte(text)))
	}
	top := folder("store", "FOLDER_id-1")
	one, two := folder("cas", top), folder("cas", top)
	a1, a2 := folder("ab", one), folder("ab", two)
	file(a1, "first", "1")
	file(a2, "second", "22")
	file(a1, "both", "333")
	file(a2, "both", "333")
	other := folder("not ours", "FOLDER_id-1")
	file(folder("not ours", "FOLDER_id-1"), "x", "x")
	c := command(t, google(t, d)...)
	p := open(t, c, driveAt)
	names := []string{"cas/ab/first", "cas/ab/second", "cas/ab/both"}
	sizes, err := p.Stat(t.Context(), names)
	if diff := cmp.Diff([]int64{1, 2, 3}, sizes); err != nil || diff != "" {
		t.Error(err, diff)
	}
	listed := map[string]int{}
	must(t, p.List(t.Context(), "cas", func(o remote.Object) error { listed[o.Name]++; return nil }))
	if diff := cmp.Diff(map[string]int{"cas/ab/first": 1, "cas/ab/second": 1, "cas/ab/both": 1}, listed); diff != "" {
		t.Error(diff)
	}
	must(t, p.Remove(t.Context(), names))
	sizes, err = p.Stat(t.Context(), names)
	if diff := cmp.Diff([]int64{-1, -1, -1}, sizes); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if d.files[other] == nil || d.files[other].Trashed {
		t.Error("a folder that is not ours was merged")
	}
}

func TestDrive_mistakes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, []byte("x"), 0o600))
	with := func(token string) program.At {
		at := driveAt
		at.Secrets = map[string]string{"token": token}
		return at
	}
	for name, c := range map[string]struct {
		at   program.At
		full bool
		want error
	}{
		"no space":      {driveAt, true, remote.ErrFull},
		"no login":      {program.At{URL: driveAt.URL}, false, remote.ErrCredentials},
		"revoked":       {with(`{"access_token":"old-access","refresh_token":"old-refresh","expiry":"2000-01-01T00:00:00Z"}`), false, remote.ErrCredentials},
		"no such token": {with(`{"access_token":"wrong-token","expiry":"2999-01-01T00:00:00Z"}`), false, remote.ErrCredentials},
	} {
		d := newDrive()
		d.full = c.full
		cmd := command(t, google(t, d)...)
		p, err := program.Open(t.Context(), cmd, c.at)
		if err == nil {
			if _, err = p.Stat(t.Context(), []string{"version"}); err == nil {
				err = p.Put(t.Context(), "cas/x", file, 1, nil)
			}
			_ = p.Close()
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, c.want)
		}
		for _, secret := range []string{"wrong-token", "old-access", "old-refresh", "token-of-the-user"} {
			if strings.Contains(fmt.Sprint(err), secret) {
				t.Errorf("%s: %q has a secret in it", name, err)
			}
		}
		t.Log(name, err)
	}
}

// The test is the person's browser: it visits the page, and Google sends it
// back with a code.
func TestDrive_login(t *testing.T) {
	c := command(t, google(t, newDrive())...)
	at := program.At{URL: driveAt.URL, Options: map[string]string{"client_id": "mine.apps.googleusercontent.com"}, Secrets: map[string]string{"client_secret": "my-client-secret"}}
	browser := func(page string) {
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		r, err := client.Get(page)
		if err != nil {
			t.Error(err)
			return
		}
		_ = r.Body.Close()
		to, err := url.Parse(r.Header.Get("Location"))
		if err != nil || to.Host != "accounts.google.com" || to.Query().Get("client_id") != at.Options["client_id"] {
			t.Errorf("the person is sent to %q, %v", to, err)
			return
		}
		back := to.Query().Get("redirect_uri") + "?" + url.Values{"code": {"code-of-the-browser"}, "state": {to.Query().Get("state")}}.Encode()
		if r, err = client.Get(back); err != nil {
			t.Error(err)
			return
		}
		_ = r.Body.Close()
	}
	secrets, err := program.Login(t.Context(), c, at, false, browser)
	must(t, err)
	at.Secrets["token"] = secrets["token"]
	w := newWork(t)
	at.Options["pacer_min_sleep"] = "0s"
	w.push(open(t, c, at))
	w.fetch(open(t, c, at))
}
