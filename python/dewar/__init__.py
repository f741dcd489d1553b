"""What a script that dewar runs may find handy, and never needs.

    import dewar

    p = dewar.params()                      # the params file that the stage sees
    with dewar.Log("build/log.jsonl") as log:
        for epoch in range(p.train.epochs):
            log(epoch=epoch, loss=...)      # `dewar run` shows it at once
    dewar.metrics("build/metrics.json", {"accuracy": 0.93})

The script works the same when it is run by hand. Nothing here depends on a
package that is not part of Python.
"""

import json
import math
import os
import re

__all__ = ["Log", "Params", "log", "metrics", "params"]
__version__ = "0.1.0"


# Params


class Params(dict):
    """A dict whose names can be read as attributes too: p.train.C is p["train"]["C"].

    A name that dict itself has, like "items", needs brackets.
    """

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(self._lacks(name)) from None

    def __missing__(self, name):
        raise KeyError(self._lacks(name))

    def _lacks(self, name):
        has = ", ".join(sorted(map(str, self))) or "nothing"
        return "there is no param %s here, only %s; a stage sees the params that it declares" % (name, has)


def _params(value):
    if isinstance(value, dict):
        return Params((name, _params(v)) for name, v in value.items())
    if isinstance(value, list):
        return [_params(v) for v in value]
    return value


def params(path=None):
    """Return the params of a file, or of every params.* in the working directory.

    Files end in .yaml, .yml, .json or .toml. YAML is read with PyYAML if that is
    there; without it, what dewar writes for a stage can be read, and not all
    that a person may write. TOML needs Python 3.11 or the package tomli.
    """
    if path is not None:
        return _params(_read(os.fspath(path)))
    found = [n for n in ("params.yaml", "params.yml", "params.json", "params.toml") if os.path.exists(n)]
    if not found:
        raise FileNotFoundError("there is no params.yaml, params.json or params.toml in %s; a stage sees one if it declares params" % os.getcwd())
    out, origin = {}, {}
    for name in found:
        for top, value in _read(name).items():
            if top in out:
                raise ValueError("%s is in %s and in %s" % (top, origin[top], name))
            out[top], origin[top] = value, name
    return _params(out)


def _read(path):
    ext = os.path.splitext(path)[1].lower()
    if ext not in (".yaml", ".yml", ".json", ".toml"):
        raise ValueError("%s: params files end in .yaml, .yml, .json or .toml" % path)
    with open(path, "rb") as f:
        text = f.read().decode("utf-8-sig")
    if ext == ".json":
        out = json.loads(text)
    elif ext == ".toml":
        out = _toml(path, text)
    else:
        out = _yaml(path, text)
    if out is None:
        out = {}
    if not isinstance(out, dict):
        raise ValueError("%s: a params file holds names and values, not a list" % path)
    return out


def _toml(path, text):
    try:
        import tomllib
    except ImportError:
        try:
            import tomli as tomllib
        except ImportError:
            raise ImportError("%s: reading TOML needs Python 3.11 or the package tomli" % path) from None
    return tomllib.loads(text)


def _yaml(path, text):
    try:
        import yaml
    except ImportError:
        return read_yaml(text, path)
    return yaml.safe_load(text)


# The YAML that dewar writes: block style, two spaces a level, scalars on one
# line. A spelling that readers of YAML 1.1 and 1.2 take for different things is never
# written, and not read here either.

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?\Z")
_WORDS = {
    "null": None, "Null": None, "NULL": None, "~": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".nan": math.nan, ".NaN": math.nan, ".NAN": math.nan,
    ".inf": math.inf, ".Inf": math.inf, ".INF": math.inf, "+.inf": math.inf, "+.Inf": math.inf, "+.INF": math.inf,
    "-.inf": -math.inf, "-.Inf": -math.inf, "-.INF": -math.inf,
}
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    '"': '"', "\\": "\\",
}
_HEX_ESCAPES = {"x": 2, "u": 4, "U": 8}


def read_yaml(text, path="params.yaml"):
    """Read the YAML that dewar writes; comments and blank lines may be there too."""
    return _Yaml(text, path).document()


