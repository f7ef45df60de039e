"""Rules that look at an answer before any model does. Only what is certain decides; the rest is flagged."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import fuzz

from interviewer.grading.addressing import INVISIBLE, addresses_judge
from interviewer.language.polarity import negated_spans, verdict
from interviewer.language.words import content_stems, plain, stem, words
from interviewer.models import Question


@dataclass(frozen=True)
class Screening:
    """What the rules found."""

    rule: str | None = None
    """The rule that decides the answer earns nothing; None lets grading go on."""
    is_final: bool = True
    """False where a criterion's own check may still find something right in it."""
    reason: str = ""
    flags: tuple[str, ...] = ()
    """What is worth knowing but decides nothing."""


_NO_IDEA = re.compile(
    r"(?:sorry\s*)?(?:(?:i\s+)?(?:really\s+|honestly\s+|just\s+)?(?:do\s*n[o']?t|don['’]?t|dont|do\s+not)\s+(?:really\s+)?(?:know|remember|recall|have\s+(?:an?y?\s+)?(?:idea|clue|answer))"
    r"|i\s+have\s+no\s+(?:idea|clue|answer)|no\s+(?:idea|clue|answer|comment)|(?:i['’]?m\s+|i\s+am\s+)?not\s+sure|i\s+(?:can['’]?t|cannot)\s+(?:answer|remember|recall)"
    r"|(?:i['’]?m\s+|i\s+am\s+)?clueless|idk|dunno|i\s+dunno|beats\s+me|pass|skip|next(?:\s+question)?|n/?a|tbd|todo|i\s+give\s+up"
    r"|no\s+(?:response|submission|attempt)|empty\s+(?:answer|submission)|(?:no\s+answer|not\s+(?:answered|attempted))(?:\s+given)?|unanswered|skipped"
    r"|(?:i\s+)?(?:left|leave)\s+(?:it\s+|this\s+)?blank|(?:i|we)\s+(?:did\s*n[o'’]?t|did\s+not)\s+(?:answer|attempt|study|learn|cover)"
    r"|(?:i|we)\s+(?:have\s*n[o'’]?t|have\s+not)\s+(?:studied|learned|learnt|covered|seen)|(?:i(?:['’]ve)?\s+)?(?:have\s+)?never\s+heard\s+of|(?:i\s+)?ran\s+out\s+of\s+time"
    r"|i(?:['’]ve)?\s+(?:have\s+)?(?:forgot|forgotten))"
    r"(?:\s+(?:at\s+all|the\s+answer|this(?:\s+one)?|that(?:\s+one)?|it|about\s+(?:this|that|it)|the\s+answer\s+to\s+(?:this|that)(?:\s+question)?|anything\s+about\s+(?:this|that|it)|how\s+to\s+answer(?:\s+(?:this|that))?|sorry|please|how|here|yet))*"
)
# Openers and rails that alone make LLM judges give marks (Zhao et al., "One Token to Fool", arXiv 2507.08794).
_EMPTY_OPENER = re.compile(
    r"(?:thought\s+process|let['’]?s\s+(?:solve|think)[\w\s]*(?:step\s+by\s+step)?|solution|the\s+(?:final\s+)?answer(?:\s+is)?"
    r"|answer|step\s+1|here\s+is\s+(?:my|the)\s+answer|i\s+will\s+(?:now\s+)?answer(?:\s+the\s+question)?)"
)
_ECHO_SHARE = 0.3
"""Share of copied runs of three words from which an answer in the question's words is an echo."""
_SHORTEST_ECHO = 4
"""Words. Shorter answers made of the question's words can be right ("the decoder")."""


def screen(question: Question, answer: str, *, is_known_word: Callable[[str], bool]) -> Screening:
    """What the rules say of an answer.

    Args:
        is_known_word: whether an English vocabulary holds the word.
    """
    flags = _flags(question, answer)
    for rule, is_final, reason in (
        ("blank", True, "the answer is blank" if is_blank(answer) else None),
        ("dont-know", True, _no_idea(question, answer)),
        ("gibberish", False, _gibberish(question, answer, is_known_word)),
        ("echo", False, _echo(question, answer)),
    ):
        if reason:
            return Screening(rule, is_final, reason, flags)
    return Screening(flags=flags)


def is_blank(answer: str) -> bool:
    """Nothing in it that could be a statement: no letter, no digit, or only an opener ("Solution:")."""
    text = INVISIBLE.sub("", plain(answer))
    return not any(c.isalnum() for c in text) or _EMPTY_OPENER.fullmatch(text.strip(" .:*#_-")) is not None


