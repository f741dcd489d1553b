package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/aws/smithy-go"
	"github.com/rclone/rclone/backend/webdav/api"
	"github.com/rclone/rclone/fs"
	"golang.org/x/crypto/ssh/knownhosts"
	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"github.com/dewar-build/dewar/store/remote"
)

// failure is an error of one of the kinds of store/remote, with what there is
// to say of it.
type failure struct {
	is   error
	text string
}

func (f failure) Error() string { return f.is.Error() + ": " + f.text }
func (f failure) Unwrap() error { return f.is }

// explain finds out what a person can do about an error of rclone. What it
// does not know may be better at the next try.
func explain(err error) error {
	var known failure
	switch {
	case err == nil, errors.As(err, &known), errors.Is(err, remote.ErrConfig), errors.Is(err, remote.ErrReadOnly), errors.Is(err, remote.ErrHere):
		return err
	case errors.Is(err, context.Canceled):
		return err
	}
	for _, ask := range []func(error) error{byRclone, byCloud, byNetwork, byText} {
		if is := ask(err); is != nil {
			return failure{is, told(err)}
		}
	}
	return errors.New(told(err))
}

func byRclone(err error) error {
	switch {
	case errors.Is(err, fs.ErrorObjectNotFound), errors.Is(err, iofs.ErrNotExist):
		return remote.ErrAbsent
	case errors.Is(err, fs.ErrorDirNotFound):
		return remote.ErrNoPlace
	case errors.Is(err, fs.ErrorPermissionDenied), errors.Is(err, iofs.ErrPermission):
		return remote.ErrDenied
	case errors.Is(err, fs.ErrorNotFoundInConfigFile), errors.Is(err, fs.ErrorIsFile):
		return remote.ErrConfig
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return remote.ErrFull
	}
	return nil
}

// codes are what clouds call their errors.
var codes = map[string]error{
	// S3
	"NoSuchBucket": remote.ErrNoPlace, "NoSuchKey": remote.ErrAbsent, "InvalidBucketName": remote.ErrConfig,
	"AccessDenied": remote.ErrDenied, "InvalidAccessKeyId": remote.ErrDenied, "SignatureDoesNotMatch": remote.ErrDenied,
	"InvalidToken": remote.ErrDenied, "AccountProblem": remote.ErrDenied, "AllAccessDisabled": remote.ErrDenied,
	"ExpiredToken": remote.ErrCredentials, "TokenRefreshRequired": remote.ErrCredentials,
	"QuotaExceeded": remote.ErrFull, "XMinioStorageFull": remote.ErrFull, "InsufficientCapacity": remote.ErrFull,
	"PermanentRedirect": remote.ErrConfig, "AuthorizationHeaderMalformed": remote.ErrConfig, "IllegalLocationConstraintException": remote.ErrConfig,
	"InvalidRange": remote.ErrSize, "RequestTimeTooSkewed": remote.ErrConfig,
	// Azure
	"ContainerNotFound": remote.ErrNoPlace, "BlobNotFound": remote.ErrAbsent, "ResourceNotFound": remote.ErrNoPlace,
	"AuthenticationFailed": remote.ErrDenied, "AuthorizationFailure": remote.ErrDenied, "AuthorizationPermissionMismatch": remote.ErrDenied,
	"InsufficientAccountPermissions": remote.ErrDenied, "AccountIsDisabled": remote.ErrDenied, "NoAuthenticationInformation": remote.ErrCredentials,
	"InvalidResourceName": remote.ErrConfig,
	// Google
	"storageQuotaExceeded": remote.ErrFull, "quotaExceeded": remote.ErrFull, "teamDriveFileLimitExceeded": remote.ErrFull,
	"authError": remote.ErrCredentials, "insufficientFilePermissions": remote.ErrDenied, "insufficientPermissions": remote.ErrDenied,
	"dailyLimitExceeded": remote.ErrDenied, "accessNotConfigured": remote.ErrConfig,
}

// passing are the codes of what passes, though their status says otherwise.
var passing = map[string]bool{
	"rateLimitExceeded": true, "userRateLimitExceeded": true, "SlowDown": true, "ServerBusy": true, "RequestTimeout": true, "OperationAborted": true,
}

func byCloud(err error) error {
	for _, code := range codesOf(err) {
		if passing[code] {
			return nil
		}
		if is := codes[code]; is != nil {
			return is
		}
	}
	return byStatus(statusOf(err))
}

func codesOf(err error) []string {
	var aws smithy.APIError
	var azure *azcore.ResponseError
	var google *googleapi.Error
	var out []string
	switch {
	case errors.As(err, &aws):
		out = append(out, aws.ErrorCode())
	case errors.As(err, &azure):
		out = append(out, azure.ErrorCode)
	case errors.As(err, &google):
		for _, item := range google.Errors {
			out = append(out, item.Reason)
		}
	}
	return out
}

