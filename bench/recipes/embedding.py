"""MiniLM-L6: a text becomes a vector of length 1 with 384 numbers."""

import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from packages import read_network

MAX_TOKENS = 256


def embed(packages, texts, cache):
    """float32 `[len(texts), 384]`, from the file `cache` where that holds the vectors of these very texts."""
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    if Path(cache).exists():
        with np.load(cache) as saved:
            if str(saved["digest"]) == digest:
                return saved["vectors"]
    vectors = _run(packages, texts)
    np.savez(cache, vectors=vectors, digest=digest)
    return vectors


def _run(packages, texts):
    model, tokenizer_json = read_network(packages)
    tokenizer = Tokenizer.from_str(tokenizer_json)
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]

    vectors = []
    # One text a run: none depends on what it is padded with.
    for text in texts:
        encoding = tokenizer.encode(text)
        values = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        tokens = session.run(None, {name: np.array([values[name]], np.int64) for name in names})[0][0]
        mean = tokens.mean(axis=0)
        vectors.append(mean / np.linalg.norm(mean))
    return np.array(vectors, np.float32)
