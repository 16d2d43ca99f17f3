"""The measured side of the protocol, as bench/systems/serve.mjs has it for JavaScript."""

import json
import sys
import time


def answer(message):
    print(json.dumps(message), flush=True)


def serve(set_up):
    """`set_up(options)` returns versions and a function that trains an epoch and returns its mean loss, or None."""
    try:
        versions, train_epoch = set_up(json.loads(sys.argv[1]))
    except ImportError as error:
        return answer({"unavailable": f"{error.name} is not installed" if error.name else str(error)})
    answer({"versions": {"python": sys.version.split()[0], **versions}})
    for line in sys.stdin:
        epochs = []
        for _ in range(json.loads(line)["epochs"]):
            began = time.perf_counter()
            loss = train_epoch()
            epochs.append({"milliseconds": 1000 * (time.perf_counter() - began), "loss": loss})
        answer({"epochs": epochs})