class _Yaml:
    def __init__(self, text, path):
        self.path = path
        self.lines = []  # (number, indent, text)
        for n, line in enumerate(text.split("\n"), 1):
            line = line.rstrip("\r")
            bare = line.lstrip(" ")
            if bare.strip() and not bare.startswith("#"):
                self.lines.append((n, len(line) - len(bare), bare))
        self.at = 0

    def fail(self, what):
        n = self.lines[min(self.at, len(self.lines) - 1)][0] if self.lines else 1
        raise ValueError("%s, line %d: %s; install PyYAML to read any YAML" % (self.path, n, what))

    def document(self):
        if not self.lines:
            return None
        out = self.block(0)
        if self.at < len(self.lines):
            self.fail("this line does not belong to what is above it")
        return out

    def block(self, indent):
        """Read the mapping, sequence or scalar whose first line stands at indent."""
        _, at, text = self.lines[self.at]
        if at != indent:
            self.fail("this line begins in column %d, not %d" % (at + 1, indent + 1))
        if text.startswith("- "):
            return self.sequence(indent)
        if text.startswith("? ") or self.colon(text) is not None:
            return self.mapping(indent)
        self.at += 1
        return self.scalar(text)

    def sequence(self, indent):
        out = []
        while self.here(indent) and self.lines[self.at][2].startswith("- "):
            self.cut(2)
            out.append(self.block(indent + 2))
        return out

    def cut(self, n):
        """Take n characters from the line: what follows stands further right."""
        number, indent, text = self.lines[self.at]
        self.lines[self.at] = (number, indent + n, text[n:])

    def mapping(self, indent):
        out = {}
        while self.here(indent):
            text = self.lines[self.at][2]
            if text.startswith("? "):
                name = self.scalar(text[2:])
                self.at += 1
                if not self.here(indent) or not self.lines[self.at][2].startswith(":"):
                    self.fail("a line with : follows one with ?")
                rest = self.lines[self.at][2][1:]
            else:
                colon = self.colon(text)
                if colon is None:
                    self.fail("this is no name with a value")
                name, rest = self.scalar(text[:colon]), text[colon + 1:]
            if name in out:
                self.fail("the name %s is there twice" % name)
            out[name] = self.value(rest.strip(" "), indent)
        return out

    def value(self, rest, indent):
        """Read the value after a name: on its line, or on those below it."""
        if rest and not rest.startswith("#"):
            out = self.scalar(rest)
            self.at += 1
            return out
        self.at += 1
        if self.at < len(self.lines) and self.lines[self.at][1] > indent:
            return self.block(indent + 2)
        return None

    def here(self, indent):
        return self.at < len(self.lines) and self.lines[self.at][1] == indent

    def colon(self, text):
        """Return where the colon after a name stands, or None."""
        i = self.quoted(text) if text[0] in "\"'" else 0
        while i < len(text):
            if text[i] == ":" and (i + 1 == len(text) or text[i + 1] == " "):
                return i
            if text[i] == "#" and text[i - 1] == " ":
                return None
            i += 1
        return None

    def quoted(self, text):
        """Return the length of the quoted text that text begins with."""
        quote, i = text[0], 1
        while i < len(text):
            if text[i] == "\\" and quote == '"':
                i += 1
            elif text[i] == quote:
                if quote == '"' or text[i + 1:i + 2] != "'":
                    return i + 1
                i += 1
            i += 1
        self.fail("a quotation mark is missing")

    def scalar(self, text):
        text = text.strip(" ")
        if text[:1] in ('"', "'"):
            end = self.quoted(text)
            rest = text[end:].lstrip(" ")
            if rest and not rest.startswith("#"):
                self.fail("something follows a quoted text")
            inner = text[1:end - 1]
            return inner.replace("''", "'") if text[0] == "'" else self.unescape(inner)
        text = text.split(" #")[0].rstrip(" ")
        if text == "{}":
            return {}
        if text == "[]":
            return []
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text):
            return int(text)
        if _HEX.match(text):
            return int(text, 16)
        if _FLOAT.match(text):
            return float(text)
        return self.plain(text)

    def plain(self, text):
        if not text or text[0] in "!&*{}[],|>%@`\"'#?:-" and not re.match(r"-[^\s-]", text) or ": " in text:
            self.fail("%r is more than dewar writes" % text)
        if text.lower() in ("y", "n", "yes", "no", "on", "off", "=", "<<", "nan", "inf") or not text.strip("0123456789abcdefABCDEF_xXoO.:+-tTzZ nNiI") and text[0] in "+-.0123456789":
            self.fail("readers disagree on what %s is; put it in quotes" % text)
        return text

    def unescape(self, text):
        out, i = [], 0
        while i < len(text):
            c = text[i]
            i += 1
            if c != "\\":
                out.append(c)
                continue
            c = text[i]
            i += 1
            if c in _ESCAPES:
                out.append(_ESCAPES[c])
            elif c in _HEX_ESCAPES:
                digits = text[i:i + _HEX_ESCAPES[c]]
                if len(digits) < _HEX_ESCAPES[c] or re.search("[^0-9a-fA-F]", digits):
                    self.fail("\\%s is followed by %d hexadecimal digits" % (c, _HEX_ESCAPES[c]))
                out.append(chr(int(digits, 16)))
                i += len(digits)
            else:
                self.fail("there is no escape \\%s" % c)
        return "".join(out)


# Series and metrics


def _plain(value):
    """Turn numbers of other libraries, an array's element or a tensor, into Python's."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "item"):
        return value.item()
    if hasattr(value, "__float__"):
        return float(value)
    raise TypeError("%r is no number, text, bool, list or dict" % (value,))


def _make_directory(path):
    directory = os.path.dirname(path)
    if directory:
        os.makedirs(directory, exist_ok=True)


class Log:
    """A series in a file of JSON lines, begun anew; each call adds a row at once.

        with dewar.Log("build/log.jsonl") as log:
            log(epoch=1, loss=0.5)

    rows are written first: those that a training remembers which goes on from
    a checkpoint. Declared under `metrics` or `plots` of the stage, the file is
    shown while it grows.
    """

    def __init__(self, path, rows=()):
        path = os.fspath(path)
        _make_directory(path)
        self._file = open(path, "w", encoding="utf-8", newline="\n")
        for row in rows:
            self(**row)

    def __call__(self, /, **values):
        self._file.write(json.dumps(_plain(values), ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self):
        self._file.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def log(path, /, **values):
    """Add one row to a file of JSON lines. For many rows a Log is quicker."""
    path = os.fspath(path)
    _make_directory(path)
    with open(path, "a", encoding="utf-8", newline="\n") as f:
        f.write(json.dumps(_plain(values), ensure_ascii=False) + "\n")


def metrics(path, values):
    """Write a dict of metrics as JSON: the whole file at once, or not at all."""
    path = os.fspath(path)
    _make_directory(path)
    beside = "%s.%d.tmp" % (path, os.getpid())
    try:
        with open(beside, "w", encoding="utf-8", newline="\n") as f:
            f.write(json.dumps(_plain(values), indent=2, ensure_ascii=False) + "\n")
        os.replace(beside, path)
    except BaseException:
        if os.path.exists(beside):
            os.remove(beside)
        raise
