"""
Softmax regression by hand in numpy, the fastest of the ways tried: bytes are widened without scaling, 1/255 goes into the
logits and the step, W is [D, C], and every large array is written in place. float32 inputs need no widening.
"""

import numpy as np

from data import BATCH_SIZE, CLASSES, INIT_STD, LEARNING_RATE


class NumpySoftmax:
    def __init__(self, inputs, labels, seed):
        self.inputs, self.labels = inputs, labels
        self.random = np.random.default_rng(seed)
        features = inputs.shape[1]
        self.scale = np.float32(1 / 255 if inputs.dtype == np.uint8 else 1)
        self.weight = self.random.normal(0, INIT_STD, (features, CLASSES)).astype(np.float32)
        self.bias = np.zeros(CLASSES, np.float32)
        self.gathered = np.empty((BATCH_SIZE, features), inputs.dtype)
        self.widened = np.empty((BATCH_SIZE, features), np.float32)
        self.step = np.empty_like(self.weight)
        self.rows = np.arange(BATCH_SIZE)

    def train_epoch(self):
        order = self.random.permutation(len(self.labels))
        total = sum(self._train_batch(order[i : i + BATCH_SIZE]) for i in range(0, len(order), BATCH_SIZE))
        return total / len(order)

    def _gather(self, chosen):
        # mode="clip" spares a copy that mode="raise" makes when there is an out.
        x = np.take(self.inputs, chosen, axis=0, out=self.gathered[: len(chosen)], mode="clip")
        if x.dtype == np.float32:
            return x
        widened = self.widened[: len(chosen)]
        widened[...] = x
        return widened

    def _train_batch(self, chosen):
        x, y, rows = self._gather(chosen), self.labels[chosen], self.rows[: len(chosen)]
        z = x @ self.weight
        z *= self.scale
        z += self.bias
        z -= z.max(axis=1, keepdims=True)
        label_logits = z[rows, y].sum()
        p = np.exp(z, out=z)
        sums = p.sum(axis=1, keepdims=True)
        loss = np.log(sums).sum() - label_logits
        p /= sums
        p[rows, y] -= 1
        p *= np.float32(LEARNING_RATE / len(chosen))
        self.bias -= p.sum(axis=0)
        p *= self.scale
        self.weight -= np.matmul(x.T, p, out=self.step)
        return float(loss)

    def accuracy(self, inputs, labels):
        logits = (inputs.astype(np.float32) @ self.weight) * self.scale + self.bias
        return float((logits.argmax(axis=1) == labels).mean())