var statusText = regexp.MustCompile(`(?:HTTP Error|StatusCode|status code|bad response):? (\d{3})`)

// statusOf is the status of HTTP in an error, or 0.
func statusOf(err error) int {
	var aws interface{ HTTPStatusCode() int }
	var azure *azcore.ResponseError
	var google *googleapi.Error
	var dav *api.Error
	switch {
	case errors.As(err, &aws):
		return aws.HTTPStatusCode()
	case errors.As(err, &azure):
		return azure.StatusCode
	case errors.As(err, &google):
		return google.Code
	case errors.As(err, &dav):
		return dav.StatusCode
	}
	if m := statusText.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

func byStatus(status int) error {
	switch status {
	case 401, 403, 407:
		return remote.ErrDenied
	case 404, 410:
		return remote.ErrAbsent
	case 405, 501:
		return remote.ErrReadOnly
	case 409:
		return remote.ErrNoPlace // WebDAV: the directory above is not there
	case 416:
		return remote.ErrSize
	case 507:
		return remote.ErrFull
	case 400, 301, 302, 307, 308:
		return remote.ErrConfig
	}
	return nil
}

func byNetwork(err error) error {
	var name *net.DNSError
	var untrusted *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var plain tls.RecordHeaderError
	var host *knownhosts.KeyError
	var token *oauth2.RetrieveError
	var timeout net.Error
	switch {
	case strings.Contains(err.Error(), "/computeMetadata/"):
		return remote.ErrCredentials // the last thing that is tried
	case errors.As(err, &name) && name.IsNotFound:
		return remote.ErrNoPlace
	case errors.As(err, &untrusted), errors.As(err, &authority), errors.As(err, &plain):
		return remote.ErrConfig
	case errors.As(err, &host):
		return remote.ErrDenied
	case errors.As(err, &token):
		return remote.ErrCredentials
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH),
		errors.As(err, &name), errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return remote.ErrUnreachable
	}
	return nil
}

// texts are for errors that are nothing but text.
var texts = []struct {
	part string
	is   error
}{
	{"no EC2 IMDS role found", remote.ErrCredentials},
	{"failed to refresh cached credentials", remote.ErrCredentials},
	{"get credentials:", remote.ErrCredentials},
	{"could not find default credentials", remote.ErrCredentials},
	{"empty token found", remote.ErrCredentials},
	{"couldn't fetch token", remote.ErrCredentials},
	{"token expired", remote.ErrCredentials},
	{"DefaultAzureCredential", remote.ErrCredentials},
	{"couldn't connect to ssh-agent", remote.ErrCredentials},
	{"unable to authenticate", remote.ErrDenied},
	{"knownhosts:", remote.ErrDenied},
	{"connection refused", remote.ErrUnreachable},
	{"no such host", remote.ErrNoPlace},
	{"no route to host", remote.ErrUnreachable},
	{"i/o timeout", remote.ErrUnreachable},
	{"no space left on device", remote.ErrFull},
	{"quota exceeded", remote.ErrFull},
	{"server gave HTTP response to HTTPS client", remote.ErrConfig},
	{"failed to parse private key", remote.ErrConfig},
	{"private key", remote.ErrConfig},
	{"couldn't parse", remote.ErrConfig},
	{"couldn't decrypt", remote.ErrConfig},
	{"illegal base64", remote.ErrConfig},
	{"not found in", remote.ErrConfig},
}

func byText(err error) error {
	for _, t := range texts {
		if strings.Contains(err.Error(), t.part) {
			return t.is
		}
	}
	return nil
}

// told is what the cloud said, without what its library puts around it.
func told(err error) string {
	var aws smithy.APIError
	var azure *azcore.ResponseError
	var google *googleapi.Error
	var transport *url.Error
	switch {
	case strings.Contains(err.Error(), "no EC2 IMDS role found"):
		return "neither the secrets, nor the variables of AWS, nor its files, nor this machine has any"
	case strings.Contains(err.Error(), "/computeMetadata/"):
		return "neither the options and secrets, nor GOOGLE_APPLICATION_CREDENTIALS, nor gcloud's files, nor this machine has any"
	case strings.Contains(err.Error(), "rclone config reconnect"):
		return "the login has expired, or was taken back"
	case errors.As(err, &transport):
		return transport.Error()
	case errors.As(err, &aws) && aws.ErrorMessage() == aws.ErrorCode():
		return aws.ErrorCode() // an answer without a body
	case errors.As(err, &aws) && aws.ErrorMessage() != "":
		return aws.ErrorCode() + ": " + aws.ErrorMessage()
	case errors.As(err, &azure) && azure.ErrorCode != "":
		return fmt.Sprintf("%s (status %d)", azure.ErrorCode, azure.StatusCode)
	case errors.As(err, &google) && google.Message != "":
		return fmt.Sprintf("%s (status %d)", google.Message, google.Code)
	}
	return err.Error()
}
