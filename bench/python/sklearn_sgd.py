"""scikit-learn's SGDClassifier: log loss, one class against all others, a step per sample."""

from serve import serve


def set_up(options):
    import numpy as np
    import sklearn
    from sklearn.linear_model import SGDClassifier

    from data import CLASSES, load

    images, labels = load(options)
    inputs = images.astype(np.float32) / np.float32(255)
    model = SGDClassifier(loss="log_loss", random_state=0, n_jobs=1)

    def train_epoch():
        model.partial_fit(inputs, labels, classes=np.arange(CLASSES))

    return {"scikit-learn": sklearn.__version__}, train_epoch


serve(set_up)
