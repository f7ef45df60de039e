"""An embedder that remembers: references and criteria are embedded once, however many answers they meet."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from interviewer.backends.protocols import Embedder, Vectors

SIZE = 8192
"""Texts; about 12 MB at 384 dimensions."""


class RememberingEmbedder:
    """Another embedder, with the vectors of the texts seen last.

    Args:
        embedder: makes the vectors.
        size: how many texts are remembered.
    """

    def __init__(self, embedder: Embedder, size: int = SIZE) -> None:
        self.label = embedder.label
        self._embedder = embedder
        self._size = size
        self._seen: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), dimensions); (0, 1) for no text."""
        with self._lock:
            found = {text: self._seen[text] for text in texts if text in self._seen}
        new = list(dict.fromkeys(text for text in texts if text not in found))
        if new:
            found.update(zip(new, self._embedder.embed(new), strict=True))
        with self._lock:
            for text in texts:
                self._seen[text] = found[text]
                self._seen.move_to_end(text)
            while len(self._seen) > self._size:
                self._seen.popitem(last=False)
        return np.stack([found[text] for text in texts]) if texts else np.zeros((0, 1), np.float32)
