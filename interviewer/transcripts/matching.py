"""How near what was said is to the questions of the bank, to the open question, and to small talk.

`scripts/fit_alignment.py` fits the constants, on `scripts/alignment_examples.jsonl`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from interviewer.backends.protocols import Embedder, Vectors
from interviewer.bank import Bank
from interviewer.importers.cues import TRUE_OR_FALSE, prose
from interviewer.language.sentences import sentences
from interviewer.models import Question
from interviewer.transcripts.speech import asks, parts, runs

THRESHOLD = 0.5
"""Similarity from which on it is the bank's question."""
SURE = 0.67
"""The lower quartile of reworded questions: from here on nothing else about it is looked at."""
MARGIN = 0.08
"""By how much the nearest question has to lead, below `SURE`: between two as near it would be a guess."""
RELATED = 0.4
"""Similarity from which on a question is about the open one, or about its answer."""
SMALL_TALK = 0.28
"""Similarity to a sentence of `_SMALL_TALK` from which on it is small talk."""
LONGEST_RUN = 4
"""Sentences that make one spoken question."""

_SMALL_TALK = (
    "How are you?",
    "Nice to meet you.",
    "Did you find us without trouble?",
    "Can you hear and see me?",
    "Is the connection good?",
    "Would you like some coffee or tea?",
    "Let us get started.",
    "Do you want to ask us anything?",
    "When can you begin to work here?",
    "What pay do you expect?",
    "Would you move to another city for this job?",
    "Our team has ten people, and we come to the office twice a week.",
    "We will call you next Monday.",
    "Thank you for coming, goodbye.",
    "That is all from me.",
    "I will show you my screen.",
    "My name is Tom, and I work here as an engineer.",
    "May I record this conversation?",
    "The interview takes one hour.",
    "Where do you live now?",
    "How was your holiday?",
    "The weather is lovely.",
    "What do you do in your free time?",
    "Let us take a break.",
    "Lunch is in the canteen.",
    "How did you learn about this job?",
    "The other applicants come tomorrow.",
)
_TECHNICAL = (
    "What is a mutex, and when do you need one?",
    "How would you deploy this service?",
    "Write a function that reverses a string.",
    "Explain how a hash table works.",
    "What is the complexity of this algorithm?",
    "How do you train and evaluate such a model?",
    "What is the difference between an inner and an outer join?",
    "How do you test your code?",
    "Tell me about a project that went wrong.",
    "How would you handle a conflict with a colleague?",
    "Why does this method work?",
    "Which assumptions does this test make?",
)
_COMMENTS = (
    "Good.",
    "Yes, that is right.",
    "No, not quite.",
    "Okay, I understand.",
    "Please go on.",
    "Sorry for interrupting.",
    "Thank you, that was clear.",
    "That is a nice explanation.",
    "Take a moment to think.",
    "Yes, in the training phase.",
    "You may assume that the data are clean.",
    "Let me say the question again.",
    "Why is that?",
    "How does that work?",
    "What would you do instead?",
    "Can you say more about it?",
)
"""What is no small talk: to it, too, what was said is compared."""
_INSTRUCTION = re.compile(r"^\W*(?:explain your answer|explain|and why|why)?\W*$", re.I)


@dataclass(frozen=True, slots=True)
class Match:
    """The question of the bank that something said comes nearest to."""

    question_id: str
    similarity: float
    margin: float
    """How much nearer than to the next question."""
    said: str
    """The part of the turn that comes so near."""


class Matcher:
    """Compares what was said with the questions of a bank.

    Args:
        bank: must have a question.
        embedder: one that remembers, since small talk and references come again.
    """

    def __init__(self, bank: Bank, embedder: Embedder) -> None:
        self._ids = list(bank.questions)
        self._bank = bank
        self._embedder = embedder

    def matches(self, turn: str, *, asked: bool = False) -> list[Match]:
        """For each run of sentences that asks, what it comes nearest to; the best first.

        Args:
            asked: the turn is known to be a question, whatever it looks like.
        """
        pieces = parts(turn) or [turn]
        found = runs(pieces, LONGEST_RUN)
        asking = [asked or asks(piece) for piece in pieces]
        near = self._embedder.embed([text for _, _, text in found]) @ self._prompts.T
        matches = []
        for (start, end, text), row in zip(found, near, strict=True):
            match = self._best(row, text)
            if any(asking[start:end]) or match.similarity >= SURE:
                matches.append(match)
        return sorted(matches, key=lambda match: -match.similarity)

    def related(self, text: str, question: Question | None, said: str, answer: str) -> float:
        """How near a text comes to a question that was asked, to a good answer, or to what was answered.

        Args:
            question: of the bank; None for one that is not in it.
            said: the question as it was asked.
            answer: what has been answered so far.
        """
        context = [said, *[span.text for span in sentences(answer)[-8:]]]
        if question is not None:
            context.append(spoken_prompt(question))
            context += [span.text for span in sentences(question.reference)]
            context += [
                criterion.follow_up for criterion in question.criteria if criterion.follow_up is not None
            ]
            context += question.hints
        return self._nearest(text, context)

    def small_talk(self, text: str) -> float:
        """How near a text comes to greetings, logistics and goodbyes; 0 where the matter is nearer."""
        near = self._nearest(text, _SMALL_TALK)
        prompts = float((self._embedder.embed([text]) @ self._prompts.T).max())
        matter = max(prompts, self._nearest(text, _TECHNICAL + _COMMENTS))
        return near if near > matter else 0.0

    def _nearest(self, text: str, others: Sequence[str]) -> float:
        return float((self._embedder.embed([text]) @ self._embedder.embed(others).T).max())

    @cached_property
    def _prompts(self) -> Vectors:
        return self._embedder.embed(
            [spoken_prompt(self._bank.questions[identifier]) for identifier in self._ids]
        )

    def _best(self, row: Vectors, text: str) -> Match:
        order = row.argsort()[::-1]
        first = float(row[order[0]])
        second = float(row[order[1]]) if len(order) > 1 else 0.0
        return Match(self._ids[order[0]], first, first - second, text)


def spoken_prompt(question: Question) -> str:
    """The prompt as somebody would read it out: without code, marks of Markdown, and "True or false?"."""
    plain = " ".join(re.sub(r"[*`]", "", prose(question.prompt)).split())
    said = [
        span.text for span in sentences(TRUE_OR_FALSE.sub("", plain)) if not _INSTRUCTION.match(span.text)
    ]
    return " ".join(said) or plain or question.prompt
