// Package servers tests dewar-remote against servers that others wrote, each
// started by the test itself: rclone's and gofakes3's S3, fake-gcs-server,
// Azurite, Apache's WebDAV and HTTP, OpenSSH's SFTP, and a stand-in for Google Drive; and
// against a proxy that spoils what passes through it.
//
// It is a module of its own, so that what the tests need is not among what
// dewar-remote links. There is nothing in it but tests.
package servers
