"""The calls that one judgement takes: the question, one repair, one request for better quotes."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.backends.protocols import ChatBackend, JudgeRequest
from interviewer.errors import UnreadableReply
from interviewer.grading.agreement import LEVELS
from interviewer.grading.calls import Calls
from interviewer.grading.evidence import find_quote, is_echo
from interviewer.grading.prompt import chat_request
from interviewer.grading.reply import Fault, Finding, Reply, parse_reply
from interviewer.models import Verdict

UNVERIFIED = "unverified-quote"
_REPAIR = (
    "Your last reply could not be used: {problem}. Reply again with one JSON object that follows the schema,"
    " and keep every reason short."
)
_QUOTES = (
    "You have judged this answer before. For what is listed above, the quote you gave is not in the answer,"
    " or is only the question's own wording. Judge these again ({ids}): copy the quote from the answer"
    " character by character, or say not_met (for a mistake: made false)."
)


class Dialogue:
    """One judgement in the making.

    Args:
        backend: the model.
        label: who decides, for the verdicts.
    """

    def __init__(self, backend: ChatBackend, label: str) -> None:
        self._label = label
        self.calls = Calls(backend)
        self.flags: tuple[str, ...] = ()

    async def verdicts(self, request: JudgeRequest) -> tuple[list[Verdict], list[Verdict]]:
        """A verdict on every criterion and every mistake, in the order of the request.

        Raises:
            BackendUnavailable: no usable reply.
            UnreadableReply: a reply that breaks the rules, twice.
        """
        reply = await self._reply(request)
        lacking = _lacking(request, reply)
        if lacking.criteria or lacking.mistakes:
            reply = await self._with_better_quotes(lacking, reply)
        criteria = [self._criterion(c.id, reply.criteria[c.id], request) for c in request.criteria]
        mistakes = [self._mistake(m.id, reply.mistakes[m.id], request) for m in request.mistakes]
        return criteria, mistakes

    async def _reply(self, request: JudgeRequest, note: str = "") -> Reply:
        try:
            return parse_reply(await self._said(request, note), request)
        except UnreadableReply as error:
            repair = _REPAIR.format(problem=error.message)
        return parse_reply(await self._said(request, f"{note}\n{repair}".strip()), request)

    async def _said(self, request: JudgeRequest, note: str) -> str:
        return (await self.calls.ask(chat_request(request, note=note))).text

    async def _with_better_quotes(self, lacking: JudgeRequest, reply: Reply) -> Reply:
        """The reply with its unfounded findings judged once more; a second look never raises a level."""
        try:
            ids = ", ".join([*(c.id for c in lacking.criteria), *(m.id for m in lacking.mistakes)])
            again = await self._reply(lacking, _QUOTES.format(ids=ids))
        except UnreadableReply:
            return reply
        criteria = {
            identifier: finding
            for identifier, finding in again.criteria.items()
            if LEVELS.index(finding.level) <= LEVELS.index(reply.criteria[identifier].level)
        }
        return Reply(criteria={**reply.criteria, **criteria}, mistakes={**reply.mistakes, **again.mistakes})

    def _criterion(self, identifier: str, finding: Finding, request: JudgeRequest) -> Verdict:
        if finding.level == "not_met":
            return Verdict(id=identifier, level="not_met", reason=finding.reason, decided_by=self._label)
        quote = evidence(finding, request, identifier)
        if quote is None:
            return self._unverified(identifier, finding.reason)
        return Verdict(
            id=identifier, level=finding.level, quote=quote, reason=finding.reason, decided_by=self._label
        )

    def _mistake(self, identifier: str, fault: Fault, request: JudgeRequest) -> Verdict:
        if not fault.made:
            return Verdict(id=identifier, level="not_met", decided_by=self._label)
        quote = evidence(fault, request, identifier)
        if quote is None:
            return self._unverified(identifier, "said to be made")
        return Verdict(id=identifier, level="met", quote=quote, decided_by=self._label)

    def _unverified(self, identifier: str, reason: str) -> Verdict:
        self.flags = (UNVERIFIED,)
        return Verdict(id=identifier, level="not_met", reason=f"unverified: {reason}", decided_by=self._label)


def evidence(finding: Finding | Fault, request: JudgeRequest, identifier: str) -> str | None:
    """The answer's own words behind a finding; None where there are none, or they are the question's."""
    quote = find_quote(finding.quote or "", request.answer)
    if quote is None or (_guards_echo(request, identifier) and is_echo(quote, _prompts(request))):
        return None
    return quote


def _lacking(request: JudgeRequest, reply: Reply) -> JudgeRequest:
    """The part of the request whose findings earn something without evidence."""
    criteria = tuple(
        c
        for c in request.criteria
        if reply.criteria[c.id].level != "not_met" and evidence(reply.criteria[c.id], request, c.id) is None
    )
    mistakes = tuple(
        m
        for m in request.mistakes
        if reply.mistakes[m.id].made and evidence(reply.mistakes[m.id], request, m.id) is None
    )
    return request.model_copy(update={"criteria": criteria, "mistakes": mistakes})


def _guards_echo(request: JudgeRequest, identifier: str) -> bool:
    # A review points at lines of the code it was given, and a choice is made in the words of the options.
    checks = [c.check for c in request.criteria if c.id == identifier]
    return request.question.kind != "review" and not any(c is not None and c.kind == "choice" for c in checks)


def _prompts(request: JudgeRequest) -> Sequence[str]:
    return [question.prompt for question in (*request.parents, request.question)]
