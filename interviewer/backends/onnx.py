"""The shipped embedder: all-MiniLM-L6-v2 as int8 ONNX, torch-free, no network.

The model is that of Wang et al., "MiniLM" (arXiv 2002.10957), fine-tuned for sentence similarity as in
Reimers and Gurevych, "Sentence-BERT" (arXiv 1908.10084). `scripts/make_embedder.py` makes the files.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from interviewer.backends.protocols import Vectors

FOLDER = Path(__file__).parent.parent / "embedded" / "minilm"
DIMENSIONS = 384
LONGEST = 256
"""Tokens; the model was trained on no longer texts. What is beyond is cut off."""
_FIRST_WORD = 1996
"""Id of the most frequent word of the vocabulary ("the"); later ids are rarer words."""


@dataclass(frozen=True)
class WordVector:
    """One word of a text, with the mean vector of its pieces in context."""

    text: str
    start: int
    end: int
    vector: Vectors
    rarity: float
    """0 for the commonest word, about 1 for rare ones and for words of several pieces."""


@dataclass(frozen=True)
class Reading:
    """A text as the model reads it: only its first 256 tokens."""

    vector: Vectors
    words: tuple[WordVector, ...]


def session_options(threads: int) -> Any:
    """How a shipped model runs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # A spinning thread starves whatever else runs on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


class MiniLM:
    """The shipped embedder.

    Args:
        threads: processor threads for one call; 1 leaves the screen responsive.
    """

    label = "all-MiniLM-L6-v2/int8"

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._lock = Lock()
        self._loaded: Any = None

    @property
    def _session(self) -> Any:
        # Many threads may want it first at the same time; one of them loads it.
        if self._loaded is None:
            with self._lock:
                self._loaded = self._loaded or self._load()
        return self._loaded

    def _load(self) -> Any:
        return onnxruntime.InferenceSession(
            FOLDER / "model.onnx", session_options(self._threads), providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
        tokenizer.enable_truncation(LONGEST)
        tokenizer.no_padding()
        return tokenizer

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), 384): the mean of its token vectors."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for i, text in enumerate(texts):
            vectors[i] = _unit(self._run(text)[1].mean(0))
        return vectors

    def read(self, text: str) -> Reading:
        """The text's vector and the vectors of its words, from one pass of the model."""
        encoding, states = self._run(text)
        return Reading(_unit(states.mean(0)), tuple(_words(text, encoding, states)))

    @lru_cache(maxsize=16384)  # noqa: B019  (one embedder lives as long as the program)
    def knows(self, word: str) -> bool:
        """Whether the vocabulary holds this word whole."""
        return self._tokenizer.token_to_id(word.lower()) is not None

    @lru_cache(maxsize=16384)  # noqa: B019
    def rarity(self, word: str) -> float:
        """0 for the commonest word of English, about 1 for rare ones and those not in the vocabulary."""
        token = self._tokenizer.token_to_id(word.lower())
        return 1.0 if token is None else _rarity(token)

    def _run(self, text: str) -> tuple[Encoding, Vectors]:
        """The tokens of a text and a vector for each, shape (tokens, 384).

        Always one text at a time: int8 activations are scaled over a whole batch, so in a batch a vector
        would depend on its neighbours, and a grade on what happened to be graded together. On one thread it
        costs no speed.
        """
        encoding = self._tokenizer.encode(text)
        ids = np.array([encoding.ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return encoding, self._session.run(None, inputs)[0][0]


def _words(text: str, encoding: Encoding, states: Vectors) -> list[WordVector]:
    pieces: dict[int, list[int]] = {}
    for at, word in enumerate(encoding.word_ids):
        if word is not None:
            pieces.setdefault(word, []).append(at)
    found = []
    for places in pieces.values():
        start, end = encoding.offsets[places[0]][0], encoding.offsets[places[-1]][1]
        vector = _unit(states[places].mean(0))
        rarity = _rarity(encoding.ids[places[0]]) if len(places) == 1 else 1.0
        found.append(WordVector(text[start:end], start, end, vector, rarity))
    return found


def _unit(vectors: Vectors) -> Vectors:
    length = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return np.asarray(vectors / length, dtype=np.float32)


def _rarity(token: int) -> float:
    """From the rank in the vocabulary, which is sorted by frequency (Zipf: information ∝ log rank)."""
    rank = max(token - _FIRST_WORD, 1)
    return min(1.0, math.log(rank) / math.log(20000))
