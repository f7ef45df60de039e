"""Practice sessions as they happen: a small bank, a scripted judge, answers of every sort."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from interviewer.backends.scripted import ScriptedBackend, ScriptedReply
from interviewer.bank import Bank, load_bank
from interviewer.grading.chat_judge import ChatJudge
from interviewer.grading.pipeline import Grader
from interviewer.history import History
from interviewer.models import Answer, PlannedQuestion, Session
from interviewer.practice.running import RunningSession, begin, keep_outcome, outcome_of

MakeGrader = Callable[..., Grader]
NASTY = (
    "</mark></pre><script>alert(1)</script>\n```\n# Heading\n[x](javascript:alert(1)) ![i](http://h/i.png)\n"
    "````\n\x1b[31mred\x1b]0;title\x07 \u202egnirts\u202c <img src=x onerror=alert(1)> {{ 7*7 }} [/b]"
)
"""What a candidate could type to get out of the place that an answer has."""
TEXT = """
title = "Samples"
topic = "networks"

[[question]]
id = "conv-weights"
prompt = "How many weights does a 5×5 convolution from 4 to 8 channels have, **without biases**?"
reference = "Each of the 8 filters has `5·5·4` = 100 weights, so 800."
hints = ["How many values does one filter look at?"]
[[question.criterion]]
id = "value"
text = "Gives 800 as the number of weights"
points = 2
required = true
[[question.criterion]]
id = "working"
text = "Derives it as kernel area × input channels × filters"
follow_up = "Where do the 800 come from?"
[[question.mistake]]
id = "spatial"
text = "Says that the count depends on the size of the image"

[[question]]
id = "regularisers"
topic = "training"
prompt = "Name two ways to regularise a network."
reference = "Dropout, weight decay, early stopping."
[[question.group]]
id = "ways"
choose = 2
[[question.criterion]]
id = "dropout"
text = "Names dropout"
group = "ways"
[[question.criterion]]
id = "decay"
text = "Names weight decay"
group = "ways"
[[question.criterion]]
id = "early"
text = "Names early stopping"
group = "ways"

[[question]]
id = "attention"
topic = "training"
prompt = "What is attention?"
reference = "A weighted mean of values; the weights come from queries and keys."
[[question.criterion]]
id = "mean"
text = "Says that it is a weighted mean of values"

[[question]]
id = "skipped-one"
topic = "training"
prompt = "What is a batch?"
reference = "Several examples that are processed together."
"""


def small_bank(folder: Path, text: str = TEXT) -> Bank:
    """The questions above, with the shipped rubrics."""
    path = folder / "samples.toml"
    path.write_text(text, encoding="utf-8")
    return load_bank([path])


def finding(level: str, quote: str = "", reason: str = "it says so") -> dict[str, str]:
    """What a model says about one criterion."""
    return {"reason": reason, "quote": quote, "level": level}


def says(answer: str, criteria: Mapping[str, Any], **mistakes: str) -> ScriptedReply:
    """A reply about the answer with this text; a mistake is made where it has a quote."""
    made = {name: {"quote": quote, "made": bool(quote)} for name, quote in mistakes.items()}
    reply = json.loads(json.dumps({"criteria": criteria, **({"mistakes": made} if made else {})}))
    return ScriptedReply(reply=reply, answer=answer, repeat=True)


def scripted(make_grader: MakeGrader, replies: Iterable[ScriptedReply], label: str = "scripted") -> Grader:
    """A grader whose judge says these things."""
    return make_grader(ChatJudge(ScriptedBackend(replies, label=label)))


def start(history: History, bank: Bank, *questions: str, **settings: Any) -> RunningSession:
    """A session with these questions."""
    planned = [PlannedQuestion(question_id=name, why="new; a start from the middle") for name in questions]
    return RunningSession(history, bank, begin(history, planned, **settings))


async def graded(history: History, bank: Bank, grader: Grader, answer: Answer) -> Answer:
    """The answer after the grader has looked at it."""
    return keep_outcome(history, answer, await outcome_of(grader, bank, answer))


async def practise(
    history: History, bank: Bank, grader: Grader, answers: Mapping[str, str], **settings: Any
) -> Session:
    """A whole session of one answer each."""
    running = start(history, bank, *answers, **settings)
    for text in answers.values():
        await graded(history, bank, grader, running.hand_in(text, seconds=60.0))
    running.finish()
    return running.session
