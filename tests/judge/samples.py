"""One small question, and what goes with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from interviewer.backends.protocols import JudgeRequest
from interviewer.backends.scripted import ScriptedBackend, ScriptedReply
from interviewer.models import Criterion, Example, Mistake, Question, Rubric

QUESTION = Question(
    id="conv-weights",
    prompt="How many weights does a 5×5 convolution from 4 to 8 channels have, without biases?",
    reference="Each of the 8 filters has 5·5·4 = 100 weights, so 800.",
    criteria=(
        Criterion(id="value", text="Gives 800 as the number of weights", points=2, required=True),
        Criterion(
            id="working",
            text="Derives it as kernel area × input channels × filters",
            alternatives=("8 filters of 5·5·4 each",),
        ),
    ),
    mistakes=(Mistake(id="spatial", text="Says the count depends on the height and width of the image"),),
    examples=(
        Example(label="full", answer="5·5·4·8 = 800.", met=("value", "working")),
        Example(label="partial", answer="800", met=("value",)),
        Example(label="wrong", answer="It depends on the image size.", mistakes=("spatial",)),
    ),
)
RUBRIC = Rubric(
    name="short-answer",
    title="Short answer",
    instructions="Credit the idea, not the wording. Brevity is not a fault.",
    few_shot=2,
)
ANSWER = "It has 800 weights."


def request(answer: str = ANSWER, question: Question = QUESTION, **change: Any) -> JudgeRequest:
    """What a judge is asked about an answer."""
    rubric = change.pop("rubric", RUBRIC)
    return JudgeRequest(
        question=question,
        rubric=rubric,
        criteria=change.pop("criteria", (*question.criteria, *rubric.criteria)),
        mistakes=change.pop("mistakes", question.mistakes),
        answer=answer,
        **change,
    )


def finding(level: str, quote: str = "", reason: str = "because") -> dict[str, str]:
    """What a model says about one criterion."""
    return {"reason": reason, "quote": quote, "level": level}


def reply(
    value: Mapping[str, str] | None = None,
    working: Mapping[str, str] | None = None,
    spatial: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A whole reply about the sample question; what is not given is not met."""
    return {
        "criteria": {"value": value or finding("not_met"), "working": working or finding("not_met")},
        "mistakes": {"spatial": spatial or {"quote": "", "made": False}},
    }


def script(*replies: Mapping[str, Any] | str | Exception) -> ScriptedBackend:
    """A model that says these things one after the other; an exception is a failed call."""
    return ScriptedBackend(
        ScriptedReply(error=str(entry))
        if isinstance(entry, Exception)
        else ScriptedReply(reply=entry if isinstance(entry, str) else json.loads(json.dumps(entry)))
        for entry in replies
    )
