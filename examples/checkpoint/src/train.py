"""Fits a logistic regression by gradient descent, and can be interrupted.

    python3 train.py DATA CHECKPOINTS MODEL LOG METRICS

Every few epochs all that it needs to go on goes into CHECKPOINTS: what it has learned
and the rows of the log so far, since LOG itself is gone if it is interrupted.
"""

import csv
import json
import math
import os
import sys

import dewar

data, checkpoints, model, log_file, metrics_file = sys.argv[1:]
p = dewar.params().train

with open(data, newline="") as f:
    rows = [(float(r["length"]), float(r["width"]), int(r["kind"])) for r in csv.DictReader(f)]


def predict(w, row):
    return 1 / (1 + math.exp(-(w[0] + w[1] * row[0] + w[2] * row[1])))


def epoch(w):
    """One pass over all rows: the new weights, the mean loss, the share of rows it got right."""
    gradient, loss, right = [0.0, 0.0, 0.0], 0.0, 0
    for row in rows:
        y = predict(w, row)
        error = y - row[2]
        loss -= math.log(y if row[2] else 1 - y)
        right += (y > 0.5) == bool(row[2])
        for i, x in enumerate((1.0, row[0], row[1])):
            gradient[i] += error * x
    n = len(rows)
    return [a - p.rate * g / n for a, g in zip(w, gradient)], loss / n, right / n


def save(state):
    """All of a checkpoint or nothing: it may be killed while it writes."""
    beside = os.path.join(checkpoints, "new.json")
    with open(beside, "w") as f:
        json.dump(state, f)
    os.replace(beside, os.path.join(checkpoints, "last.json"))


state = {"epoch": 0, "weights": [0.0, 0.0, 0.0], "log": []}
try:
    with open(os.path.join(checkpoints, "last.json")) as f:
        state = json.load(f)
    print("goes on after epoch", state["epoch"], flush=True)
except FileNotFoundError:
    print("begins", flush=True)

with dewar.Log(log_file, rows=state["log"]) as log:
    while state["epoch"] < p.epochs:
        state["weights"], loss, accuracy = epoch(state["weights"])
        state["epoch"] += 1
        row = {"epoch": state["epoch"], "loss": round(loss, 6), "accuracy": round(accuracy, 4)}
        log(**row)
        state["log"].append(row)
        print("epoch", state["epoch"], flush=True)
        if state["epoch"] % p.checkpoint_every == 0:
            save(state)

os.makedirs(os.path.dirname(model), exist_ok=True)
with open(model, "w") as f:
    json.dump({"weights": [round(w, 9) for w in state["weights"]]}, f)
dewar.metrics(metrics_file, {k: state["log"][-1][k] for k in ("loss", "accuracy")})
