"""Spoken language: where a turn asks, what leans on what went before, and what only keeps the talk going."""

from __future__ import annotations

import re

from interviewer.importers.cues import asks as asks_in_writing
from interviewer.language.sentences import sentences
from interviewer.language.words import content_stems

_FILLER = re.compile(r"\b(?:u+h*m+|u+h+|e+rm?|hm+|you know|i mean|kind of|sort of)\b,?[ \t]*", re.I)
_TAIL = re.compile(r",?[ \t]*\b(?:please|then|right|okay|ok)(?=[ \t]*[?.!]*$)", re.I)
_MARKER = re.compile(
    r"\b(?:okay|ok|alright|all right|moving on|now then"
    r"|(?:the )?(?:next|first|second|third|last|final|another)"
    r" (?:one|question|topic|up))\b[,:]?(?: is\b)?[ \t]*",
    re.I,
)
_LONG = 12
"""Words. What is longer without a full stop was written down by a machine."""
_MOST_PARTS = 40
_LONGEST = 1000
"""Characters of one part; the embedder reads no more."""
_ASKS = re.compile(
    r"^\W*(?:(?:so|and|but|now|well|then|right)\b[ \t,]*)*"
    r"(?:what|why|how|which|who|whose|where|when|is|are|was|were|do|does|did|can|could|would|will|should|has|have"
    r"|(?:i'd|i would) like (?:you )?to|i want you to|let me ask)\b"
    r"|\b(?:can|could|would|will) you\b|\b(?:tell|give) (?:me|us)\b|\b(?:walk|take) (?:me|us) through\b"
    r"|\b(?:what|why|how|which) (?:is|are|does|do|did|would|was|were|can|could|should|many|much"
    r"|\w+ (?:is|are|do|does))\b"
    r"|\b(?:please|i'd like you to|i want you to) \w+",
    re.I,
)
_CLAIM = re.compile(
    r"\btrue or false\b|\b(?:do|would) you (?:agree|say|think)\b|\bagree or disagree\b|\b(?:is|was) it true\b"
    r"|\b(?:somebody|someone|people|some|colleague) (?:says?|claims?)\b|\byes or no\b",
    re.I,
)
_GOES_ON = re.compile(
    r"^\W*(?:(?:so|and|but|well|okay|right|then|interesting|hmm?|ah)\b[ \t,.!]*)*(?:"
    r"why(?: (?:is|does|would|do) (?:that|this|it|so))?(?: (?:so|not|though))?\W*$"
    r"|how (?:so|come)\b|such as\b|like what\b|for (?:example|instance)\b|in what (?:sense|way)\b|meaning\b"
    r"|what else\b|anything else\b|go on\b)"
    r"|\b(?:elaborate|expand on|say (?:a (?:bit|little) )?more|(?:tell|say) (?:me |us )?more"
    r"|be (?:a bit |a little )?more (?:precise|specific|concrete)|clarify|unpack|what do you mean"
    r"|you (?:just )?(?:said|mentioned)|an example(?: (?:of|for) (?:that|this|it|such)\b|\W*$)"
    r"|go (?:a bit |a little )?deeper|in more detail)\b",
    re.I,
)
"""What asks for more of the same, whatever else is said."""
_ADDS = re.compile(
    r"^\W*(?:(?:and|but)(?! (?:what|how|which|where|who|can|could)\b)"
    r"|(?:so )?(?:(?:what|how) about|what if|(?:with|in|of|on|to|by|from|at|over) (?:which|what)))\b",
    re.I,
)
_POINTS_BACK = re.compile(
    r"\b(?:it|they|them|these|those|there|the (?:first|second|third|last|latter|former|other) (?:one|two)?)\b"
    r"|\b(?:does|is|was|would|did|do|will|can|could|about|by|with|on|of|in|for|against|than|from|after|around|why)"
    r" (?:that|this)\b",
    re.I,
)
_INTRODUCES = re.compile(
    r"\b(?:what(?:'s| is| are| does| do) (?:an?|the)?|explain|describe|define|is an?|is true)\b", re.I
)
_FEW = 3
"""Words with a meaning of their own; a question with more can stand alone."""
_TURNS_AWAY = re.compile(
    r"\b(?:(?:next|new|different|another|other|last|final|first) (?:question|topic|one|subject|thing)"
    r"|mov(?:e|ing) on"
    r"|let'?s (?:move|switch|turn|leave|park|change|go on)|leave (?:that|it)|now to|on to"
    r"|turning to|switch(?:ing)? to"
    r"|something (?:else|different)|next up)\b",
    re.I,
)
_NEW_ATTEMPT = re.compile(
    r"\b(?:try (?:that |it |this |that one |this one )?(?:once )?again"
    r"|start (?:over|again|afresh)|from scratch"
    r"|from the (?:top|start|beginning)|(?:second|another|one more) (?:try|attempt|go|shot)"
    r"|answer (?:that|it|this)(?: one)? again)\b",
    re.I,
)


def parts(turn: str) -> list[str]:
    """The sentences of a turn without its fillers; what has no full stops is cut at "okay", "next one"."""
    spoken = _FILLER.sub("", re.sub(r"[ \t]+", " ", turn))
    found = []
    for sentence in sentences(spoken):
        pieces = [sentence.text] if len(sentence.text.split()) <= _LONG else _MARKER.split(sentence.text)
        found += [piece.strip(" ,:;-")[:_LONGEST] for piece in pieces if any(c.isalnum() for c in piece)]
    return found[-_MOST_PARTS:]


def runs(pieces: list[str], longest: int) -> list[tuple[int, int, str]]:
    """Every run of consecutive pieces: where it begins and ends, and its text."""
    return [
        (at, at + size, " ".join(pieces[at : at + size]))
        for size in range(1, longest + 1)
        for at in range(len(pieces) - size + 1)
    ]


def asks(piece: str) -> bool:
    """Whether it is a question, an instruction or a claim to agree with; spoken ones may lack the mark."""
    return asks_in_writing(piece) or bool(_ASKS.search(piece) or _CLAIM.search(piece))


def leans(piece: str) -> bool:
    """Whether a question makes no sense without what went before: "Why?", "Does it depend on that?"."""
    bare = _TAIL.sub("", piece)
    if _GOES_ON.search(bare):
        return True
    if _INTRODUCES.search(bare):
        return False
    back = _POINTS_BACK.search(bare)
    if back is not None and len(content_stems(bare[: back.start()])) <= 1:
        return True
    return len(content_stems(bare)) <= (_FEW if _ADDS.match(bare) else 1)


def turns_away(turn: str) -> bool:
    """Whether it leaves what was spoken of: "Next question", "Moving on"."""
    return bool(_TURNS_AWAY.search(turn))


def wants_new_attempt(turn: str) -> bool:
    """Whether the answer is to be given once more from the beginning."""
    return bool(_NEW_ATTEMPT.search(turn))
