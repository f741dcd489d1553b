import json
import math
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import dewar  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None


def needs(there, what):
    """Skips a test where this machine lacks something; in CI the test fails."""
    if there or os.environ.get("CI") != "true":
        return unittest.skipUnless(there, what)

    def fails(_):
        return lambda self: self.fail("CI must not go without this test: " + what)

    return fails


class InDirectory(unittest.TestCase):
    """A test in an empty working directory."""

    def setUp(self):
        self._before = os.getcwd()
        self._dir = tempfile.TemporaryDirectory()
        os.chdir(self._dir.name)

    def tearDown(self):
        os.chdir(self._before)
        self._dir.cleanup()

    def write(self, name, text):
        with open(name, "w", encoding="utf-8", newline="") as f:
            f.write(text)

    def read(self, name):
        with open(name, "rb") as f:
            return f.read().decode("utf-8")


class TestParams(InDirectory):
    def test_yaml(self):
        self.write("params.yaml", "train:\n  C: 1.0\n  layers:\n    - size: 8\n    - size: 16\nseed: 7\n")
        p = dewar.params()
        self.assertEqual(p, {"train": {"C": 1.0, "layers": [{"size": 8}, {"size": 16}]}, "seed": 7})
        self.assertEqual((p.train.C, p["train"]["C"], p.train.layers[1].size), (1.0, 1.0, 16))
        self.assertIsInstance(p.train.C, float)
        self.assertIsInstance(p.seed, int)

    def test_json(self):
        self.write("params.json", '{"a": {"b": [1, 2.5, null, true]}}')
        self.assertEqual(dewar.params().a.b, [1, 2.5, None, True])

    @needs(sys.version_info >= (3, 11), "tomllib is part of Python since 3.11")
    def test_toml(self):
        self.write("params.toml", "[a]\nb = 1\n")
        self.assertEqual(dewar.params().a.b, 1)

    def test_several(self):
        self.write("params.json", '{"a": 1}')
        self.write("params.yaml", "b: 2\n")
        self.assertEqual(dewar.params(), {"a": 1, "b": 2})
        self.write("params.yaml", "a: 2\n")
        with self.assertRaisesRegex(ValueError, "a is in params.yaml and in params.json"):
            dewar.params()
        self.assertEqual(dewar.params("params.json"), {"a": 1})

    def test_missing(self):
        with self.assertRaisesRegex(FileNotFoundError, "there is no params.yaml"):
            dewar.params()
        self.write("params.yaml", "{}\n")
        p = dewar.params()
        self.assertEqual(p, {})
        with self.assertRaisesRegex(AttributeError, "there is no param lr here, only nothing"):
            p.lr
        with self.assertRaisesRegex(KeyError, "there is no param lr here"):
            p["lr"]
        self.assertEqual(p.get("lr", 3), 3)
        self.assertFalse(hasattr(p, "lr"))

    def test_other_files(self):
        with self.assertRaisesRegex(ValueError, "params files end in"):
            dewar.params("params.ini")
        self.write("list.json", "[1]")
        with self.assertRaisesRegex(ValueError, "names and values, not a list"):
            dewar.params("list.json")


