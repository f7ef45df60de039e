"""Any embedding model that the sentence-transformers library can load, by name or path."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from interviewer.backends.protocols import Vectors
from interviewer.errors import ConfigError


class SentenceTransformerEmbedder:
    """A sentence-transformers model.

    Args:
        model: name on the hub or path of a folder.
        device: `cpu`, `cuda`, …; None lets the library choose.

    Raises:
        ConfigError: the library is not installed, or the model cannot be loaded.
    """

    def __init__(self, model: str, device: str | None = None) -> None:
        if find_spec("sentence_transformers") is None:
            raise ConfigError(
                f"embedding model {model!r} needs sentence-transformers, which is not installed",
                hint="pip install 'interviewer[sentence-transformers]'",
            )
        from sentence_transformers import SentenceTransformer

        self.label = f"sentence-transformers/{model}"
        try:
            self._model = SentenceTransformer(model, device=device)
        except (OSError, ValueError, RuntimeError) as error:
            first = (str(error).strip().splitlines() or ["unknown reason"])[0]
            raise ConfigError(
                f"embedding model {model!r} cannot be loaded: {first[:200]}",
                hint="give a model folder, or a model name and a network connection",
            ) from None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), dimensions)."""
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1)
