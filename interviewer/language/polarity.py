"""What vectors cannot see: negation, opposites, and which side an answer takes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from interviewer.language.sentences import clauses, sentences
from interviewer.language.words import stem, words

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|hardly|rarely|fails?\s+to|lacks?|lacking|instead\s+of"
    r"|rather\s+than|as\s+opposed\s+to|unlike|avoids?|avoiding|opposite\s+of|far\s+from|nothing|isnt|arent|doesnt|dont|cant|wont|didnt"
    r"|wasnt|werent|shouldnt|wouldnt|couldnt|hasnt|havent)\b|n['’]t\b",
    re.IGNORECASE,
)
_NOT_NEGATION = re.compile(r"\bnot\s+(?:only|just|merely|simply)\b|\bno\s+(?:matter|doubt)\b", re.IGNORECASE)

_OPPOSITES = """
    increase decrease / grow shrink / raise lower / high low / large small / big small / larger smaller / bigger smaller / higher lower
    / more less / more fewer / most least / fast slow / faster slower / quick slow / early late / before after / first last / maximise minimise
    / maximize minimize / encoder decoder / encode decode / discriminator generator / train test / training inference
    / training testing / linear quadratic / linear nonlinear / constant variable / fixed learned / fixed learnable / fixed trainable
    / static dynamic / global local / left right / past future / next previous / preceding following / input output / row column
    / query key / close far / closer farther / closer further / near far / together apart / similar different / same different
    / similar dissimilar / positive negative / upper lower / above below / sharp blurry / stable unstable / easy hard / easier harder
    / simple complex / cheap expensive / strong weak / dense sparse / deep shallow / wide narrow / hot cold / same different / always never
    / everywhere nowhere / enable disable / add remove / allow prevent / freeze unfreeze / frozen trainable / supervised unsupervised
    / deterministic stochastic / convex nonconvex / dependent independent / labelled unlabelled / labeled unlabeled / long short
    / longer shorter / better worse / best worst / gain loss / vanish explode / overfit underfit / attract repel / pull push
    / majority minority / frequent rare / common rare / ascent descent / multiply divide / include exclude / identical different
    / sigmoid softmax / bidirectional unidirectional / bidirectional causal / parallel sequential / discrete continuous
    / masked unmasked / scale invariant / spatial channel / majority minority / easier harder / easy difficult / easily hardly / wins loses / keeps loses / keep discard / inside outside / once repeatedly / fixed learns / biased unbiased / convex nonconvex / single multiple / one many
    / forward reverse / forward backward / possible impossible / necessary unnecessary / sufficient insufficient / bounded unbounded / reduce increase / useful useless
"""


def _opposites() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for pair in _OPPOSITES.split("/"):
        one, other = (stem(word) for word in pair.split())
        table.setdefault(one, set()).add(other)
        table.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in table.items()}


OPPOSITES = _opposites()
"""Stem → stems that say the contrary."""
CONTRARY: dict[str, str] = {}
"""Word → a word that says the contrary, as it is written."""
for _pair in _OPPOSITES.split("/"):
    _one, _other = _pair.split()
    CONTRARY.setdefault(_one, _other)
    CONTRARY.setdefault(_other, _one)


@lru_cache(maxsize=256)
def negated_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where a negation reaches: from its cue to the end of its clause, as (start, end)."""
    spans = []
    for clause in clauses(text):
        for match in _NEGATION.finditer(clause.text):
            if _NOT_NEGATION.match(clause.text, match.start()):
                continue
            spans.append((clause.start + match.start(), clause.end))
            break
    return tuple(spans)


