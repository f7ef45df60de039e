"""The draft that was left when practice was broken off, and going on with it."""

from __future__ import annotations

from interviewer.bank import Bank
from interviewer.cli.show import Screen
from interviewer.history import History
from interviewer.models import Draft
from interviewer.practice.running import RunningSession


def draft_to_continue(bank: Bank, history: History, screen: Screen, only: str | None) -> Draft | None:
    """The newest draft, where the candidate wants to go on with it; None: a new session.

    Args:
        only: the question that was asked for by name; its draft is gone on with unasked.
    """
    if not screen.interactive:
        return None
    wanted = bank.questions if only is None else {only}
    # A follow-up belongs on the screen that asked it; the full screen keeps a draft before a word is typed.
    drafts = (
        d
        for d in history.drafts()
        if d.question_id in wanted and d.part != "follow_up" and (d.text.strip() or d.hints)
    )
    # What another program has open is being typed there.
    draft = next((d for d in drafts if history.claim(d.session_id)), None)
    if draft is None or only is not None:
        return draft
    when = draft.time.astimezone().strftime("%d %b %H:%M")
    screen.say(f"An answer to {draft.question_id} was left unfinished on {when}:")
    screen.quote(draft.text or "(hints only)")
    reply = screen.choice("Go on with it? [Y]es, [n]ot now, [d]elete it: ")
    if not reply.startswith(("n", "d")):
        return draft
    if reply.startswith("d"):
        _delete(bank, history, draft)
    history.release(draft.session_id)
    return None


def reopened(bank: Bank, history: History, draft: Draft) -> RunningSession:
    """The draft's session, in which its question is to come again where it was skipped."""
    running = _session_of(bank, history, draft)
    if draft.part == "first" and running.position != draft.position:
        history.leave(draft.session_id, draft.position, None)
        running = _session_of(bank, history, draft)
    return running


def _delete(bank: Bank, history: History, draft: Draft) -> None:
    running = _session_of(bank, history, draft)
    if draft.part == "first" and running.position == draft.position:
        running.leave("skipped")
    history.drop_draft(draft.session_id, draft.position, draft.part)
    if running.is_done:
        running.finish()


def _session_of(bank: Bank, history: History, draft: Draft) -> RunningSession:
    session = history.session(draft.session_id)
    assert session is not None, "a draft is kept with its session"
    return RunningSession(history, bank, session)
