#!/usr/bin/env python3
"""A program that speaks the protocol of spec/remote-protocol.md, for places
that are directories: file:///path. It does one request after the other, and
was written from that page alone."""

import json
import os
import sys
import uuid

ROOT = None


class Failure(Exception):
    def __init__(self, kind, text):
        self.kind, self.text = kind, text


def say(**answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def path(name):
    for part in name.split("/"):
        if not part or part.startswith("."):
            raise Failure("protocol", "%r is not a name" % name)
    return os.path.join(ROOT, *name.split("/"))


def size_of(name):
    try:
        return os.path.getsize(path(name)) if os.path.isfile(path(name)) else -1
    except OSError:
        return -1


def hello(r):
    if 1 not in r["versions"]:
        raise Failure("protocol", "this program speaks version 1")
    return {"version": 1, "program": "helper.py 1"}


def open_(r):
    global ROOT
    if not r["url"].startswith("file:///"):
        raise Failure("config", "%s is not file:///path" % r["url"])
    ROOT = r["url"][len("file://"):]
    return {"traits": {"parallel": 1}}


def stat(r):
    return {"sizes": [size_of(name) for name in r.get("names", [])]}


def put(r):
    size, to = r.get("size", 0), path(r["name"])
    try:
        with open(r["file"], "rb") as f:
            data = f.read()
    except OSError as e:
        raise Failure("here", str(e))
    if len(data) != size:
        raise Failure("here", "the file has %d bytes" % len(data))
    os.makedirs(os.path.dirname(to), exist_ok=True)
    whole = os.path.join(ROOT, "." + uuid.uuid4().hex)
    with open(whole, "wb") as f:
        f.write(data)
    os.replace(whole, to)


def get(r, part=False):
    offset, size = r.get("offset", 0), r.get("size", 0)
    have = size_of(r["name"])
    if have < 0:
        raise Failure("absent", "it is not there")
    end = offset + size if part else size
    if end > have or not part and end != have:
        raise Failure("size", "it has %d bytes" % have)
    with open(path(r["name"]), "rb") as f, open(r["file"], "ab") as to:
        f.seek(offset)
        while offset < end:
            piece = f.read(min(1 << 20, end - offset))
            to.write(piece)
            offset += len(piece)
            say(id=r["id"], moved=len(piece))


def list_(r):
    top = path(r["dir"]) if r.get("dir") else ROOT
    for where, _, files in os.walk(top):
        for name in files:
            if name.startswith("."):
                continue
            file = os.path.join(where, name)
            at = os.path.relpath(file, ROOT).replace(os.sep, "/")
            say(id=r["id"], objects=[{"name": at, "size": os.path.getsize(file)}])


def remove(r):
    for name in r.get("names", []):
        if size_of(name) >= 0:
            os.remove(path(name))


OPERATIONS = {
    "hello": hello, "open": open_, "stat": stat, "put": put, "get": get,
    "part": lambda r: get(r, part=True), "list": list_, "remove": remove,
}

for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "cancel":
        continue  # whatever it was, it is over
    try:
        if request["op"] not in OPERATIONS:
            raise Failure("protocol", "there is no " + request["op"])
        result = OPERATIONS[request["op"]](request) or {}
        say(id=request["id"], done=True, **result)
    except Failure as e:
        say(id=request["id"], error={"kind": e.kind, "text": e.text})
    except OSError as e:
        say(id=request["id"], error={"kind": "temporary", "text": str(e)})
