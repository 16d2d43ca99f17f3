"""scikit-learn's LogisticRegression on the tasks of prepare.py: `logistic_regression.py FOLDER`.

Writes FOLDER/<task>-<split>-C<C>.npy, float32 `[test samples, classes]`: the probabilities of the test data.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

folder = Path(sys.argv[1])
# In float32 its solver stops earlier.
embeddings = np.load(folder / "embeddings.npy").astype(np.float64)

for task in json.loads((folder / "tasks.json").read_text()):
    for number, split in enumerate(task["splits"]):
        train, test = split["train"], split["test"]
        for C in [1, 10]:
            model = LogisticRegression(C=C, max_iter=10_000).fit(embeddings[train["rows"]], train["labels"])
            probabilities = model.predict_proba(embeddings[test["rows"]])
            np.save(folder / f"{task['name']}-{number}-C{C}.npy", probabilities.astype(np.float32))