def is_no_idea(answer: str) -> bool:
    """The whole answer says "I don't know", in any of the usual wordings."""
    text = re.sub(r"[^\w'/\s]+", " ", plain(answer)).strip()
    text = re.sub(r"^(?:um+|uh+|hmm+|well|ok|okay|honestly|sorry)\s+", "", re.sub(r"\s+", " ", text))
    return _NO_IDEA.fullmatch(text) is not None


def _no_idea(question: Question, answer: str) -> str | None:
    """It says so, and the reference does not begin with it: "pass" and "next" can be right."""
    if not is_no_idea(answer):
        return None
    right = re.compile(rf"\W*{re.escape(plain(answer).strip(' .,!?'))}\W*(?:$|[.,:;(])")
    is_right = any(right.match(plain(text)) for text in (question.reference, *question.alternatives))
    return None if is_right else "the answer says that it does not know"


def _gibberish(question: Question, answer: str, is_known_word: Callable[[str], bool]) -> str | None:
    """No word of it is in the vocabulary or the question, and most look like no word at all."""
    found = [word.text for word in words(answer) if word.text.isalpha()]
    if not any(len(word) >= 4 for word in found) or any(c.isdigit() for c in answer):
        return None
    own = {word.text for text in _texts(question) for word in words(text)}
    unknown = [
        word
        for word in found
        if len(word) >= 3 and word not in own and not (word.isascii() and is_known_word(word))
    ]
    if any(not word.isascii() for word in unknown):
        return None
    odd = [word for word in unknown if _looks_random(word)]
    known = len(found) - len(unknown)
    if len(odd) * 2 > len(found) and known * 4 <= len(found):
        return "the answer is not made of words"
    return None


def _texts(question: Question) -> list[str]:
    return [
        question.prompt,
        question.reference,
        *(text for criterion in question.criteria for text in (criterion.text, *criterion.alternatives)),
    ]


_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _looks_random(word: str) -> bool:
    """No vowel, five consonants in a row, four times one letter, or a run along the keyboard."""
    if len(word) >= 4 and not re.search(r"[aeiouy]", word):
        return True
    if re.search(r"[^aeiouy]{5}", word) or re.search(r"(.)\1{3}", word):
        return True
    runs = {row[i : i + 4] for row in _KEYBOARD for i in range(len(row) - 3)}
    return any(word[i : i + 4] in runs or word[i : i + 4][::-1] in runs for i in range(len(word) - 3))


def _echo(question: Question, answer: str) -> str | None:
    """All it says is what the question says: copied, or no word of content that is not the question's."""
    if len(words(answer)) >= _SHORTEST_ECHO and plain(answer).strip(" .?!") in plain(question.prompt):
        return "the answer only repeats the question"
    said = [word for word in words(answer) if word.is_content]
    if len(words(answer)) < _SHORTEST_ECHO or not said or verdict(answer) is not None:
        return None
    # A formula in the question's symbols says something of its own.
    if re.search(r"[=·*×+/^<>]", answer):
        return None
    asked = content_stems(question.prompt) | _ECHO_FILLERS
    own = [word for word in said if word.stem not in asked]
    if own or len({word.stem for word in said}) < 3:
        return None
    if _copied(answer, question.prompt) < _ECHO_SHARE:
        return None
    # "They are not always better" takes the question's words to contradict it.
    if bool(negated_spans(answer)) != bool(negated_spans(question.prompt)):
        return None
    return "the answer only repeats the question"


_FILLERS = (
    "question answer asks asked ask explain explained describe important interesting good great well topic"
)
_ECHO_FILLERS = frozenset(stem(word) for word in _FILLERS.split())


def _copied(answer: str, prompt: str) -> float:
    """The share of the answer's runs of three words that stand in the prompt, 0..1."""
    mine, theirs = ([word.stem for word in words(text)] for text in (answer, prompt))
    asked = set(zip(theirs, theirs[1:], theirs[2:], strict=False))
    runs = list(zip(mine, mine[1:], mine[2:], strict=False))
    return sum(run in asked for run in runs) / len(runs) if runs else 0.0


def _flags(question: Question, answer: str) -> tuple[str, ...]:
    flags = []
    if addresses_judge(answer):
        flags.append("addresses-the-judge")
    if INVISIBLE.search(answer):
        flags.append("invisible-characters")
    if len(words(answer)) >= 15 and fuzz.ratio(plain(answer), plain(question.reference)) >= 95:
        flags.append("pasted-reference")
    return tuple(flags)
