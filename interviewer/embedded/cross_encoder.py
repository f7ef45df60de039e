"""Reads question, claim and answer together: does the answer state the claim?

A cross-encoder (Nogueira and Cho, "Passage Re-ranking with BERT", arXiv 1901.04085) on the MiniLM weights,
with the greedy matching of claim tokens to answer tokens (Zhang et al., "BERTScore", arXiv 1904.09675) beside
its first token. `scripts/train_cross_encoder.py` makes the files.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from interviewer.backends.onnx import FOLDER as MINILM
from interviewer.backends.onnx import session_options
from interviewer.backends.protocols import Vectors

FOLDER = Path(__file__).parent / "cross_encoder"
QUESTION, CLAIM, PASSAGE = 32, 72, 64
"""Tokens of each that are read; of a question the last ones, of an answer one passage after the other."""
PASSAGES = 24
"""Passages of an answer that are read."""
NEAREST = 3
"""Passages that are read where it is known which sentences come near the claim, and those that come as near:
the others turned none of 1,182 claims that were looked for in answers to the bank."""
ENOUGH = 2.0
"""Log-odds from which a claim counts as stated without a look at further passages."""
NOTHING = -10.0
"""Log-odds where there is nothing to read."""
_FIRST, _BREAK = 101, 102


class Encoded(NamedTuple):
    """Question, claim and answer as one sequence of tokens."""

    ids: list[int]
    types: list[int]
    """1 for the answer, else 0."""
    claim: slice
    answer: slice


def encoded(question: list[int], claim: list[int], answer: list[int]) -> Encoded:
    """The sequence for tokens without special ones; each is cut to what is read."""
    asked, said, given = question[-QUESTION:], claim[:CLAIM], answer[:PASSAGE]
    ids = [_FIRST, *asked, _BREAK, *said, _BREAK, *given, _BREAK]
    start = len(asked) + 2
    end = start + len(said)
    types = [0] * (end + 1) + [1] * (len(given) + 1)
    return Encoded(ids, types, slice(start, end), slice(end + 1, end + 1 + len(given)))


class Passage(NamedTuple):
    """A part of an answer that is read at once."""

    tokens: list[int]
    sentences: range
    """Which ones it has something of."""


def passages_of(sentences: list[list[int]]) -> list[Passage]:
    """Runs of whole sentences (as tokens) that are read at once; about half of each is in the one before.

    What stands beside a passage cannot help it: an answer states a claim where one of its passages does.
    """
    cut = [
        (number, sentence[at : at + PASSAGE])
        for number, sentence in enumerate(sentences)
        for at in range(0, max(1, len(sentence) - PASSAGE // 4), PASSAGE * 3 // 4)
    ]
    pieces = [piece for _, piece in cut]
    runs: list[Passage] = []
    first = last = 0
    while last < len(pieces):
        last = first + 1
        while last < len(pieces) and sum(map(len, pieces[first : last + 1])) <= PASSAGE:
            last += 1
        tokens = [token for piece in pieces[first:last] for token in piece]
        runs.append(Passage(tokens, range(cut[first][0], cut[last - 1][0] + 1)))
        begun = first
        while first < last and (first == begun or sum(map(len, pieces[begun:first])) < PASSAGE // 2):
            first += 1
    return runs


def nearest(passages: Sequence[Passage], near: Sequence[float] | Vectors) -> list[Passage]:
    """The `NEAREST` passages to a claim, and those that come as near; the nearest first.

    Args:
        near: how near each sentence comes to the claim.
    """
    come = [max(near[number] for number in passage.sentences) for passage in passages]
    least = min(sorted(come)[-NEAREST:], default=0.0)
    return [passages[at] for at in sorted(range(len(come)), key=lambda at: -come[at]) if come[at] >= least]


def matches(states: Vectors, parts: Encoded) -> tuple[float, float]:
    """The mean and the least of each claim token's best cosine with a token of the answer."""
    unit = states / np.maximum(np.linalg.norm(states, axis=-1, keepdims=True), 1e-9)
    best = (unit[parts.claim] @ unit[parts.answer].T).max(axis=1)
    return float(best.mean()), float(best.min())


class CrossEncoder:
    """The shipped cross-encoder.

    Args:
        folder: with `model.onnx`, `head.npz` and `manifest.json`, which holds their digests.
        threads: processor threads for one call.
    """

    def __init__(self, folder: Path = FOLDER, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = Lock()
        self._loaded: Any = None

    @property
    def digest(self) -> str:
        """Of the files that it is made of, as `scripts/train_cross_encoder.py` wrote them."""
        return hashlib.sha256((self._folder / "manifest.json").read_bytes()).hexdigest()

    def passages(self, sentences: Sequence[str]) -> list[Passage]:
        """An answer, given by its sentences, in the passages that are read."""
        return passages_of([self._tokens(sentence) for sentence in sentences])

    def logit(
        self,
        question: str,
        claim: str,
        passages: Sequence[Passage],
        near: Sequence[float] | Vectors | None = None,
    ) -> float:
        """Log-odds that the answer states the claim: that its best passage does.

        Args:
            passages: of the answer.
            near: how near each sentence comes to the claim. The nearest passages are then read, the nearest
            first, until one says enough; else all are.
        """
        asked, said = self._tokens(question), self._tokens(claim)
        chosen, enough = (passages, math.inf) if near is None else (nearest(passages, near), ENOUGH)
        found = NOTHING
        for passage in chosen[:PASSAGES]:
            found = max(found, self._logit(encoded(asked, said, passage.tokens)))
            if found >= enough:
                break
        return found

    def _logit(self, parts: Encoded) -> float:
        ids = np.array([parts.ids], dtype=np.int64)
        inputs = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.array([parts.types], dtype=np.int64),
        }
        # One sequence at a time: int8 activations are scaled over a batch, see `MiniLM`.
        states = self._session.run(None, inputs)[0][0]
        if parts.claim.start == parts.claim.stop:
            return NOTHING
        head = self._head
        read = np.concatenate([states[0], states[parts.claim].mean(0)])
        hidden = _gelu(read @ head["w1"] + head["b1"])
        return float(hidden @ head["w2"] + head["b2"] + matches(states, parts) @ head["match"])

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(MINILM / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _head(self) -> dict[str, Vectors]:
        with np.load(self._folder / "head.npz") as file:
            return {name: file[name] for name in file.files}

    @property
    def _session(self) -> Any:
        # Many threads may want it first at the same time; one of them loads it.
        if self._loaded is None:
            with self._lock:
                self._loaded = self._loaded or onnxruntime.InferenceSession(
                    self._folder / "model.onnx",
                    session_options(self._threads),
                    providers=["CPUExecutionProvider"],
                )
        return self._loaded


def _gelu(x: Vectors) -> Vectors:
    """By the tanh approximation (Hendrycks and Gimpel, arXiv 1606.08415)."""
    return np.asarray(0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3))), np.float32)
