"""Takes the raw table in: rows without measurements are left out."""

import pandas as pd

from config import DATA_DIR, DATA_FILE

table = pd.read_csv("data/penguins.csv")
table = table.dropna().reset_index(drop=True)

DATA_DIR.mkdir(parents=True, exist_ok=True)
table.to_csv(DATA_FILE, index=False)
print(f"{len(table)} penguins")
