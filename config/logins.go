package config

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// Login is a way to prove to a place who we are.
type Login struct {
	Name    string // of the way, where a place has several
	Doc     string // for the person who chooses
	Asks    []Ask
	Browser bool // nothing is asked: the program that reaches the place sends the user to a browser
}

// Ask is one thing that is asked for.
type Ask struct {
	Name     string // rclone's, and that in secrets
	Prompt   string
	Optional bool
	Shown    bool // it may be seen while it is typed
	File     bool // it is the path of a file of this machine, which stays there: an option
	Option   bool // it is no secret: an option
}

// Logins returns the ways in which one can log in to a place, the usual one
// first; none, if there is nothing to log in to.
func Logins(u URL) []Login {
	password := Login{Name: "password", Doc: "user name and password", Asks: []Ask{
		{Name: "user", Prompt: "User name", Shown: true}, {Name: "pass", Prompt: "Password"},
	}}
	if u.User != "" {
		password.Asks = password.Asks[1:]
	}
	account := Login{Name: "service-account", Doc: "the file of a service account", Asks: []Ask{
		{Name: "service_account_file", Prompt: "Path of the service account's JSON file", Shown: true, File: true, Option: true},
	}}
	switch u.Scheme {
	case "s3":
		return []Login{{Name: "keys", Doc: "access key", Asks: []Ask{
			{Name: "access_key_id", Prompt: "Access key id", Shown: true},
			{Name: "secret_access_key", Prompt: "Secret access key"},
			{Name: "session_token", Prompt: "Session token (empty if there is none)", Optional: true},
		}}}
	case "azure":
		name := Ask{Name: "account", Prompt: "Storage account", Shown: true, Option: true}
		return []Login{
			{Name: "key", Doc: "the key of the storage account", Asks: []Ask{name, {Name: "key", Prompt: "Account key"}}},
			{Name: "sas", Doc: "a SAS URL", Asks: []Ask{{Name: "sas_url", Prompt: "SAS URL"}}},
			{Name: "connection-string", Doc: "a connection string", Asks: []Ask{{Name: "connection_string", Prompt: "Connection string"}}},
		}
	case "gs":
		return []Login{account}
	case "gdrive":
		return []Login{{Name: "browser", Doc: "in a browser, with a Google account", Browser: true}, account}
	case "sftp":
		return []Login{
			{Name: "password", Doc: "a password", Asks: password.Asks},
			{Name: "key-file", Doc: "a file with a private key", Asks: []Ask{
				{Name: "key_file", Prompt: "Path of the private key", Shown: true, File: true, Option: true},
				{Name: "key_file_pass", Prompt: "Passphrase of the file (empty if there is none)", Optional: true},
			}},
		}
	case "webdav", "webdavs":
		return []Login{password, {Name: "token", Doc: "a token", Asks: []Ask{{Name: "bearer_token", Prompt: "Token"}}}}
	case "http", "https":
		return []Login{password, {Name: "token", Doc: "a token", Asks: []Ask{{Name: "bearer_token", Prompt: "Token"}}}}
	}
	return nil
}

// Kept returns answers to what a login asks in the form in which they are kept.
// Of a web server that is only read it is the header that they end up in.
func Kept(u URL, answers map[string]string) map[string]string {
	if u.Scheme != "http" && u.Scheme != "https" {
		return answers
	}
	switch {
	case answers["bearer_token"] != "":
		return map[string]string{"headers": "Authorization,Bearer " + answers["bearer_token"]}
	case answers["pass"] != "":
		return map[string]string{"headers": "Authorization,Basic " + base64.StdEncoding.EncodeToString([]byte(answers["user"]+":"+answers["pass"]))}
	}
	return answers
}

// Asked returns what is asked for by a name in some way to log in.
func Asked(u URL, name string) (Ask, bool) {
	for _, l := range Logins(u) {
		if i := slices.IndexFunc(l.Asks, func(a Ask) bool { return a.Name == name }); i >= 0 {
			return l.Asks[i], true
		}
	}
	return Ask{}, false
}

// SecretNames returns the names that secrets of a place may have: those that are
// asked for, and some that are only ever obtained.
func SecretNames(u URL) []string {
	var names []string
	for _, l := range Logins(u) {
		for _, a := range l.Asks {
			if !a.Option {
				names = append(names, a.Name)
			}
		}
	}
	switch u.Scheme {
	case "gdrive":
		names = append(names, "client_id", "client_secret", "service_account_credentials", "token")
	case "gs":
		names = append(names, "access_token", "client_id", "client_secret", "service_account_credentials", "token")
	case "azure":
		names = append(names, "client_secret", "client_certificate_password", "password")
	case "sftp":
		names = append(names, "key_pem")
	case "s3":
		names = append(names, "sse_customer_key")
	case "http", "https":
		names = []string{"headers"}
	case "webdav", "webdavs":
		names = append(names, "headers")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Missing says what is missing of what a login asks for, given the answers and the
// options that are set; "" if some way to log in has all it needs.
func Missing(u URL, answers, options map[string]string) string {
	ways := Logins(u)
	if len(ways) == 0 {
		return fmt.Sprintf("There is nothing to log in to at %s.", u)
	}
	if len(answers) == 0 {
		return "No credentials were given. " + Wanted(u)
	}
	for name := range answers {
		if _, asked := Asked(u, name); !asked {
			return "" // for those who know what they do
		}
	}
	for _, l := range ways {
		if l.complete(answers, options) {
			return ""
		}
	}
	return "What was given is not all that is needed. " + Wanted(u)
}

func (l Login) complete(answers, options map[string]string) bool {
	for _, a := range l.Asks {
		if answers[a.Name] == "" && !a.Optional && (!a.Option || options[a.Name] == "") {
			return false
		}
	}
	return len(l.Asks) > 0
}

// Wanted lists what can be given to log in.
func Wanted(u URL) string {
	var ways []string
	for _, l := range Logins(u) {
		var names []string
		for _, a := range l.Asks {
			if a.Optional {
				names = append(names, "["+a.Name+"]")
			} else {
				names = append(names, a.Name)
			}
		}
		if len(names) > 0 {
			ways = append(ways, strings.Join(names, ", "))
		}
	}
	return fmt.Sprintf("For %s:// it is %s.", u.Scheme, strings.Join(ways, "; or "))
}
