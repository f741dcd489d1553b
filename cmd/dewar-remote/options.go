package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/rclone/rclone/fs"
	"github.com/rclone/rclone/fs/config/obscure"

	"github.com/dewar-build/dewar/store/remote/wire"
)

// check refuses options that the backend does not have, and those that the url gives.
func check(info *fs.RegInfo, k *kind, given map[string]string) error {
	names := make([]string, 0, len(info.Options))
	for _, o := range info.Options {
		names = append(names, o.Name)
	}
	unknown := make([]string, 0, len(given))
	for name := range given {
		if info.Options.Get(name) == nil {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	if len(unknown) == 0 {
		return nil
	}
	return misconfigured("%s:// has no option %q%s", k.scheme, unknown[0], suggest(unknown[0], names))
}

// obscured returns the options as rclone wants them: passwords in the form of
// its configuration file.
func obscured(info *fs.RegInfo, given map[string]string) (map[string]string, error) {
	out := make(map[string]string, len(given))
	for name, value := range given {
		if o := info.Options.Get(name); o != nil && o.IsPassword && value != "" {
			hidden, err := obscure.Obscure(value)
			if err != nil {
				return nil, err
			}
			value = hidden
		}
		out[name] = value
	}
	return out, nil
}

var (
	// secretName are options that are secret though rclone does not say so.
	secretName = regexp.MustCompile(`(^|_)(secret|password|pass|token|credentials|key|key_pem|sas_url|connection_string|headers)(_|$)`)
	// publicName are options that only sound so.
	publicName = regexp.MustCompile(`^(key_use_agent|key_exchange|key_file|host_keys?|host_key_algorithms|pubkey.*|known_hosts_file|token_url|sse_kms_key_id|sse_customer_key_md5|pin_host_key|resource_key|env_auth|ask_password|client_credentials|shared_credentials_file|.*_command)$`)
	// commandName are options whose value is run, or decides what is run or where it is read from.
	commandName = regexp.MustCompile(`(^ssh$|_command$|^command|_helper$|^plugin|^set_env$|^subsystem$|^md5sum|^sha1sum)`)
)

func isSecret(o fs.Option) bool {
	return !publicName.MatchString(o.Name) && (o.IsPassword || secretName.MatchString(o.Name))
}

// Describe says what options a url may have.
func (p *program) Describe(text string) (*wire.Backend, error) {
	at, err := parse(text)
	if err != nil {
		return nil, err
	}
	if at.kind.scheme == schemeRclone {
		return &wire.Backend{Name: schemeRclone, Title: "A remote of rclone's own configuration"}, nil
	}
	info, err := fs.Find(at.kind.rclone)
	if err != nil {
		return nil, err
	}
	b := &wire.Backend{Name: at.kind.scheme, Title: info.Description, Login: canLogin(info)}
	for _, o := range info.Options {
		if _, byURL := at.options[o.Name]; !byURL {
			b.Options = append(b.Options, describe(at.kind, o))
		}
	}
	slices.SortFunc(b.Options, func(a, b wire.Option) int { return strings.Compare(a.Name, b.Name) })
	b.Options = slices.CompactFunc(b.Options, func(a, b wire.Option) bool { return a.Name == b.Name })
	return b, nil
}

func describe(k *kind, o fs.Option) wire.Option {
	help, _, _ := strings.Cut(o.Help, "\n")
	d := wire.Option{
		Name: o.Name, Help: help, Default: o.String(),
		Secret: isSecret(o), Private: o.Sensitive, Command: commandName.MatchString(o.Name),
	}
	if ours, ok := k.defaults[o.Name]; ok {
		d.Default = ours
	}
	return d
}

// suggest is what was perhaps meant.
func suggest(wrong string, known []string) string {
	best, least := "", 3
	for _, name := range known {
		if d := distance(wrong, strings.TrimSuffix(name, "://")); d < least || d == least && best != "" && name < best {
			best, least = name, d
		}
	}
	if best == "" {
		return ""
	}
	return "; is it " + best + "?"
}

// distance is how many letters have to be changed, added or taken away.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
