"""Whether an answer speaks to its grader, openly or hidden. That decides nothing: a person is to look at it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
"""Characters that show nothing, or turn the direction of others."""
_BETWEEN = re.compile(INVISIBLE.pattern.replace("[", "[\\u00ad\\u180e", 1))
"""The same, and soft hyphens: honest text that was copied from elsewhere has those."""
_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rubric|criteri|guideline)"
    # Of what came before only with a word that no honest sentence about layers and gates goes on with.
    r"|\b(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,4}(?:above|previous|prior|earlier)(?:\s+(?:message|text|rule|direction|command|order|task)|\s*(?:[.,;:!]|$))"
    r"|\b(?:system|assistant|developer)\s*(?:prompt|message|override|note)?\s*:\s"
    r"|\b(?:give|award|assign|grant|output|return|respond)\b.{0,40}\b(?:full|max(?:imum)?|perfect|highest|100)\b.{0,20}\b(?:mark|score|point|credit|grade)"
    r"|\b(?:full|perfect|maximum)\s+(?:marks?|score|credit)\b|[\"']?(?:level|score|grade|verdict)[\"']?\s*:\s*[\"']?(?:met|full|pass|correct|100|10/10|[15]/5)"
    r"|\[/?(?:INST|SYS)\]|<\|?/?(?:im_start|im_end|system|assistant|endoftext|start_of_turn|end_of_turn|eot_id)"
    r"|\[\[\s*(?:END\s+)?ANSWER\b|###\s*(?:instruction|system|response)"
    r"|\b(?:dear|hello|hi|note\s+to(?:\s+the)?|attention)\s+(?:grader|judge|evaluator|examiner|ai)\b|\bthe\s+grader\s+(?:should|must|has)\b"
    # The same demand in the languages that are tried most.
    r"|\b(?:ignoriere|vergiss|missachte)\b.{0,40}\b(?:anweisung|vorgabe|kriteri|bisherig|vorherig)"
    r"|\b(?:ignor(?:ez|e|a|ad|en|ate|ar)|oubliez|olvida|esquece|dimentica)\b.{0,40}\b(?:instruc|istruzion|consigne|instru[cç]|criteri|crit[eè]r|anterior|pr[eé]c[eé]dent|precedent)"
    r"|\b(?:volle|maximale|höchste)\s+(?:punkt|note|bewertung)|\b(?:note|puntuación|pontuação|calificación)\s+(?:maxim|máxim)|\b(?:máxima|maxima|massimo|meilleure)\s+(?:note|puntuación|pontuação|calificación|punteggio)"
    r"|(?:игнориру|забудь)\w*.{0,40}(?:инструкц|указани|критери|предыдущ)|(?:максимальн|высш)\w*\s+(?:балл|оценк)"
    r"|(?:忽略|忽视|无视|忘记).{0,20}(?:指令|指示|说明|标准|规则)|满分|(?:無視|忘れ).{0,20}指示|指示.{0,10}無視|満点"
    r"|(?:무시).{0,20}(?:지시|명령)|(?:지시|명령).{0,10}무시|만점|(?:تجاهل|انس).{0,40}(?:تعليمات|التعليمات|المعايير)|الدرجة\s+الكاملة",
    re.IGNORECASE | re.DOTALL,
)
_TAGS = re.compile(r"[\U000e0020-\U000e007e]+")
_PACKED = re.compile(r"[A-Za-z0-9+/]{20,}={0,2}")
_MOST_PACKED = 20
"""Stretches that are unpacked of one answer."""


def addresses_judge(answer: str) -> bool:
    """Whether it says something to whoever marks it, as far as patterns know: visibly, or hidden in characters
    that show nothing, between them, or in base64."""
    return any(_ADDRESSED.search(text) for text in _views(answer))


def _views(answer: str) -> Iterator[str]:
    yield answer
    if _BETWEEN.search(answer):
        yield _BETWEEN.sub("", answer)
        yield "".join(chr(ord(tag) - 0xE0000) for run in _TAGS.findall(answer) for tag in run)
        yield answer[::-1]
    for run in _PACKED.findall(answer)[:_MOST_PACKED]:
        try:
            yield base64.b64decode(run + "=" * (-len(run) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