def is_negated(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the word at this offset stands inside a negation.

    Args:
        spans: as `negated_spans` gives them, one behind the other.
    """
    at = bisect_right(spans, position, key=itemgetter(0))
    return at > 0 and position < spans[at - 1][1]


_SUBJECT = r"(?:that|this|it|the\s+(?:statement|claim|assertion|answer|sentence)|my\s+answer)"
_LEADING_UP = (
    r"(?:(?:i\s*(?:think|believe|mean|would\s+say|['’]?d\s+(?:say|go\s+(?:with|for)))|my\s+answer\s+is|h+m+|u+h*m+|uh+|er+m*|oh|ok(?:ay)?"
    r"|definitely|clearly|probably|absolutely|certainly|surely|of\s+course|well|so)\b|,|\s)*"
)
_TRUE = re.compile(
    rf"^\W*+{_LEADING_UP}"
    r"(?:(?:true|yes|yep|yeah|correct|right|agree[d]?|i\s+agree)\b(?!\s+or\b|\s+(?:positive|negative)s?\b)|[ty](?=\s*(?:[.,:;!)]|$)))"
    rf"|\b(?:{_SUBJECT}(?:\s+is|['’]s)\s+|is\s+|answer:?\s+|statement\s+(?:is\s+)?)(?:indeed\s+|definitely\s+|actually\s+)?(?:true|correct|right)\b(?!\s+(?:that|or)\b)"
    r"|\bi\s+agree\b",
    re.IGNORECASE,
)
_FALSE = re.compile(
    rf"^\W*+{_LEADING_UP}"
    r"(?:(?:false(?!\s+(?:positive|negative|alarm)s?\b)|no(?!\s+(?:doubt|question|matter|one|need)\b)|nope|absolutely\s+not|certainly\s+not|i['’]?d\s+disagree|i\s+would\s+disagree|nah|incorrect|wrong|untrue|disagree[d]?|i\s+disagree|not(?:\s+(?:true|correct|right|really|necessarily|quite|always|at\s+all)|(?=\s*(?:[.,;!]|$)))|never)\b|[fn](?=\s*(?:[.,:;!)]|$)))"
    rf"|\b(?:{_SUBJECT}(?:\s+is|['’]s)\s+|is\s+|answer:?\s+|statement\s+(?:is\s+)?)(?:indeed\s+|definitely\s+|actually\s+|simply\s+|just\s+)?"
    r"(?:false|incorrect|wrong|untrue|a\s+myth|a\s+misconception|not\s+(?:true|correct|right|the\s+case))\b"
    r"|\b(?:isn['’]?t|not)\s+(?:true|correct|right|the\s+case)\b|\bi\s+(?:disagree|don['’]?t\s+agree)\b",
    re.IGNORECASE,
)
_YES_NO_CLAIM = re.compile(
    r"\b(?:they|it|this|we|he|she|there)\s+(will|would|won['’]?t|wouldn['’]?t|will\s+not|would\s+not)\b", re.I
)


def verdict(text: str) -> bool | None:
    """The side that the answer takes: True, False, or None where it takes none or both.

    The first sentence decides; later ones only where the first takes no side.
    """
    for sentence in sentences(text)[:4]:
        says_false, says_true = bool(_FALSE.search(sentence.text)), bool(_TRUE.search(sentence.text))
        if says_false and says_true:
            # "Not true", "that is not correct": the denial holds the word that it denies.
            opening = _TRUE.match(sentence.text)
            return None if opening and not _FALSE.match(sentence.text) else False
        if says_false or says_true:
            return says_true
    return None


def says_the_opposite(text: str) -> bool:
    """Whether a sentence of the answer does nothing but take back the rest ("Actually the opposite is true.")."""
    return any(_TAKEN_BACK.fullmatch(sentence.text) for sentence in sentences(text))


_TAKEN_BACK = re.compile(
    r"(?:(?:no|but|and|so|actually|well|in\s+(?:fact|truth|reality))[,:]?\s+)*"
    r"(?:the\s+(?:exact\s+)?(?:opposite|contrary|reverse)(?:\s+of\s+(?:this|that|the\s+above))?"
    r"\s+(?:holds|is\s+(?:true|correct|right|the\s+case))"
    r"|none\s+of\s+(?:it|this|that|the\s+above)\s+is\s+(?:true|correct|right)"
    r"|(?:all|everything)(?:\s+of)?(?:\s+(?:this|the))?(?:\s+above)?\s+is\s+(?:false|wrong|incorrect))\W*",
    re.IGNORECASE,
)


def stems_with_polarity(text: str) -> dict[str, set[bool]]:
    """Each content stem of the text, with the polarities (True = affirmed) it is used in."""
    spans = negated_spans(text)
    found: dict[str, set[bool]] = {}
    for word in words(text):
        if word.is_content:
            found.setdefault(word.stem, set()).add(not is_negated(word.start, spans))
    return found
