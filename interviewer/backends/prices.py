"""What a token costs, from the price list inside the litellm package."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from interviewer.models import Value

PRICE_LIST = "model_prices_and_context_window_backup.json"


class Price(Value):
    """US dollars a token."""

    prompt: float
    completion: float
    cached: float
    """For a prompt token that the provider had in its cache."""

    def of(self, prompt_tokens: int, completion_tokens: int, *, cached: int = 0) -> float:
        """What one call costs."""
        cached = min(cached, prompt_tokens)
        fresh = prompt_tokens - cached
        return fresh * self.prompt + cached * self.cached + completion_tokens * self.completion

    @property
    def halved(self) -> Price:
        """What providers take for a call in a batch."""
        return Price(prompt=self.prompt / 2, completion=self.completion / 2, cached=self.cached / 2)


def price_of(name: str) -> Price | None:
    """The list price of `provider/model`; None where it is not listed."""
    provider, _, model = name.partition("/")
    entry = _prices().get(name)
    if entry is None:
        # The models of the large providers are listed without their provider.
        entry = _prices().get(model)
        if entry is None or entry.get("litellm_provider") != provider:
            return None
    prompt, completion = entry.get("input_cost_per_token"), entry.get("output_cost_per_token")
    if prompt is None or completion is None:
        return None
    return Price(
        prompt=prompt, completion=completion, cached=entry.get("cache_read_input_token_cost") or prompt
    )


@cache
def _prices() -> dict[str, dict[str, Any]]:
    # Importing litellm takes two seconds; its price list is a file that can be read without that.
    spec = find_spec("litellm")
    folders = spec.submodule_search_locations if spec else None
    file = Path(folders[0]) / PRICE_LIST if folders else None
    if file is None or not file.is_file():
        return {}
    loaded: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return loaded