class TestReadYAML(unittest.TestCase):
    CASES = [
        ("{}\n", {}),
        ("", None),
        ("a: 1\n", {"a": 1}),
        ("a: -1\nb: +2\nc: 0\nd: 0x1F\n", {"a": -1, "b": 2, "c": 0, "d": 31}),
        ("a: 1.0\nb: 1.0e-05\nc: .5\nd: 1.\ne: -2.5E+3\n", {"a": 1.0, "b": 1e-5, "c": 0.5, "d": 1.0, "e": -2500.0}),
        ("a: .inf\nb: -.Inf\n", {"a": math.inf, "b": -math.inf}),
        ("a: null\nb: ~\nc: true\nd: False\n", {"a": None, "b": None, "c": True, "d": False}),
        ("a: text with words\nb: x=1,y\nc: -name\nd: path/to.txt\ne: a:b\n", {"a": "text with words", "b": "x=1,y", "c": "-name", "d": "path/to.txt", "e": "a:b"}),
        ("a: 'it''s'\nb: \"q\\\" \\\\ \\n\\t\\x41\\u00e9\\U0001f600\"\nc: \"\"\nd: ''\n", {"a": "it's", "b": "q\" \\ \n\tA\u00e9\U0001f600", "c": "", "d": ""}),
        ('"a: b": 1\n\'c #\': 2\n', {"a: b": 1, "c #": 2}),
        ("a: \"x: y # z\"\nb: 'x: y # z'\n", {"a": "x: y # z", "b": "x: y # z"}),
        ("a: []\nb: {}\nc:\n  - []\n  - {}\n", {"a": [], "b": {}, "c": [[], {}]}),
        ("a:\n  - - 1\n    - 2\n  - - - x\n", {"a": [[1, 2], [["x"]]]}),
        ("a:\n  - b: 1\n    c:\n      - 2\n      - d: 3\n  - 4\n", {"a": [{"b": 1, "c": [2, {"d": 3}]}, 4]}),
        ("? " + "n" * 130 + "\n: 1\n", {"n" * 130: 1}),
        ("a:\n  ? " + "n" * 130 + "\n  :\n    b: 1\n", {"a": {"n" * 130: {"b": 1}}}),
        ("a:\n  b:\n    c: 1\n  d: 2\ne: 3\n", {"a": {"b": {"c": 1}, "d": 2}, "e": 3}),
        ("# of a person\n\na: 1   # one\n\nb:  # two\n  # three\n  c: 2\r\n", {"a": 1, "b": {"c": 2}}),
        ("1: a\n", {1: "a"}),
        ("\u043a\u043b\u044e\u0447: \u0437\u043d\u0430\u0447\u0435\u043d\u0438\u0435\n", {"\u043a\u043b\u044e\u0447": "\u0437\u043d\u0430\u0447\u0435\u043d\u0438\u0435"}),
    ]

    def test_reads(self):
        for text, want in self.CASES:
            with self.subTest(text=text):
                got = dewar.read_yaml(text)
                self.assertEqual(repr(got), repr(want))

    @needs(yaml is not None, "PyYAML is not installed")
    def test_reads_as_pyyaml(self):
        for text, _ in self.CASES:
            with self.subTest(text=text):
                self.assertEqual(repr(dewar.read_yaml(text)), repr(yaml.safe_load(text)))

    def test_refuses(self):
        for text in (
            "a: [1, 2]\n", "a: {b: 1}\n", "a: |\n  text\n", "a: &x 1\n", "a: *x\n", "a: !!str 1\n", "a: yes\n",
            "a: 1e-3\n", "a: 012\n", "a: 12:30\n", "a: 1_000\n", "a: 2020-01-02\n", "a: 'x\n", "a: 'x' y\n", "a: b: c\n",
            "a: 1\na: 2\n", "a:\n    b: 1\n", "a:\n  b: 1\n c: 2\n", "a\n  b\n", '"\\q": 1\n', '"\\x4": 1\n', "? a\nb: 1\n", "a: @b\n",
        ):
            with self.subTest(text=text):
                with self.assertRaisesRegex(ValueError, "line [0-9]+: .*install PyYAML"):
                    dewar.read_yaml(text)


class Tensor:
    def __init__(self, x):
        self.x = x

    def item(self):
        return self.x


class TestSeries(InDirectory):
    def test_log(self):
        with dewar.Log("build/log.jsonl", rows=[{"epoch": 0}]) as log:
            log(epoch=1, loss=0.5)
            self.assertEqual(self.read("build/log.jsonl"), '{"epoch": 0}\n{"epoch": 1, "loss": 0.5}\n')
            log(epoch=Tensor(2), text="\u00e9", path="p", self=1)
        self.assertEqual(self.read("build/log.jsonl").split("\n")[2], '{"epoch": 2, "text": "\u00e9", "path": "p", "self": 1}')
        dewar.Log("build/log.jsonl").close()
        self.assertEqual(self.read("build/log.jsonl"), "")

    def test_one_row(self):
        dewar.log("log.jsonl", a=1)
        dewar.log("log.jsonl", a=2, path="x")
        self.assertEqual(self.read("log.jsonl"), '{"a": 1}\n{"a": 2, "path": "x"}\n')

    def test_metrics(self):
        dewar.metrics("build/m.json", {"b": Tensor(0.25), "a": {"c": [1, None]}})
        self.assertEqual(json.loads(self.read("build/m.json")), {"b": 0.25, "a": {"c": [1, None]}})
        with self.assertRaises(TypeError):
            dewar.metrics("build/m.json", {"b": object()})
        self.assertEqual(json.loads(self.read("build/m.json"))["b"], 0.25)
        self.assertEqual(os.listdir("build"), ["m.json"])


class TestReadme(InDirectory):
    """The examples of README.md are executed, one after the other, and print what stands below them."""

    def test_examples(self):
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        with open(os.path.join(here, "README.md"), encoding="utf-8") as f:
            blocks = f.read().split("```")[1::2]
        ran = 0
        for block in blocks:
            language, _, text = block.partition("\n")
            name, _, rest = language.partition(" ")
            if name in ("yaml", "json") and rest:
                self.write(rest, text)
            elif name == "python":
                out = subprocess.run([sys.executable, "-c", text], env=dict(os.environ, PYTHONPATH=here), stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout
                want = "".join(line[2:] + "\n" for line in text.split("\n") if line.startswith("#>"))
                self.assertEqual(out, want.replace("\n ", "\n").lstrip(" "))
                ran += 1
        self.assertGreaterEqual(ran, 3)


if __name__ == "__main__":
    unittest.main()
