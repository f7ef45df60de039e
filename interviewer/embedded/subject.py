"""What of an answer has to do with the question. The rest, there to impress whoever marks it, is not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from interviewer.backends.protocols import Vectors
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems
from interviewer.models import Question

RELATED = 0.2
"""Cosine with the question or a claim below which a sentence is not read: generalities and pleas."""
OFF_SUBJECT, SHARED = 0.3, 2
"""A paragraph is not read of which no sentence is as near as this (cosine) to the question or a claim, or has
so many of the claims' own words."""
_BLANK_LINE = re.compile(r"\n\s*\n")

Embed = Callable[[Sequence[str]], Vectors]
"""Unit vectors of texts, shape (texts, 384)."""


def on_subject(question: Question, answer: str, about: Vectors, words: AbstractSet[str], embed: Embed) -> str:
    """The answer without the paragraphs that have nothing to do with the question, unless all are such.

    Code is read whole: its parts say little one by one.

    Args:
        about: unit vectors of the question and its claims, shape (texts, 384).
        words: stems of the claims' own words.
    """
    paragraphs = _BLANK_LINE.split(answer)
    if len(paragraphs) < 2 or question.kind == "code":
        return answer
    kept = []
    for paragraph in paragraphs:
        said = [span.text for span in sentences(paragraph)]
        near = (embed(said) @ about.T).max(axis=1)
        shared = [len(content_stems(text) & words) for text in said]
        if any(c >= OFF_SUBJECT or n >= SHARED for c, n in zip(near, shared, strict=True)):
            kept.append(paragraph)
    return "\n\n".join(kept) or answer


def related(said: Sequence[str], about: Vectors, embed: Embed) -> Sequence[str]:
    """The sentences that have to do with the question or a claim, or all where none has."""
    if len(said) < 2:
        return said
    near = (embed(said) @ about.T).max(axis=1)
    return [text for text, cosine in zip(said, near, strict=True) if cosine >= RELATED] or said
