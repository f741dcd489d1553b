package config_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/config"
)

// TestCheckOption: where each option may be set. Names are rclone's.
func TestCheckOption(t *testing.T) {
	urls := map[string]string{"s3": "s3://b", "gs": "gs://b", "azure": "azure://c", "gdrive": "gdrive://f", "sftp": "sftp://h/p", "webdav": "webdav://h/p", "http": "http://h/p", "rclone": "rclone://n/p"}
	for _, c := range []struct{ where, scheme, names string }{
		{"everywhere", "s3", "region provider endpoint force_path_style server_side_encryption sse_kms_key_id storage_class acl env_auth use_accelerate_endpoint upload_concurrency requester_pays role_arn"},
		{"everywhere", "azure", "account access_tier chunk_size env_auth"},
		{"everywhere", "gs", "project_number location bucket_policy_only anonymous"},
		{"everywhere", "gdrive", "team_drive scope use_trash resource_key auth_owner_only client_id"},
		{"everywhere", "sftp", "connections concurrency disable_hashcheck key_use_agent use_fstat idle_timeout"},
		{"everywhere", "webdav", "vendor nextcloud_chunk_size"},
		{"private", "s3", "profile shared_credentials_file sts_endpoint download_url ibm_iam_endpoint"},
		{"private", "gs", "endpoint service_account_file token_url auth_url"},
		{"private", "azure", "endpoint use_az use_msi_endpoint client_certificate_path service_principal_file tenant username use_emulator"},
		{"private", "gdrive", "impersonate auth_url token_url service_account_file"},
		{"private", "sftp", "ssh md5sum_command server_command shell_type subsystem set_env known_hosts_file key_file pubkey_file path_override socks_proxy http_proxy use_insecure_cipher ciphers macs key_exchange host_keys host_key_algorithms pin_host_key"},
		{"private", "webdav", "bearer_token_command auth_redirect unix_socket"},
		{"private", "rclone", "region vendor anything"},
		{"secret", "s3", "access_key_id secret_access_key session_token sse_customer_key ibm_api_key"},
		{"secret", "azure", "key sas_url connection_string client_secret password client_certificate_password"},
		{"secret", "gs", "service_account_credentials access_token token client_secret"},
		{"secret", "sftp", "pass key_pem key_file_pass"},
		{"secret", "webdav", "pass bearer_token headers"},
		{"nowhere", "s3", "bucket type sdk_log_mode"},
		{"nowhere", "sftp", "host port user ask_password"},
		{"nowhere", "webdav", "url user remote"},
		{"nowhere", "gdrive", "root_folder_id"},
	} {
		u, err := config.ParseURL(urls[c.scheme], "")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(c.names) {
			_, committed := config.CheckOption(u, name, config.Project)
			_, private := config.CheckOption(u, name, config.Local)
			got := "everywhere"
			switch {
			case strings.Contains(private, "it is a secret"):
				got = "secret"
			case private != "":
				got = "nowhere"
			case committed != "":
				got = "private"
			}
			if got != c.where {
				t.Errorf("%s %s: %s, want %s (%s)", c.scheme, name, got, c.where, committed)
			}
		}
	}
}
