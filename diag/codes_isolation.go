package diag

// isolationCodes are about images, secrets and levels of isolation.
var isolationCodes = []Code{
	{"E-image-digest", "an image is not named by digest", "A tag says where to look, and not what is found: the image would be another one next month. Write NAME@sha256:…; `dewar image resolve NAME` looks up what the name means now."},
	{"E-image-damaged", "an image is not what an image has to be", "A layer ends too early or is no archive, has an entry that leads out of the image or that no directory of the store can hold (a name that is not UTF-8), or a manifest is none. Nothing of it is used. Fetch or make the image anew."},
	{"E-image-login", "a registry does not give the image to us", "The registry wants a login, or has another opinion of the one it got; some answer so when there is no such image. `docker login` and `podman login` keep logins where dewar finds them."},
	{"E-image-mismatch", "an image is not the one that its digest names", "A manifest, a configuration or a layer has other bytes than its digest says. Nothing of it is used, and nothing goes on with it."},
	{"E-image-name", "this names no image", "An image is a name in a registry (`python:3.12`, `ghcr.io/owner/name:tag`), `oci:DIR` or `tar:FILE`. A directory or an archive with several images needs the digest of one of them."},
	{"E-image-platform", "an image has nothing for this platform", "Commands run as linux programs of this machine's architecture. The message lists what the image is for."},
	{"E-image-size", "an image is larger than is allowed", "An image may have 2,000,000 entries and unpack to 64 GiB, and there must be room for it on the disk of the cache."},
	{"E-image-unknown", "there is no such image", "The registry, the directory or the archive does not have it: it was removed there, or never was. The message says what there is instead, if that can be known."},
	{"E-image-unreachable", "a registry cannot be asked for an image", "It does not answer, or is at a loss; it was tried several times. Nobody is asked without encryption but registries of this machine. What is restored from a cache needs no image, and an image is brought once."},
	{"E-image-missing", "the level image without an image", "`isolation = \"image\"` needs `image`, on the stage or on the pipeline."},
	{"E-secret-missing", "a secret has no value here", "The variable that a stage takes a secret from is not set in the environment of dewar. Set it, or let a sensitive param give the value. What is restored from a cache needs no secrets."},
	{"E-isolation-level", "the isolation that was asked for cannot be had", "`--require-isolation` was given, or nothing less will do (`isolation = \"image\"`), and this machine does not allow the level that the stage asks for. The message has the reason and what helps; `dewar doctor` tries every level. Nothing was executed."},
	{"E-shell", "no shell in this sandbox", "`dewar shell` is in the sandbox of one instance of which all inputs are known: name one, and run what it needs first. The shell itself has to be in the sandbox: with `isolation = \"hermetic\"` a toolchain brings it."},
}
