package main

import (
	// The places that there are.
	_ "github.com/rclone/rclone/backend/azureblob"
	_ "github.com/rclone/rclone/backend/drive"
	_ "github.com/rclone/rclone/backend/googlecloudstorage"
	_ "github.com/rclone/rclone/backend/hdfs"
	_ "github.com/rclone/rclone/backend/http"
	_ "github.com/rclone/rclone/backend/memory"
	_ "github.com/rclone/rclone/backend/s3"
	_ "github.com/rclone/rclone/backend/sftp"
	_ "github.com/rclone/rclone/backend/webdav"

	"github.com/dewar-build/dewar/store/remote"
)

const schemeRclone = "rclone"

// kind is what is known of the places of a scheme.
type kind struct {
	scheme string
	rclone string // rclone's name of the backend
	host   string // what stands after ://
	traits remote.Traits
	// place says where the url leads.
	place func(l *location, who, host, dir string) error
	// surroundings adds options that people expect to be taken from the environment.
	surroundings func(p *program, given map[string]string) error
	defaults     map[string]string // options that we take otherwise than rclone
	get          map[string]string // more options where objects are only read: without asking for each before
	rename       bool              // a put is seen while it goes on: it is made under another name first
	wide         bool              // a large object comes faster in several parts at once
	springs      bool              // a bucket is there as soon as something is put into it
}

// Parallel is what a server of the kind bears with, not what is fastest on a
// loopback. Packs are for places that take a tenth of a second for each object.
var kinds = []kind{
	{
		scheme: "s3", rclone: "s3", host: "a bucket", place: inBucket, surroundings: s3Surroundings, wide: true,
		traits: remote.Traits{Parallel: 32, AsksOneByOne: true},
		// Buckets are not made up, and what was written is not asked for again. What we
		// hash ourselves needs no MD5.
		defaults: map[string]string{"no_check_bucket": "true", "no_head": "true", "disable_checksum": "true"},
		get:      map[string]string{"no_head_object": "true"},
	},
	{
		scheme: "gs", rclone: "google cloud storage", host: "a bucket", place: inBucket, surroundings: gsSurroundings, wide: true,
		traits: remote.Traits{Parallel: 32, AsksOneByOne: true},
		// Access is the bucket's: sending lists of it with each object fails where they are off.
		defaults: map[string]string{"no_check_bucket": "true", "bucket_policy_only": "true"},
	},
	{
		scheme: "azure", rclone: "azureblob", host: "a container", place: inBucket, surroundings: azureSurroundings, wide: true,
		traits:   remote.Traits{Parallel: 32, AsksOneByOne: true},
		defaults: map[string]string{"no_check_container": "true", "disable_checksum": "true", "hns": "false"},
	},
	{
		scheme: "gdrive", rclone: "drive", host: "the id of a folder", place: inFolder, surroundings: driveSurroundings,
		traits:   remote.Traits{Parallel: 8, Packs: true, AsksOneByOne: true},
		defaults: map[string]string{"skip_gdocs": "true", "skip_shortcuts": "true", "use_trash": "false", "scope": "drive"},
	},
	{
		scheme: "sftp", rclone: "sftp", host: "a host", place: onServer, surroundings: sshSurroundings, rename: true,
		// Servers refuse the eleventh connection that has not logged in yet.
		traits: remote.Traits{Parallel: 8, AsksOneByOne: true},
		// No command is run on the server, and no times are set there.
		defaults: map[string]string{"shell_type": "none", "disable_hashcheck": "true", "set_modtime": "false", "connections": "8"},
	},
	{
		scheme: "webdav", rclone: "webdav", host: "a host", place: onWeb, surroundings: webdavSurroundings, rename: true,
		traits:   remote.Traits{Parallel: 8, Packs: true, AsksOneByOne: true},
		defaults: webdavDefaults(),
	},
	{
		scheme: "webdavs", rclone: "webdav", host: "a host", place: onWeb, surroundings: webdavSurroundings, rename: true,
		traits:   remote.Traits{Parallel: 8, Packs: true, AsksOneByOne: true},
		defaults: webdavDefaults(),
	},
	{
		scheme: "http", rclone: "http", host: "a host", place: onWeb,
		// A web server may have no listings.
		traits: remote.Traits{Parallel: 16, ReadOnly: true},
		get:    map[string]string{"no_head": "true"},
	},
	{
		scheme: "https", rclone: "http", host: "a host", place: onWeb,
		traits: remote.Traits{Parallel: 16, ReadOnly: true},
		get:    map[string]string{"no_head": "true"},
	},
	{
		scheme: "hdfs", rclone: "hdfs", host: "the server of names", place: inHDFS, rename: true,
		traits: remote.Traits{Parallel: 8, AsksOneByOne: true},
	},
	{
		scheme: schemeRclone, host: "the name of a remote of rclone", place: configured,
		traits: remote.Traits{Parallel: 8, AsksOneByOne: true},
	},
	{
		scheme: "memory", rclone: "memory", host: "a name", place: inBucket, springs: true,
		traits: remote.Traits{Parallel: 8},
	},
}

// webdavDefaults: rclone waits ten milliseconds between two requests, whatever
// there is to do.
func webdavDefaults() map[string]string {
	return map[string]string{"pacer_min_sleep": "10us", "vendor": "other"}
}

func kindOf(scheme string) *kind {
	for i := range kinds {
		if kinds[i].scheme == scheme {
			return &kinds[i]
		}
	}
	return nil
}
