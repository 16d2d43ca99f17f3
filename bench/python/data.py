"""The data sets, and what training them takes."""

import gzip
from pathlib import Path

import numpy as np

BATCH_SIZE = 256
LEARNING_RATE = 0.1
INIT_STD = 0.01
CLASSES = 10


def _read(folder, name, header):
    path = Path(folder, name)
    compressed = path.with_name(f"{name}.gz")
    content = gzip.decompress(compressed.read_bytes()) if compressed.exists() else path.read_bytes()
    return np.frombuffer(content, np.uint8, offset=header)


def load_fashion_mnist(folder, part="train"):
    """Images uint8 [count, 784] and labels int64 [count]."""
    labels = _read(folder, f"{part}-labels-idx1-ubyte", 8).astype(np.int64)
    images = _read(folder, f"{part}-images-idx3-ubyte", 16)
    return images.reshape(len(labels), 784), labels


def make_embeddings():
    """Features as a frozen network gives them: float32 [20000, 512], every class around a centre of its own."""
    random = np.random.default_rng(1)
    labels = np.arange(20_000) % CLASSES
    centres = 0.3 * random.standard_normal((CLASSES, 512), np.float32)
    return centres[labels] + random.standard_normal((20_000, 512), np.float32), labels


def load(options):
    if options["data"] == "embeddings":
        return make_embeddings()
    return load_fashion_mnist(options["folder"])
