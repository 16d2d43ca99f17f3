"""numpy, by hand."""

from serve import serve


def set_up(options):
    import numpy as np

    from data import load
    from numpy_softmax import NumpySoftmax

    return {"numpy": np.__version__}, NumpySoftmax(*load(options), seed=0).train_epoch


serve(set_up)
