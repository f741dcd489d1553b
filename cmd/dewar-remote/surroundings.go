package main

import (
	"strings"

	"github.com/dewar-build/dewar/store/remote"
)

// The programs of each cloud take credentials from variables and files that
// people have set up already. Whoever gives some explicitly gets no others.

// unset reports whether none of the options is given.
func unset(given map[string]string, names ...string) bool {
	for _, name := range names {
		if given[name] != "" {
			return false
		}
	}
	return true
}

// fill gives an option the value of the first variable that is set.
func (p *program) fill(given map[string]string, option string, variables ...string) {
	for _, v := range variables {
		if _, set := given[option]; set {
			return
		}
		if value := p.getenv(v); value != "" {
			given[option] = value
		}
	}
}

func s3Surroundings(p *program, given map[string]string) error {
	if unset(given, "access_key_id", "secret_access_key", "env_auth") {
		given["env_auth"] = "true" // the SDK's own chain: variables, files, the machine's role
		p.fill(given, "profile", "AWS_PROFILE")
	}
	p.fill(given, "region", "AWS_REGION", "AWS_DEFAULT_REGION")
	p.fill(given, "endpoint", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
	if _, set := given["provider"]; !set {
		given["provider"] = s3Provider(given["endpoint"])
	}
	return nil
}

// s3Provider is rclone's word for whose S3 it is, which decides its quirks.
func s3Provider(endpoint string) string {
	host := strings.ToLower(endpoint)
	for _, known := range [][2]string{
		{"amazonaws.com", "AWS"}, {"r2.cloudflarestorage.com", "Cloudflare"}, {"digitaloceanspaces.com", "DigitalOcean"},
		{"wasabisys.com", "Wasabi"}, {"scw.cloud", "Scaleway"}, {"storage.googleapis.com", "GCS"}, {"linodeobjects.com", "Linode"},
		{"idrivee2", "IDrive"}, {"storjshare.io", "Storj"}, {"aliyuncs.com", "Alibaba"}, {"your-objectstorage.com", "Hetzner"},
		{"ovh.net", "OVHcloud"}, {"exo.io", "Exoscale"}, {"myqcloud.com", "TencentCOS"},
	} {
		if strings.Contains(host, known[0]) {
			return known[1]
		}
	}
	if endpoint == "" {
		return "AWS"
	}
	return "Other"
}

func gsSurroundings(p *program, given map[string]string) error {
	if emulator := p.getenv("STORAGE_EMULATOR_HOST"); emulator != "" && unset(given, "endpoint") {
		if !strings.Contains(emulator, "://") {
			emulator = "http://" + emulator
		}
		given["endpoint"] = strings.TrimSuffix(emulator, "/") + "/storage/v1/"
		given["anonymous"] = "true"
	}
	if unset(given, "service_account_file", "service_account_credentials", "access_token", "anonymous", "token", "env_auth") {
		given["env_auth"] = "true"
	}
	return nil
}

func azureSurroundings(p *program, given map[string]string) error {
	if unset(given, "key", "sas_url", "connection_string", "client_secret", "client_certificate_path", "password", "service_principal_file", "use_msi", "use_emulator", "use_az") {
		p.fill(given, "connection_string", "AZURE_STORAGE_CONNECTION_STRING")
		p.fill(given, "key", "AZURE_STORAGE_KEY")
	}
	p.fill(given, "account", "AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME")
	if unset(given, "key", "sas_url", "connection_string", "use_emulator", "use_az", "env_auth", "use_msi", "client_secret", "client_certificate_path", "password", "service_principal_file") {
		if given["account"] == "" {
			return misconfigured("whose container it is is not known: options need account, or the variable AZURE_STORAGE_ACCOUNT is set")
		}
		given["env_auth"] = "true"
	}
	return nil
}

func driveSurroundings(p *program, given map[string]string) error {
	if !unset(given, "token", "service_account_file", "service_account_credentials", "env_auth") {
		return nil
	}
	if p.getenv("GOOGLE_APPLICATION_CREDENTIALS") == "" {
		return failure{remote.ErrCredentials, "Google Drive needs a login, or a service account whose file is given in the variable GOOGLE_APPLICATION_CREDENTIALS"}
	}
	given["env_auth"] = "true"
	return nil
}

func webdavSurroundings(p *program, given map[string]string) error {
	if given["user"] != "" && unset(given, "pass", "bearer_token") {
		return failure{remote.ErrCredentials, "there is a user, but no pass in secrets"}
	}
	return nil
}
