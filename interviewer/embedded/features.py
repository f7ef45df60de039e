"""What the embedded judge looks at to tell whether an answer states a claim.

Token recall follows the greedy matching of Zhang et al., "BERTScore" (arXiv 1904.09675), weighted by rarity
and without
the words of the question. The rest are eyes for what it cannot see: negation, opposites, exchanged roles,
numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from interviewer.backends.protocols import Vectors
from interviewer.embedded.contrast import reversed_change
from interviewer.embedded.views import View
from interviewer.language.polarity import OPPOSITES

NAMES = (
    "recall",
    "soft",
    "passage",
    "subject",
    "cosine",
    "negated",
    "opposite",
    "unbound",
    "number",
    "dump",
    "margin",
    "misnamed",
    "turned",
    "entailed",
    "opposed",
)
"""The features of one claim, in the order of the weights."""
CONTEXT = ("rest", "mistake", "mistake_cosine")
"""The features of the whole answer, which stand behind those of each claim."""
DOUBTS = frozenset({"negated", "opposite", "unbound", "number", "dump", "misnamed", "turned", "opposed"})
"""Features that speak against a claim; the others speak for it."""
_SIGNS = np.array([-1.0 if name in DOUBTS else 1.0 for name in NAMES], np.float32)
UNSAID = -2.0
"""`entailed` and `opposed` of what is certainly not stated."""
_ENTAILED, _OPPOSED = NAMES.index("entailed"), NAMES.index("opposed")
NEAR = 0.62
"""Cosine of two word vectors in context from which they are taken for the same idea."""


def features(
    claim: View,
    answer: View,
    *,
    inside: NDArray[np.bool_],
    cosines: Vectors,
    asked: AbstractSet[str],
    rivals: AbstractSet[str],
    shared: AbstractSet[str],
    margins: Vectors,
    named: frozenset[str],
) -> tuple[Vectors, int]:
    """The features of one claim against one answer, and which passage comes nearest to stating it.

    All but the last two, which come from reading both together: see `entailed` and `opposed`.

    Args:
        inside: which words stand in which passage of the answer, shape (passages, words).
        cosines: of the claim and each passage, shape (passages,).
        asked: stems of the question's words, which prove nothing when repeated.
        rivals: stems that belong to other claims of the question and not to this one.
        shared: stems that this claim has in common with other claims.
        margins: by how much each passage is nearer to the claim than to its nearest contrary, shape
        (passages,).
        named: stems of the things that the question tells apart.
    """
    if not claim.stems or not answer.stems:
        nothing = np.zeros(len(NAMES), np.float32)
        nothing[[_ENTAILED, _OPPOSED]] = UNSAID
        return nothing, 0
    match = _matches(claim, answer)
    fresh = np.array([stem not in asked for stem in claim.stems])
    if not fresh.any():
        fresh[:] = True
    weight = claim.rarity * fresh
    exact = np.where(match >= NEAR, 1, np.maximum(match - 0.3, 0) * (0.6 / (NEAR - 0.3)))
    # Shape (claim words, passages): each word's best match there.
    found = (exact[:, None, :] * inside).max(2)
    by_passage = weight @ found / (weight.sum() or 1.0)
    best = int((by_passage + 0.3 * cosines).argmax())
    subject = claim.rarity * ~fresh
    unbound, misnamed = _unbound(claim, answer, rivals), _misnamed(claim, answer, weight, named, shared)
    turned = misnamed >= 0.9 or reversed_change(claim.text, answer.text)
    values = (
        _mean(exact.max(1), weight),
        _mean(match.max(1), weight),
        float(by_passage.max()),
        _mean(exact.max(1), subject) if subject.any() else 1.0,
        float(cosines.max()),
        _negated(claim, answer, weight),
        _opposite(claim, answer, weight),
        unbound,
        _number(claim, answer),
        _dump(answer),
        max(-1.0, min(1.0, 10 * float(margins[best]))),
        misnamed,
        float(turned),
        UNSAID,
        UNSAID,
    )
    return np.array(values, np.float32), best


def entailed(values: Vectors, logit: float) -> Vectors:
    """The features with the cross-encoder's log-odds, about -2..2."""
    values = values.copy()
    values[_ENTAILED] = np.clip(logit / 4, UNSAID, -UNSAID)
    return values


def opposed(values: Vectors, rivals: Iterable[Vectors]) -> Vectors:
    """The features with how surely the answer states a claim that contradicts this one, -2..2."""
    values = values.copy()
    values[_OPPOSED] = max((rival[_ENTAILED] for rival in rivals), default=UNSAID)
    return values


