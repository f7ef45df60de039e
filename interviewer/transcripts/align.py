"""The interviewer's turns matched to the questions of the bank, and what was answered to each.

A question that comes back later goes on with its first answer, unless the interviewer asks for a new attempt.
A question of the bank that depends on another is one of its own. What a question matches is never guessed:
without a match it is `unmatched`, and keeps what was answered to it away from the question before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from interviewer.bank import Bank
from interviewer.errors import DataError
from interviewer.models import Question
from interviewer.transcripts.matching import MARGIN, RELATED, SMALL_TALK, SURE, THRESHOLD, Match, Matcher
from interviewer.transcripts.speakers import interviewers_of
from interviewer.transcripts.speech import asks, leans, parts, turns_away, wants_new_attempt
from interviewer.transcripts.transcript import Transcript, Turn, key

CHILD = 0.8
"""Share of the threshold enough for a question that depends on the last one: it is said in fewer words."""

Role = Literal["question", "follow_up", "unmatched", "small_talk", "comment"]


@dataclass(slots=True)
class Heard:
    """One turn of the interviewer, and what it was taken for."""

    turn: Turn
    role: Role
    question_id: str | None = None
    """The question asked, or the one that a follow-up or comment belongs to; None: the bank has none."""
    nearest: Match | None = None
    """The best match, where one was looked for."""
    words: int = 0
    """How many words others said before the interviewer spoke again."""


@dataclass(slots=True)
class Exchange:
    """A question, and what each candidate answered to it."""

    turn: Turn
    question: Question | None
    """None: the bank does not have it."""
    nearest: Match | None = None
    answers: dict[str | None, list[str]] = field(default_factory=dict)
    """The turns by speaker, in the order in which they began."""

    @property
    def answered(self) -> str:
        """All that was said to it."""
        return "\n".join(text for texts in self.answers.values() for text in texts)


@dataclass(frozen=True, slots=True)
class Aligned:
    """A transcript with its questions found."""

    transcript: Transcript
    interviewers: tuple[str, ...]
    heard: tuple[Heard, ...]
    exchanges: tuple[Exchange, ...]

    @property
    def path(self) -> Path:
        """The file."""
        return self.transcript.path


def align(transcript: Transcript, bank: Bank, matcher: Matcher, interviewer: str | None = None) -> Aligned:
    """The questions of a transcript and the answers to each.

    Args:
        interviewer: the name of who asks, several with commas; None: find out.

    Raises:
        DataError: it cannot be told who asks, or a turn names a question that is not in the bank.
    """
    asking = interviewers_of(transcript, matcher, interviewer)
    listener = _Listener(transcript.path, bank, matcher)
    names = {key(name) for name in asking}
    for turn in transcript.turns:
        if turn.speaker is not None and key(turn.speaker) in names:
            listener.hear(turn)
        else:
            listener.answer(turn)
    return Aligned(transcript, asking, tuple(listener.heard), tuple(listener.exchanges))


class _Listener:
    """Follows an interview turn by turn."""

    def __init__(self, path: Path, bank: Bank, matcher: Matcher) -> None:
        self.heard: list[Heard] = []
        self.exchanges: list[Exchange] = []
        self._path = path
        self._bank = bank
        self._matcher = matcher
        self._open: Exchange | None = None
        """What is being answered; None: nothing."""
        self._last: Exchange | None = None
        """What was answered last; a follow-up leads back to it."""

    def answer(self, turn: Turn) -> None:
        """Somebody else speaks."""
        if turn.question_id or turn.reference:
            raise DataError(
                f"{self._path}:{turn.line}: {turn.speaker!r} does not ask",
                hint="question_id and reference"
                " belong on the interviewer's turn; name the interviewer with --interviewer NAME",
            )
        if self._open is not None:
            self._open.answers.setdefault(turn.speaker, []).append(turn.text)
        if self.heard:
            self.heard[-1].words += len(turn.text.split())

    def hear(self, turn: Turn) -> None:
        """The interviewer speaks."""
        if turn.reference is not None or turn.question_id is not None:
            question = None if turn.reference is not None else self._given(turn)
            self._ask(turn, question, None)
            return
        matches = self._matcher.matches(turn.text, asked=turn.asks)
        match = self._match(turn, matches)
        if match is not None:
            self._ask(turn, self._bank.questions[match.question_id], match)
            return
        role = self._role(turn, matches)
        if role == "unmatched":
            self._ask(turn, None, matches[0] if matches else None)
            return
        self._open = None if role == "small_talk" else self._last if role == "follow_up" else self._open
        self._note(turn, role, matches[0] if matches else None)

    def _given(self, turn: Turn) -> Question:
        try:
            return self._bank.question(turn.question_id or "")
        except DataError as error:
            raise DataError(f"{self._path}:{turn.line}: {error.message}", hint=error.hint) from None

    def _ask(self, turn: Turn, question: Question | None, match: Match | None) -> None:
        earlier = None
        if question is not None and not wants_new_attempt(turn.text):
            same = [exchange for exchange in self.exchanges if exchange.question is question]
            earlier = same[-1] if same else None
        if earlier is None:
            earlier = Exchange(turn, question, match)
            self.exchanges.append(earlier)
        self._open = self._last = earlier
        self._note(turn, "unmatched" if question is None else "question", match)

    def _note(self, turn: Turn, role: Role, nearest: Match | None) -> None:
        question = self._open.question if self._open is not None else None
        self.heard.append(Heard(turn, role, None if question is None else question.id, nearest))

    def _match(self, turn: Turn, matches: list[Match]) -> Match | None:
        """The question of the bank that the turn asks, if it asks one."""
        last = self._last
        for match in matches:
            depends = self._bank.questions[match.question_id].depends_on
            is_child = last is not None and last.question is not None and depends == last.question.id
            if is_child and match.similarity >= CHILD * THRESHOLD:
                return match
        if not matches or matches[0].similarity < THRESHOLD:
            return None
        best = matches[0]
        if best.similarity >= SURE:
            return best
        if best.margin < MARGIN:
            return None
        if not turn.asks and self._goes_on(turn, best.said, beyond=best.similarity):
            return None
        return best

    def _goes_on(self, turn: Turn, said: str, *, beyond: float) -> bool:
        """Whether something said is nearer to the open question and its answer than `beyond`."""
        if self._last is None or turns_away(turn.text):
            return False
        related = self._matcher.related(said, self._last.question, self._last.turn.text, self._last.answered)
        return related >= max(RELATED, beyond)

    def _role(self, turn: Turn, matches: list[Match]) -> Role:
        """What a turn is that asks no question of the bank."""
        pieces = parts(turn.text)
        asking = (pieces or [turn.text]) if turn.asks else [piece for piece in pieces if asks(piece)]
        if not asking:
            said = max((self._matcher.small_talk(piece) for piece in pieces), default=0.0)
            return "small_talk" if said >= SMALL_TALK else "comment"
        roles = [self._role_of_question(turn, piece) for piece in asking]
        return "unmatched" if "unmatched" in roles else roles[-1]

    def _role_of_question(self, turn: Turn, piece: str) -> Role:
        if not turn.asks and self._matcher.small_talk(piece) >= SMALL_TALK:
            return "small_talk"
        # A heading such as "Lunch" is short, but leans on nothing.
        may_lean = not turn.asks or (asks(piece) and any(map(str.isalpha, piece)))
        if may_lean and leans(piece) and not turns_away(turn.text):
            return "small_talk" if self._last is None else "follow_up"
        goes_on = not turn.asks and self._goes_on(turn, piece, beyond=0.0)
        return "follow_up" if goes_on else "unmatched"
