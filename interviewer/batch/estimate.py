"""What a run will take, before it starts: tokens are counted, prices looked up; unknown is said to be so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from interviewer.answers.line import GivenAnswer
from interviewer.backends.offer import WORD_TOKENS
from interviewer.backends.protocols import JudgeRequest
from interviewer.grading.asked import AskedModel, asked_models
from interviewer.grading.chat_judge import Mode
from interviewer.grading.pipeline import Grader
from interviewer.grading.prompt import SYSTEM, build_prompt, reply_schema
from interviewer.grading.yes_no import yes_no_requests

COUNTED = 2000
"""Answers whose tokens are counted; further ones are taken to be like them."""
REMEMBERED = 4096
"""Questions whose tokens are kept."""
TOKENS_A_CRITERION, TOKENS_A_MISTAKE, TOKENS_AROUND = 55, 14, 20
"""Of a usual reply."""
_ENCODING = "cl100k_base"


class _Need(NamedTuple):
    """What one answer to a question takes, all its calls together."""

    calls: int
    prompt: int
    """Tokens, without the answer itself, which is in every call."""
    reply: int


@dataclass
class Estimate:
    """Adds up what answers will take; repeated attempts, and answers that no model sees, are unknown."""

    grader: Callable[[], Grader]
    answers: int = 0
    _needs: dict[int, tuple[GivenAnswer, _Need]] = field(default_factory=dict)
    _static_tokens: int = 0
    _reply_tokens: int = 0
    _own_tokens: int = 0
    _counted: int = 0
    _models: tuple[AskedModel, ...] | None = None
    _calls: int = 0
    """Of one model, once."""

    @property
    def models(self) -> tuple[AskedModel, ...]:
        """Those that are asked about every answer; of a cascade's only some, perhaps."""
        if self._models is None:
            self._models = asked_models(self.grader().judge)
        return self._models

    def add(self, answer: GivenAnswer) -> None:
        """One more answer that has to be graded."""
        if not self.models or answer.ungradable is not None:
            return
        self.answers += 1
        known = self._needs.get(id(answer.question))
        if known is None or known[0].question is not answer.question:
            if len(self._needs) >= REMEMBERED:
                self._needs.clear()
            # The members of a panel are all asked in the same way.
            known = (answer, self._need(answer, self.models[0].mode))
            self._needs[id(answer.question)] = known
        need = known[1]
        self._calls += need.calls
        self._static_tokens += need.prompt
        self._reply_tokens += need.reply
        if self._counted < COUNTED:
            self._counted += 1
            self._own_tokens += need.calls * counter()(answer.text)

    def _need(self, answer: GivenAnswer, mode: Mode) -> _Need:
        request: JudgeRequest = self.grader().request(answer.question, answer.rubric, "", answer.parents)
        count = counter()
        if mode == "yes_no":
            asked = yes_no_requests(request)
            prompt = sum(count(text) for one in asked for text in one.texts)
            return _Need(len(asked), prompt, WORD_TOKENS * len(asked))
        prompt = count(SYSTEM) + count(build_prompt(request).text) + count(json.dumps(reply_schema(request)))
        reply = TOKENS_AROUND + TOKENS_A_CRITERION * len(request.criteria)
        reply += TOKENS_A_MISTAKE * len(request.mistakes)
        calls = len(request.criteria) + len(request.mistakes) if mode == "per_criterion" else 1
        return _Need(calls, calls * prompt, reply)

    @property
    def prompt_tokens(self) -> int:
        """Of one judgement of each answer."""
        own = self._own_tokens / self._counted * self.answers if self._counted else 0.0
        return round(self._static_tokens + own)

    @property
    def reply_tokens(self) -> int:
        """Likewise, for usual replies."""
        return self._reply_tokens

    @property
    def likely_usd(self) -> float | None:
        """US dollars; None where a price is unknown."""
        return self._cost(worst=False)

    @property
    def worst_usd(self) -> float | None:
        """US dollars, with every reply as long as it may be; None where a price is unknown."""
        return self._cost(worst=True)

    @property
    def calls(self) -> int:
        """Where nothing goes wrong."""
        return sum(model.repeats * self._calls for model in self.models)

    def _cost(self, *, worst: bool) -> float | None:
        total = 0.0
        for model in self.models:
            if model.price is None:
                return None
            reply = self._calls * model.max_tokens if worst else self.reply_tokens
            total += model.repeats * model.price.of(self.prompt_tokens, reply)
        return total

    def in_words(self) -> str:
        """The estimate in a line."""
        tokens = f"about {_short(self.prompt_tokens)} prompt and {_short(self.reply_tokens)} reply tokens"
        likely, worst = self.likely_usd, self.worst_usd
        if likely is None or worst is None:
            cost = "cost unknown (--price-in and --price-out tell it)"
        else:
            cost = f"about {likely:.2f} USD, at most {worst:.2f} USD without repeats"
        return f"{self.calls} call{'' if self.calls == 1 else 's'}, {tokens}: {cost}"


@cache
def counter() -> Callable[[str], int]:
    """Counts the tokens of a text, as the models of 2023 saw them; later ones need a few fewer."""
    # The word list lies in the litellm package; tiktoken would fetch it from the network.
    spec = find_spec("litellm")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        return lambda text: len(text.encode()) // 4
    os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(folders[0]) / "litellm_core_utils" / "tokenizers")
    import tiktoken

    encoding = tiktoken.get_encoding(_ENCODING)
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def _short(number: int) -> str:
    for size, unit in ((1_000_000, " M"), (1000, " k")):
        if number >= 10 * size:
            return f"{number / size:.0f}{unit}"
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)