def is_verbatim(claim: View, answer: View) -> bool:
    """Whether the answer holds the claim's own words, one after the other, and denies none of them."""
    if not claim.stems or claim.spoken not in answer.spoken:
        return False
    size = len(claim.stems)
    return any(
        answer.stems[at : at + size] == claim.stems and answer.affirmed[at : at + size] == claim.affirmed
        for at in answer.places.get(claim.stems[0], ())
    )


def strength(values: Vectors) -> float:
    """How strongly features speak for a claim, before anything is fitted: their plain signed sum."""
    return float(values @ _SIGNS)


def _mean(values: Vectors, weight: Vectors) -> float:
    total = float(weight.sum())
    return float((values * weight).sum()) / total if total else 0.0


def _matches(claim: View, answer: View) -> Vectors:
    """How well each claim word matches each answer word, 0..1, shape (claim words, answer words)."""
    match = np.maximum(claim.vectors @ answer.vectors.T, 0)
    for i, name in enumerate(claim.stems):
        if name in answer.places:
            match[i, answer.places[name]] = 1
        for other in OPPOSITES.get(name, ()):
            # Opposites have near vectors; that is no match.
            if other in answer.places:
                match[i, answer.places[other]] = 0
    return np.asarray(np.minimum(match, 1), np.float32)


def _negated(claim: View, answer: View, weight: Vectors) -> float:
    """The share of the claim's words that the answer only uses with the other polarity."""
    right = wrong = 0.0
    for i, name in enumerate(claim.stems):
        uses = {answer.affirmed[j] for j in answer.places.get(name, ())}
        if uses == {claim.affirmed[i]}:
            right += float(weight[i])
        elif uses and claim.affirmed[i] not in uses:
            wrong += float(weight[i])
    return wrong / (right + wrong) if wrong else 0.0


def _opposite(claim: View, answer: View, weight: Vectors) -> float:
    """Whether the answer says the opposite of a word of the claim, and never that word itself."""
    worst = 0.0
    top = float(weight.max()) or 1.0
    for i, name in enumerate(claim.stems):
        if name in answer.places or not weight[i]:
            continue
        contrary = [j for other in OPPOSITES.get(name, ()) for j in answer.places.get(other, [])]
        if any(answer.affirmed[j] == claim.affirmed[i] for j in contrary) and not any(
            other in claim.stems for other in OPPOSITES[name]
        ):
            worst = max(worst, float(weight[i]) / top)
    return worst


def _unbound(claim: View, answer: View, rivals: AbstractSet[str]) -> float:
    """The share of the claim's words that the answer says of something else.

    A word is unbound when every clause of the answer that holds it also holds a rival (a word of another
    claim) and none of the words that stand with it in the claim.
    """
    at_risk = unbound = 0.0
    for i, name in enumerate(claim.stems):
        places = answer.places.get(name)
        if not places:
            continue
        partners = {
            other
            for j, other in enumerate(claim.stems)
            if other != name and claim.clause[j] == claim.clause[i]
        }
        strangers = rivals - partners - {name}
        at_risk += float(claim.rarity[i])
        companies = [answer.company[clause] for clause in {answer.clause[place] for place in places}]
        lost = all(company & strangers and not company & partners for company in companies)
        unbound += float(claim.rarity[i]) if lost else 0.0
    return unbound / at_risk if at_risk else 0.0


def _misnamed(
    claim: View, answer: View, weight: Vectors, named: frozenset[str], shared: AbstractSet[str]
) -> float:
    """The share of the claim's words that the answer only says of another of the named things.

    An answer that never speaks of the claim's own thing may only name it otherwise. Words that it says of
    both, or that other claims use too, tell nothing and do not count.
    """
    right = wrong = 0.0
    theirs, ours = answer.subjects(named), claim.subjects(named)
    if not {*theirs} & {*ours} - {None}:
        return 0.0
    for i, name in enumerate(claim.stems):
        about = None if name in named or name in shared else ours[i]
        if about is None:
            continue
        holders = {theirs[j] for j in answer.places.get(name, ())}
        if holders == {about}:
            right += float(weight[i])
        elif holders and None not in holders and about not in holders:
            wrong += float(weight[i])
    return wrong / (right + wrong) if wrong else 0.0


def _number(claim: View, answer: View) -> float:
    """Whether the claim holds a number that the answer lacks while giving others."""
    return float(bool(claim.values) and bool(answer.values) and not claim.values <= answer.values)


def _dump(answer: View) -> float:
    """Whether the answer is a heap of words rather than statements: hardly any small words between them."""
    if answer.word_count < 8:
        return 0.0
    small = 1 - len(answer.stems) / answer.word_count
    return max(0.0, min(1.0, (0.25 - small) / 0.25))
