"""Writes a table of the scores in the JSON files given, best first."""

import json
import sys
from pathlib import Path

page, *files = map(Path, sys.argv[1:])
rows = [(json.loads(file.read_text()), file.stem) for file in files]
rows.sort(key=lambda row: (-row[0]["test_accuracy"], row[1]))
with page.open("w") as out:
    print(f"{'accuracy':>8}  {'recall':>8}  point", file=out)
    for scores, point in rows:
        print(f"{scores['test_accuracy']:8.4f}  {scores['test_recall']:8.4f}  {point}", file=out)
