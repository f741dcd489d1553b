"""Measures the model on the rows that it has not seen."""

import json

import joblib
import pandas as pd
from sklearn.metrics import accuracy_score, log_loss, recall_score

from config import CONFUSION_FILE, FEATURES_DIR, LABEL, METRICS_FILE, MODELS_DIR, PARAMS

test = pd.read_csv(FEATURES_DIR / "test.csv")
labels = test.pop(LABEL)

model = joblib.load(MODELS_DIR / PARAMS["train"]["model_name"])
predicted = model.predict(test)
metrics = {
    "test_accuracy": round(accuracy_score(labels, predicted), 4),
    "test_recall": round(recall_score(labels, predicted, average="macro"), 4),
    "test_log_loss": round(log_loss(labels, model.predict_proba(test), labels=model.classes_), 4),
}
METRICS_FILE.parent.mkdir(parents=True, exist_ok=True)
METRICS_FILE.write_text(json.dumps(metrics, indent=2) + "\n")
pd.DataFrame({"actual": labels, "predicted": predicted}).to_csv(CONFUSION_FILE, index=False)
print(metrics)
