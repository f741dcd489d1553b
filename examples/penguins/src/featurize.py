"""Makes the features: one column a category, columns to remove removed, split in two."""

import pandas as pd
from sklearn.model_selection import train_test_split

from config import DATA_FILE, FEATURES_DIR, LABEL, PARAMS, RANDOM_SEED

table = pd.read_csv(DATA_FILE).drop(columns=PARAMS["features"]["remove"])
labels = table.pop(LABEL)
features = pd.get_dummies(table, dtype=int)
features[LABEL] = labels

train, test = train_test_split(features, test_size=0.25, random_state=RANDOM_SEED, stratify=labels)
FEATURES_DIR.mkdir(parents=True, exist_ok=True)
train.to_csv(FEATURES_DIR / "train.csv", index=False)
test.to_csv(FEATURES_DIR / "test.csv", index=False)
print(f"{features.shape[1] - 1} features, {len(train)} rows to train, {len(test)} to test")
