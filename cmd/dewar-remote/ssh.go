package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/dewar-build/dewar/store/remote"
)

// sshSurroundings makes SFTP behave as ssh does: the agent, or the keys in
// ~/.ssh, and hosts only that ~/.ssh/known_hosts knows. rclone alone would
// believe any host.
func sshSurroundings(p *program, given map[string]string) error {
	if given["user"] == "" {
		p.fill(given, "user", "USER", "LOGNAME", "USERNAME")
	}
	if unset(given, "pass", "key_file", "key_pem", "key_use_agent", "ssh") {
		if err := p.sshKey(given); err != nil {
			return err
		}
	}
	if !unset(given, "known_hosts_file", "host_keys", "ssh") {
		return nil
	}
	given["known_hosts_file"] = filepath.Join(p.home, ".ssh", "known_hosts")
	return knownHost(given)
}

// sshKey takes the agent if there is one, else the first key that ssh would take.
func (p *program) sshKey(given map[string]string) error {
	if p.getenv("SSH_AUTH_SOCK") != "" {
		return nil
	}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		file := filepath.Join(p.home, ".ssh", name)
		if _, err := os.Stat(file); err == nil {
			given["key_file"] = file
			return nil
		}
	}
	return failure{remote.ErrCredentials, "there is neither an ssh agent nor a key in ~/.ssh: give key_file in options, or pass in secrets"}
}

// knownHost checks that the host is known, and asks for a key of the kinds that
// are known: another one, though right, would look like a stranger's.
func knownHost(given map[string]string) error {
	port := given["port"]
	if port == "" {
		port = "22"
	}
	address := net.JoinHostPort(given["host"], port)
	unknown := misconfigured("%s is not in ~/.ssh/known_hosts: connect to it with ssh once, or give known_hosts_file in options", knownhosts.Normalize(address))
	check, err := knownhosts.New(given["known_hosts_file"])
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unknown
	case err != nil:
		return misconfigured("%v", err)
	}
	var differs *knownhosts.KeyError
	err = check(address, &net.TCPAddr{IP: net.IPv4zero}, noKey{})
	if !errors.As(err, &differs) || len(differs.Want) == 0 {
		return unknown
	}
	if given["host_key_algorithms"] == "" {
		given["host_key_algorithms"] = strings.Join(algorithms(differs.Want), " ")
	}
	return nil
}

func algorithms(known []knownhosts.KnownKey) []string {
	var out []string
	for _, k := range known {
		if k.Key.Type() == ssh.KeyAlgoRSA {
			out = append(out, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSASHA512)
		}
		out = append(out, k.Key.Type())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// noKey is a key that no host has.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return []byte("none") }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key verifies anything") }
