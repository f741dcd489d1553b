"""Makes rows of two measures and a class, the same for the same seed on every machine."""

import csv
import sys

import dewar


def numbers(seed):
    """A generator of our own: that of the standard library may differ from version to version."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 33) / 2**31


p = dewar.params()
draw = numbers(p.data.seed)
with open(sys.argv[1], "w", newline="") as f:
    rows = csv.writer(f, lineterminator="\n")
    rows.writerow(["length", "width", "kind"])
    for _ in range(p.data.rows):
        kind = int(next(draw) < 0.5)
        length = sum(next(draw) for _ in range(4)) + 0.6 * kind
        width = sum(next(draw) for _ in range(4)) - 0.9 * kind
        rows.writerow([round(length, 6), round(width, 6), kind])
