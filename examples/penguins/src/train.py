"""Trains a logistic regression on the features."""

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from config import FEATURES_DIR, LABEL, MODELS_DIR, PARAMS, RANDOM_SEED

train = pd.read_csv(FEATURES_DIR / "train.csv")
labels = train.pop(LABEL)

settings = PARAMS["train"]
model = make_pipeline(
    StandardScaler(),
    LogisticRegression(
        C=settings["C"],
        max_iter=settings["max_iter"],
        solver=settings.get("solver", "lbfgs"),
        random_state=RANDOM_SEED,
    ),
)
model.fit(train, labels)

MODELS_DIR.mkdir(parents=True, exist_ok=True)
joblib.dump(model, MODELS_DIR / settings["model_name"])
