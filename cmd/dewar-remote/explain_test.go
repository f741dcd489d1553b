package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/aws/smithy-go"
	"github.com/rclone/rclone/backend/webdav/api"
	"github.com/rclone/rclone/fs"
	"google.golang.org/api/googleapi"

	"github.com/dewar-build/dewar/store/remote"
)

func backend(t *testing.T, at location) *fs.RegInfo {
	t.Helper()
	info, err := fs.Find(at.kind.rclone)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func google(code int, reason string) error {
	return &googleapi.Error{Code: code, Message: "told", Errors: []googleapi.ErrorItem{{Reason: reason}}}
}

func TestExplain(t *testing.T) {
	kinds := []error{remote.ErrAbsent, remote.ErrSize, remote.ErrReadOnly, remote.ErrDenied, remote.ErrCredentials, remote.ErrNoPlace, remote.ErrFull, remote.ErrUnreachable, remote.ErrConfig}
	for _, c := range []struct {
		err  error
		want error // nil: another try may succeed
	}{
		{fs.ErrorObjectNotFound, remote.ErrAbsent},
		{fs.ErrorDirNotFound, remote.ErrNoPlace},
		{&smithy.GenericAPIError{Code: "NoSuchBucket", Message: "x"}, remote.ErrNoPlace},
		{&smithy.GenericAPIError{Code: "ExpiredToken"}, remote.ErrCredentials},
		{&smithy.GenericAPIError{Code: "SlowDown"}, nil},
		{&smithy.GenericAPIError{Code: "InternalError"}, nil},
		{&azcore.ResponseError{StatusCode: 404, ErrorCode: "ContainerNotFound"}, remote.ErrNoPlace},
		{&azcore.ResponseError{StatusCode: 403, ErrorCode: "AuthenticationFailed"}, remote.ErrDenied},
		{&azcore.ResponseError{StatusCode: 503, ErrorCode: "ServerBusy"}, nil},
		{google(403, "storageQuotaExceeded"), remote.ErrFull},
		{google(403, "userRateLimitExceeded"), nil},
		{google(403, "insufficientFilePermissions"), remote.ErrDenied},
		{google(401, "authError"), remote.ErrCredentials},
		{google(404, "notFound"), remote.ErrAbsent},
		{google(500, "backendError"), nil},
		{&api.Error{StatusCode: 507}, remote.ErrFull},
		{&api.Error{StatusCode: 405}, remote.ErrReadOnly},
		{&api.Error{StatusCode: 409}, remote.ErrNoPlace},
		{&api.Error{StatusCode: 502}, nil},
		{errors.New("Open failed: HTTP Error: 403 Forbidden"), remote.ErrDenied},
		{errors.New("Open failed: HTTP Error: 416 Requested Range Not Satisfiable"), remote.ErrSize},
		{&net.DNSError{IsNotFound: true}, remote.ErrNoPlace},
		{&net.DNSError{IsTimeout: true}, remote.ErrUnreachable},
		{syscall.ECONNREFUSED, remote.ErrUnreachable},
		{syscall.ECONNRESET, nil},
		{syscall.ENOSPC, remote.ErrFull},
		{io.ErrUnexpectedEOF, nil},
		{&url.Error{Op: "Get", URL: "http://x", Err: http.ErrHandlerTimeout}, nil},
		{errors.New("ssh: handshake failed: ssh: unable to authenticate"), remote.ErrDenied},
		{errors.New("sftp: \"Failure\" (SSH_FX_FAILURE)"), nil},
	} {
		got := explain(fmt.Errorf("around: %w", c.err))
		for _, kind := range kinds {
			if errors.Is(got, kind) != (kind == c.want) {
				t.Errorf("%v becomes %v", c.err, got)
			}
		}
	}
	if got := explain(fmt.Errorf("around: %w", context.Canceled)); !errors.Is(got, context.Canceled) {
		t.Errorf("%v is not a cancellation", got)
	}
	own := failure{remote.ErrSize, "it ends"}
	if got := explain(own); got != error(own) || !strings.Contains(got.Error(), "another size: it ends") {
		t.Errorf("%v was explained again", got)
	}
}
