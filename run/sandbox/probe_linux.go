package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// probe starts a keeper and ends it again.
func probe() error {
	answer := make(chan error)
	go func() {
		runtime.LockOSThread() // see startClient
		c, err := startClient(false)
		if err == nil {
			c.stop()
		}
		answer <- err
	}()
	return <-answer
}

// refusedStart explains why the namespaces could not be made. What tells is
// the error number: no setting is reported by any other means on all systems.
func refusedStart(err error) error {
	var e syscall.Errno
	if !errors.As(err, &e) {
		return fmt.Errorf("sandbox: start a keeper: %w", err)
	}
	switch e {
	case syscall.EPERM, syscall.EACCES:
		return &Refused{"user namespaces are not permitted: " + err.Error(), permissionAdvice()}
	case syscall.ENOSPC, syscall.EUSERS:
		return &Refused{"no more user namespaces are allowed: " + err.Error(), "raise it: sysctl -w user.max_user_namespaces=10000"}
	case syscall.EINVAL, syscall.ENOSYS:
		return &Refused{"this kernel has no user namespaces: " + err.Error(), ""}
	}
	return fmt.Errorf("sandbox: start a keeper: %w", err)
}

// refusedHello explains why the skeleton could not be built in them.
func refusedHello(op string, e syscall.Errno) error {
	reason := op + ": " + e.Error()
	switch {
	case e == syscall.ENOSYS:
		return &Refused{"this kernel is too old for the sandbox: " + reason, "Linux 5.12 or newer is needed"}
	case e == syscall.EPERM && op == "mount /proc":
		return &Refused{"parts of /proc are masked here, as containers do: " + reason, "run the container with --security-opt systempaths=unconfined"}
	case e == syscall.EPERM || e == syscall.EACCES:
		return &Refused{"namespaces are restricted: " + reason, permissionAdvice()}
	}
	return &Refused{"the sandbox could not be built: " + reason, ""}
}

// permissionAdvice looks for what usually forbids user namespaces.
func permissionAdvice() string {
	switch {
	case setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
		return "AppArmor restricts user namespaces: allow them for dewar by a profile with the line \"userns,\", or for all: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
	case setting("kernel/unprivileged_userns_clone") == "0":
		return "allow them: sysctl -w kernel.unprivileged_userns_clone=1"
	case setting("user/max_user_namespaces") == "0":
		return "allow them: sysctl -w user.max_user_namespaces=10000"
	}
	return "in a container, its seccomp profile forbids them: run it with --security-opt seccomp=unconfined, or with a profile that allows clone and unshare"
}

func setting(name string) string {
	b, _ := os.ReadFile("/proc/sys/" + name)
	return strings.TrimSpace(string(b))
}
