# Prints what dewar needs to know of the python that runs it, as JSON.
import hashlib
import json
import os
import sys
import sysconfig

try:
    from importlib import metadata
except ImportError:  # before 3.8
    metadata = None


def made_here(line):
    """What an installer writes differs with how it was asked, not with what was installed."""
    name = line.split(",")[0]
    return name.startswith("..") or name.endswith((".pyc", "/INSTALLER", "/REQUESTED", "/direct_url.json"))


def record(dist):
    """The digest of the list of files with their hashes, without what is machine-made."""
    for name in ("RECORD", "SOURCES.txt", "direct_url.json"):
        text = dist.read_text(name)
        if text:
            lines = sorted(line for line in text.splitlines() if not made_here(line))
            return hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return ""


found = {}
if metadata:
    for dist in metadata.distributions():
        name = dist.metadata["Name"]
        if name and name.lower() not in found:  # the first one on sys.path is imported
            found[name.lower()] = {"Name": name.lower(), "Version": dist.version or "", "Record": record(dist)}

path = [p for p in sys.path if os.path.isdir(p)]
known = [os.path.realpath(p) + os.sep for p in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)]
outside = [p for p in path if not any(os.path.realpath(p).startswith(k) for k in known)]
zips = [p for p in sys.path if os.path.isfile(p)]

json.dump(
    {
        "Version": sys.version,
        "Implementation": sys.implementation.name,
        "Tag": (sys.implementation.cache_tag or "") + "-" + (sysconfig.get_config_var("MULTIARCH") or sysconfig.get_platform()),
        "Executable": sys.executable,
        "RealExecutable": os.path.realpath(sys.executable),
        "Prefixes": [
            q
            for p in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
            for q in (p, os.path.realpath(p))
        ],
        "Stdlib": sorted({os.path.realpath(sysconfig.get_path(n)) for n in ("stdlib", "platstdlib")} & {os.path.realpath(p) for p in path}),
        "Path": path + zips,
        "Distributions": [found[n] for n in sorted(found)],
        "Outside": outside,
    },
    sys.stdout,
)
