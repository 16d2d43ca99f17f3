"""Writes trajectory.json: eleven SGD steps of the softmax classifier in float64, as a reference for every kernel.

    python3 test/golden/generate.py        (needs numpy; from the repository's root)

Real images, weights and biases that are not zero, a learning rate that moves the losses, and a partial last batch.
Large arrays are stored as base64 of little-endian float64 (start weights: float32, so that every kernel starts equal).
"""

import base64
import gzip
import json

import numpy as np

SAMPLE = "examples/sample/"
TARGET = "test/golden/trajectory.json"
CLASSES = 10
LEARNING_RATE = 0.1
BATCH_SIZES = [64] * 10 + [37]


def read_idx(name):
    with gzip.open(SAMPLE + name) as file:
        data = file.read()
    dimensions = data[3]
    shape = np.frombuffer(data, ">u4", dimensions, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def loss_and_gradient(x, y, weight, bias):
    """x [B, D], y one-hot [B, C], weight [C, D], bias [C] -> mean loss, dW [C, D], db [C], logits [B, C]."""
    logits = x @ weight.T + bias
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -(y * log_p).sum(axis=1).mean()
    d_logits = (np.exp(log_p) - y) / len(x)
    return loss, d_logits.T @ x, d_logits.sum(axis=0), logits


def check_gradient(x, y, weight, bias, random):
    """The analytic gradient against central differences along random directions and in every bias."""
    _, d_weight, d_bias, _ = loss_and_gradient(x, y, weight, bias)

    def compare(analytic, direction_weight, direction_bias, step=1e-4):
        ahead = loss_and_gradient(x, y, weight + step * direction_weight, bias + step * direction_bias)[0]
        behind = loss_and_gradient(x, y, weight - step * direction_weight, bias - step * direction_bias)[0]
        numeric = (ahead - behind) / (2 * step)
        assert abs(numeric - analytic) < 1e-6 * abs(analytic), (numeric, analytic)

    for c in range(CLASSES):
        compare(d_bias[c], 0, np.eye(CLASSES)[c])
    for _ in range(20):
        direction = random.normal(0, 0.1, weight.shape)
        compare((d_weight * direction).sum(), direction, 0)
    for c, d in np.argwhere(np.abs(d_weight) > 0.02)[::97]:
        single = np.zeros_like(weight)
        single[c, d] = 1
        compare(d_weight[c, d], single, 0)


def encode(array, dtype="<f8"):
    return base64.b64encode(np.ascontiguousarray(array, dtype).tobytes()).decode("ascii")


def main():
    images = read_idx("train-images-idx3-ubyte.gz")
    labels = read_idx("train-labels-idx1-ubyte.gz")
    x_all = images.reshape(len(images), -1) / 255.0
    y_all = np.eye(CLASSES)[labels]

    random = np.random.default_rng(2024)
    start_weight = random.normal(0, 0.05, (CLASSES, x_all.shape[1])).astype(np.float32)
    start_bias = random.normal(0, 0.5, CLASSES).astype(np.float32)
    batches = np.split(random.permutation(len(images))[: sum(BATCH_SIZES)], np.cumsum(BATCH_SIZES)[:-1])

    weight, bias = start_weight.astype(np.float64), start_bias.astype(np.float64)
    check_gradient(x_all[batches[0]], y_all[batches[0]], weight, bias, random)

    losses, correct = [], []
    for step, rows in enumerate(batches):
        loss, d_weight, d_bias, logits = loss_and_gradient(x_all[rows], y_all[rows], weight, bias)
        if step == 0:
            first = {"logits": encode(logits), "weightGradient": encode(d_weight), "biasGradient": encode(d_bias)}
        losses.append(loss)
        correct.append(int((logits.argmax(axis=1) == labels[rows]).sum()))
        weight -= LEARNING_RATE * d_weight
        bias -= LEARNING_RATE * d_bias

    trajectory = {
        "about": "written by generate.py; x' = x / 255",
        "learningRate": LEARNING_RATE,
        "batches": [rows.tolist() for rows in batches],
        "start": {"weight": encode(start_weight, "<f4"), "bias": encode(start_bias, "<f4")},
        "first": first,
        "losses": losses,
        "correct": correct,
        "final": {"weight": encode(weight), "bias": encode(bias)},
    }
    with open(TARGET, "w", encoding="ascii") as file:
        json.dump(trajectory, file, indent="\t")
        file.write("\n")
    print("losses", [round(float(loss), 4) for loss in losses], "correct", correct)


main()
