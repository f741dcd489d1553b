package config

import (
	"fmt"
	"slices"
	"strings"
)

// Options are rclone's, by the names that its backends give them, and rclone
// has a thousand. What may be said where is decided by the words of a name; the
// program that reaches the place knows which of its options are secret, and
// refuses those as well.

// reach says where an option may be set.
type reach uint8

const (
	everywhere   reach = iota
	privately          // in the user's own file and in that of this machine
	asSecret           // nowhere but in secrets
	notAtAll           // the url says it
	everywhereS3       // everywhere for s3, else privately
)

// limits are tried in this order; the first that fits decides.
var limits = []struct {
	whole  []string // names
	words  []string // or words of names, between underlines
	ends   []string // or last words
	reach  reach
	reason string
}{
	{whole: []string{"account", "auth_owner_only", "disable_hashcheck", "env_auth", "force_path_style", "key_use_agent", "pubkey", "resource_key", "sse_customer_key_md5", "sse_kms_key_id", "use_accelerate_endpoint"}, reach: everywhere},
	{whole: []string{"host", "port", "url", "bucket", "container", "root_folder_id", "namenode", "type", "remote", "remotes", "upstreams"}, reach: notAtAll, reason: "the url says so"},
	{whole: []string{"user"}, reach: notAtAll, reason: "the url says so (sftp://user@host/…), or `dewar remote login` asks for it"},
	{whole: []string{"ask_password", "sdk_log_mode"}, reach: notAtAll, reason: "nobody reads along"},
	{whole: []string{"use_az", "subsystem", "set_env"}, words: []string{"command", "ssh", "exec", "shell", "helper", "plugin"}, reach: privately, reason: "it runs a command on this machine, or decides what is run"},
	{whole: []string{"sas_url"}, reach: asSecret, reason: "it is a secret"},
	{ends: []string{"file", "path"}, reach: privately, reason: "it means a file of this machine"},
	{ends: []string{"url"}, reach: privately, reason: "it decides who is sent what proves who you are"},
	{whole: []string{"host_keys", "key_exchange", "pin_host_key"}, words: []string{"algorithms"}, reach: privately, reason: "it decides whether the other side is who it says"},
	{words: []string{"secret", "pass", "pat", "passwd", "password", "passphrase", "token", "credential", "credentials", "key", "pem", "sas", "cookie", "signature", "headers", "bearer", "connection"}, reach: asSecret, reason: "it is a secret"},
	{words: []string{"file", "path", "dir", "socket", "hosts", "profile", "agent", "cache"}, reach: privately, reason: "it means something on this machine"},
	{words: []string{"insecure", "certificate", "cert", "ca", "tls", "ssl", "verify", "cipher", "ciphers", "macs"}, reach: privately, reason: "it decides whether the other side is who it says"},
	{whole: []string{"endpoint"}, reach: everywhereS3, reason: "it decides who is sent what proves who you are"},
	{whole: []string{"use_emulator", "username"}, words: []string{"url", "uri", "endpoint", "proxy", "host", "domain", "realm", "auth", "impersonate", "tenant"}, reach: privately, reason: "it decides who is sent what proves who you are"},
}

// harmless options of the committed file can change without the secrets being
// asked for again: they decide neither where bytes go nor how.
var harmless = []string{
	"acl", "access_tier", "bucket_acl", "bucket_policy_only", "chunk_size", "connections", "copy_cutoff", "directory_markers", "disable_checksum", "list_chunk", "location", "location_constraint", "no_check_bucket", "no_head", "no_head_object",
	"object_acl", "pacer_burst", "pacer_min_sleep", "region", "storage_class", "upload_concurrency", "upload_cutoff", "use_trash",
}

// optionReach returns where an option of a scheme may be set, and why not elsewhere.
func optionReach(scheme, name string) (reach, string) {
	words := strings.Split(name, "_")
	for _, l := range limits {
		if !slices.Contains(l.whole, name) && !slices.Contains(l.ends, words[len(words)-1]) && !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(l.words, w) }) {
			continue
		}
		switch {
		case l.reach != everywhereS3:
			return l.reach, l.reason
		case scheme == "s3":
			return everywhere, "" // a request is signed, and nothing else can be done with the signature
		}
		return privately, l.reason
	}
	if scheme == "rclone" {
		return privately, "the remote of rclone.conf is the user's, and so is what it proves"
	}
	return everywhere, ""
}

// CheckOption returns what is wrong with setting an option of a remote in the
// file of a scope, and what to do, with the code of that; "" if nothing is.
func CheckOption(u URL, name string, s Scope) (code, problem string) {
	const option = "E-remote-option"
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return option, fmt.Sprintf("%q is not the name of an option: those are lower-case words with _ between, as region.", name)
	}
	if u.IsDirectory() {
		return option, fmt.Sprintf("A directory has no options, so %s means nothing.", name)
	}
	reach, reason := optionReach(u.Scheme, name)
	switch {
	case reach == notAtAll:
		return option, fmt.Sprintf("The option %s cannot be set: %s.", name, reason)
	case reach == asSecret:
		return "E-remote-secret", fmt.Sprintf("The option %s cannot be set: %s. `dewar remote login` asks for it and keeps it where nobody else reads it.", name, reason)
	case reach == privately && !s.Private():
		return option, fmt.Sprintf("The option %s cannot be set in the committed file: %s, and a committed file may be a stranger's. Set it for this machine: `dewar remote modify NAME options.%s=VALUE --local`.", name, reason, name)
	}
	return "", ""
}
