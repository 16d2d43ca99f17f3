"""Embeds the texts and splits them: `prepare.py PACKAGES FOLDER` writes FOLDER/embeddings.npy and FOLDER/tasks.json.

tasks.json: `[{name, title, classNames, splits: [{train, test}]}]`, where `train` and `test` are `{rows, labels}`: rows of
embeddings.npy and their classes.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split

from embedding import embed
from packages import read_intents, read_rated_texts

SEEDS = range(5)
TEST_SIZE = 1000
FEW_PER_CLASS = 200
TEXTS_PER_SOURCE = 1000
FOLDS = 4

packages, folder = map(Path, sys.argv[1:])
texts = []


def add(new_texts):
    """The rows that they get."""
    texts.extend(new_texts)
    return np.arange(len(texts) - len(new_texts), len(texts))


def choose(items):
    return np.random.default_rng(0).permutation(items)[:TEXTS_PER_SOURCE].tolist()


def part(rows, labels):
    return {"rows": rows.tolist(), "labels": labels.tolist()}


def split_by_seed(rows, labels):
    for seed in SEEDS:
        train, test, train_labels, test_labels = train_test_split(
            rows, labels, test_size=TEST_SIZE, stratify=labels, random_state=seed
        )
        yield {"train": part(train, train_labels), "test": part(test, test_labels)}


def split_in_folds(rows, labels):
    for seed in SEEDS:
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(rows, labels):
            yield {"train": part(rows[train], labels[train]), "test": part(rows[test], labels[test])}


def keep_few(train):
    """The first of each class."""
    rows, labels = np.array(train["rows"]), np.array(train["labels"])
    kept = [np.flatnonzero(labels == label)[:FEW_PER_CLASS] for label in np.unique(labels)]
    positions = np.sort(np.concatenate(kept))
    return part(rows[positions], labels[positions])


def mislabel(train, classes, seed):
    """One label in ten becomes another class."""
    random = np.random.default_rng(seed)
    labels = np.array(train["labels"])
    wrong = random.permutation(len(labels))[: len(labels) // 10]
    labels[wrong] = (labels[wrong] + random.integers(1, classes, len(wrong))) % classes
    return {**train, "labels": labels.tolist()}


rated_texts = read_rated_texts(packages)
tweet_texts, ratings = zip(*rated_texts.pop("tweets"))
tweet_rows = add(tweet_texts)
sentiments = ["negative", "neutral", "positive"]
tweets = list(split_by_seed(tweet_rows, np.digitize(ratings, [-0.5, 0.5])))
few_tweets = [{**split, "train": keep_few(split["train"])} for split in tweets]
mislabelled = [
    {**split, "train": mislabel(split["train"], len(sentiments), seed)} for seed, split in zip(SEEDS, few_tweets)
]

source_rows = {
    "tweets": choose(tweet_rows),
    **{source: add(choose([text for text, _ in entries])) for source, entries in rated_texts.items()},
}
source_labels = np.repeat(np.arange(len(source_rows)), TEXTS_PER_SOURCE)
sources = split_by_seed(np.concatenate(list(source_rows.values())), source_labels)

utterances = read_intents(packages)
intents = list(dict.fromkeys(intent for _, intent in utterances))
intent_labels = np.array([intents.index(intent) for _, intent in utterances])
intent_splits = split_in_folds(add([text for text, _ in utterances]), intent_labels)

tasks = [
    {"name": "few", "title": "600 tweets", "classNames": sentiments, "splits": few_tweets},
    {"name": "mislabelled", "title": "a tenth mislabelled", "classNames": sentiments, "splits": mislabelled},
    {"name": "tweets", "title": "3,200 tweets", "classNames": sentiments, "splits": tweets},
    {"name": "sources", "title": "3,000 texts", "classNames": list(source_rows), "splits": list(sources)},
    {"name": "intents", "title": "51 utterances", "classNames": intents, "splits": list(intent_splits)},
]
np.save(folder / "embeddings.npy", embed(packages, texts, folder / "cache.npz"))
(folder / "tasks.json").write_text(json.dumps(tasks))
