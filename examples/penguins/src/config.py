"""Paths and settings that every script shares, read from params.yaml."""

from pathlib import Path

import yaml

PARAMS = yaml.safe_load(Path("params.yaml").read_text())

RANDOM_SEED = PARAMS["base"]["random_seed"]

DATA_DIR = Path("assets/data")
FEATURES_DIR = Path("assets/features")
MODELS_DIR = Path("assets/models")
METRICS_FILE = Path("assets/metrics.json")
CONFUSION_FILE = Path("assets/confusion.csv")

DATA_FILE = DATA_DIR / PARAMS["data"]["file_name"]
LABEL = "species"
