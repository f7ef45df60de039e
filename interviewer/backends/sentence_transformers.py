"""Any embedding model that the sentence-transformers library can load, by name or path."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

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
        self.label = f"sentence-transformers/{model}"
        if not Path(model).is_dir():
            _require_reachable(model)
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(model, device=device)
        except (OSError, ValueError, RuntimeError) as error:
            raise _unloadable(model, error) from None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (len(texts), dimensions)."""
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), -1)


def _require_reachable(model: str) -> None:
    """Fail at once where the model is neither cached nor to be had: the client would retry for minutes."""
    import httpx
    from huggingface_hub import HfApi, try_to_load_from_cache
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    name = model if "/" in model else f"sentence-transformers/{model}"
    try:
        if isinstance(try_to_load_from_cache(name, "modules.json"), str):
            return
        HfApi().model_info(name, timeout=10)
    except (httpx.HTTPError, HfHubHTTPError, HFValidationError, OSError) as error:
        raise _unloadable(model, error) from None


def _unloadable(model: str, error: Exception) -> ConfigError:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return ConfigError(
        f"embedding model {model!r} cannot be loaded: {first[:200]}",
        hint="give the folder of a model, or its name on the hub and a network connection",
    )
