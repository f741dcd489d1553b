package keeper

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// The user that every command is, for those who ask for a name.
const (
	user     = "dewar:x:1000:1000:dewar:" + Home + ":/bin/sh\n"
	group    = "dewar:x:1000:\n"
	passwd   = "root:x:0:0:root:/root:/bin/sh\n" + user + "nobody:x:65534:65534:nobody:/:/bin/false\n"
	groups   = "root:x:0:\n" + group + "nogroup:x:65534:\n"
	anywhere = "00000000000000000000000000000000\n" // a machine's ID
)

// hosts is /etc/hosts of a machine without a network.
func hosts(name string) string { return "127.0.0.1\tlocalhost " + name + "\n::1\tlocalhost\n" }

// etcFile is a file of /etc with its text.
type etcFile struct{ name, text string }

// identity replaces the files of /etc that tell one machine or one person
// from another, and hides what only root may read: commands of a dewar that
// root runs are root's, seen from outside.
func identity(online, root bool) *failure {
	files := []etcFile{{"passwd", passwd}, {"group", groups}, {"hostname", Host + "\n"}, {"machine-id", anywhere}}
	if !online {
		files = append(files, etcFile{"hosts", hosts(Host)})
	}
	for _, f := range files {
		if fail := cover(base, f.name, f.text, 0o444); fail != nil {
			return fail
		}
	}
	if online {
		resolver("/etc/resolv.conf")
	}
	if !root {
		return nil
	}
	for _, name := range secrets() {
		if fail := cover(base, name, "", 0); fail != nil {
			return fail
		}
	}
	return nil
}

// minimalEtc makes the /etc of a skeleton that has nothing of the host.
func minimalEtc(online bool) *failure {
	if err := unix.Mkdir(base+"/etc", 0o755); err != nil {
		return failed("mkdir /etc", err)
	}
	files := []etcFile{
		{"passwd", passwd}, {"group", groups}, {"hostname", Host + "\n"}, {"machine-id", anywhere},
		{"nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"},
	}
	for _, f := range append(files, addresses(online)...) {
		if fail := create(base+"/etc/"+f.name, f.text, 0o444); fail != nil {
			return fail
		}
	}
	return nil
}

// addresses are the files that say where other machines are: the host's, for who uses its network.
func addresses(online bool) []etcFile {
	if !online {
		return []etcFile{{"hosts", hosts(Host)}}
	}
	var files []etcFile
	for _, name := range []string{"hosts", "resolv.conf"} {
		if text, err := os.ReadFile("/etc/" + name); err == nil {
			files = append(files, etcFile{name, string(text)})
		}
	}
	return files
}

// secrets lists what in /etc is not for everyone.
func secrets() []string {
	names := []string{"ssl/private", "pki/tls/private", "ssh"}
	entries, _ := os.ReadDir("/etc")
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.Type()&os.ModeSymlink != 0 || e.Name() == "ssh" {
			continue
		}
		if info.Mode().Perm()&0o004 == 0 {
			names = append(names, e.Name())
		}
	}
	return names
}

// coverAt is where what covers something stands until it does. An image's entry of this name is left out.
const coverAt = "/.cover"

// cover puts a file with the given text over a path of root's /etc, or an empty
// directory over a directory. What does not exist stays so.
func cover(root, name, text string, perm os.FileMode) *failure {
	at := root + "/etc/" + name
	var st unix.Stat_t
	if unix.Lstat(at, &st) != nil || st.Mode&unix.S_IFMT == unix.S_IFLNK {
		return nil
	}
	tmp := root + coverAt
	remove := unix.Unlink
	if st.Mode&unix.S_IFMT == unix.S_IFDIR {
		remove = unix.Rmdir
		if err := unix.Mkdir(tmp, uint32(perm)); err != nil {
			return failed("mkdir for "+at, err)
		}
	} else if fail := create(tmp, text, perm); fail != nil {
		return fail
	}
	if fail := bind(tmp, at, readOnly); fail != nil {
		return fail
	}
	return failed("remove "+tmp, remove(tmp)) // the mount keeps it
}

// resolver makes /etc/resolv.conf, which is link here, readable where it leads into /run, which is
// hidden. Without it names are not resolved, which the command will notice.
func resolver(link string) {
	text, err := os.ReadFile("/etc/resolv.conf")
	to, lerr := os.Readlink(link)
	if err != nil || lerr != nil {
		return
	}
	if !strings.HasPrefix(to, "/") {
		to = "/etc/" + to
	}
	for strings.HasPrefix(to, "/etc/../") {
		to = to[len("/etc/.."):]
	}
	if strings.HasPrefix(to, "/run/") && !strings.Contains(to, "/../") {
		new(maker).dir(parent(base + to))
		create(base+to, string(text), 0o444)
	}
}
