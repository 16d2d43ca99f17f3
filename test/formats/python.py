"""Reads the files in a folder with PyPI's packages and prints what they hold, in JSON; python.test.ts compares.

    python3 test/formats/python.py FOLDER        (needs numpy and safetensors; uses torch and onnx where they are)
"""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy

folder = Path(sys.argv[1])


def has(package):
    return importlib.util.find_spec(package) is not None


def contents(array):
    return {"dtype": str(array.dtype), "shape": list(array.shape), "values": array.ravel().tolist()}


def read_safetensors(path):
    with safetensors.safe_open(path, "numpy") as file:
        metadata = file.metadata()
    tensors = safetensors.numpy.load_file(path)
    return {"metadata": metadata, "tensors": {name: contents(array) for name, array in tensors.items()}}


def read_with_torch(path):
    import torch
    from safetensors.torch import load_file

    tensors = load_file(path)
    layer = torch.nn.Linear(*reversed(tensors["weight"].shape))
    layer.load_state_dict({name: tensors[name] for name in ("weight", "bias")})
    inputs = torch.tensor(json.loads((folder / "inputs.json").read_text()))
    return torch.softmax(layer(inputs), 1).tolist()


def read_onnx(path):
    import onnx

    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    dimensions = lambda value: [size.dim_param or size.dim_value for size in value.type.tensor_type.shape.dim]
    return {
        "nodes": [node.op_type for node in model.graph.node],
        "metadata": {prop.key: prop.value for prop in model.metadata_props},
        "inputs": {value.name: dimensions(value) for value in model.graph.input},
        "outputs": {value.name: dimensions(value) for value in model.graph.output},
    }


model = folder / "model.safetensors"
json.dump(
    {
        "safetensors": {path.name: read_safetensors(path) for path in folder.glob("*.safetensors")},
        "npy": {path.name: contents(np.load(path)) for path in folder.glob("*.npy")},
        "torch": read_with_torch(model) if has("torch") else None,
        "onnx": read_onnx(folder / "model.onnx") if has("onnx") else None,
    },
    sys.stdout,
)
