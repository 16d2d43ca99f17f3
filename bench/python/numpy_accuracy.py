"""Test accuracy of the plain recipe in numpy for every seed: `numpy_accuracy.py '{"folder", "seeds", "epochs"}'`."""

import json
import sys

from serve import answer


def measure(folder, seeds, epochs):
    from data import load_fashion_mnist
    from numpy_softmax import NumpySoftmax

    train, test = load_fashion_mnist(folder), load_fashion_mnist(folder, "t10k")
    accuracies = []
    for seed in seeds:
        model = NumpySoftmax(*train, seed)
        for _ in range(epochs):
            model.train_epoch()
        accuracies.append(model.accuracy(*test))
    return accuracies


try:
    answer({"accuracies": measure(**json.loads(sys.argv[1]))})
except ImportError as error:
    answer({"unavailable": f"{error.name} is not installed"})
