"""Who of the speakers asks."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import pairwise

from interviewer.errors import DataError
from interviewer.transcripts.matching import THRESHOLD, Matcher
from interviewer.transcripts.roles import is_candidate, is_interviewer
from interviewer.transcripts.speech import asks, parts
from interviewer.transcripts.transcript import INTERVIEWER, Transcript, key

_LISTENED_TO = 30
"""Turns of each speaker that are enough to tell."""
_CLEAR = 0.25
"""By how much more of their turns those who ask have to ask than those who answer."""


def interviewers_of(transcript: Transcript, matcher: Matcher, given: str | None) -> tuple[str, ...]:
    """The speakers who ask.

    Args:
        given: their name, or several with commas; None: find out.

    Raises:
        DataError: nobody has this name, or it cannot be told.
    """
    if transcript.speakers == (INTERVIEWER,) and any(turn.asks for turn in transcript.turns):
        return (INTERVIEWER,)
    if given is not None:
        return tuple(_named(part.strip(), transcript) for part in given.split(",") if part.strip())
    speakers = transcript.speakers
    if len(speakers) < 2:
        raise DataError(
            f"{transcript.path}: only {repr(speakers[0]) if speakers else 'nobody'} speaks",
            hint="it needs somebody who asks and somebody who answers; a name counts if it is there twice",
        )
    if by_role := tuple(speaker for speaker in speakers if is_interviewer(speaker)):
        return by_role
    answering = [speaker for speaker in speakers if is_candidate(speaker)]
    others = tuple(speaker for speaker in speakers if speaker not in answering)
    return others if answering and others else _by_questions(transcript, matcher)


def _named(name: str, transcript: Transcript) -> str:
    speakers = transcript.speakers
    whole = [speaker for speaker in speakers if key(speaker) == key(name)]
    part = [speaker for speaker in speakers if set(key(name).split()) <= set(key(speaker).split())]
    for found in (whole, part):
        if len(found) == 1:
            return found[0]
    known = {key(speaker): speaker for speaker in speakers}
    near = get_close_matches(key(name), known, n=1)
    raise DataError(
        f"{transcript.path}: no speaker {name!r}, or several; there are {_listed(speakers)}",
        hint=f"did you mean {known[near[0]]!r}?" if near else "--interviewer NAME",
    )


def _by_questions(transcript: Transcript, matcher: Matcher) -> tuple[str, ...]:
    """Those before the widest gap, when the speakers are sorted by how much of what they say asks."""
    shares = {speaker: _share(speaker, transcript, matcher) for speaker in transcript.speakers}
    order = sorted(shares, key=lambda speaker: -shares[speaker])
    gaps = [shares[a] - shares[b] for a, b in pairwise(order)]
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    if gaps[widest] < _CLEAR:
        raise DataError(
            f"{transcript.path}: cannot tell who asks; there are {_listed(transcript.speakers)}",
            hint="--interviewer NAME",
        )
    asking = set(order[: widest + 1])
    return tuple(speaker for speaker in transcript.speakers if speaker in asking)


def _share(speaker: str, transcript: Transcript, matcher: Matcher) -> float:
    """The share of the speaker's turns that ask; one that asks a question of the bank counts twice."""
    turns = [turn for turn in transcript.turns if key(turn.speaker or "") == key(speaker)][:_LISTENED_TO]
    points = 0
    for turn in turns:
        if turn.asks or any(asks(piece) for piece in parts(turn.text)):
            best = matcher.matches(turn.text[:2000])
            points += 2 if best and best[0].similarity >= THRESHOLD else 1
    return points / len(turns)


def _listed(speakers: tuple[str, ...]) -> str:
    shown = ", ".join(repr(speaker) for speaker in speakers[:6])
    return f"{shown} and {len(speakers) - 6} more" if len(speakers) > 6 else shown or "none"
