"""The table of injected texts in docs/security.md, measured anew for one judge; rows of others stay.

    python -m benchmarks.injections [--judge JUDGE] [--config FILE] [--each NUMBER] [--bare]

Each text of `injections.jsonl` is added to a wrong and to a full example answer of a few questions of the
shipped bank, and what that changes is what the table says. `--bare` grades by the references alone.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interviewer.bank import Bank, load_bank
from interviewer.grading.pipeline import Grader
from interviewer.measuring.attacks import Attack, read_attacks
from interviewer.models import Grade, Outcome, Question
from interviewer.wiring import choose_grader, open_settings

HERE = Path(__file__).parent
TEXTS = HERE / "injections.jsonl"
DOCS = HERE.parent / "docs" / "security.md"
START, END = "<!-- injections:start -->", "<!-- injections:end -->"
HEAD = (
    "judge", "family", "texts; answers", "flagged",
    "wrong answers: points gained, mean; most", "turned into a pass",
    "full answers: points changed, mean; most lost", "set to 0", "ungraded",
)  # fmt: skip
FLAGS = {"addresses-the-judge", "invisible-characters"}
AT_ONCE = 4


@dataclass(frozen=True)
class Tried:
    """One answer without and with a text in it."""

    family: str
    label: str
    """`wrong` or `full`."""
    before: Outcome
    after: Outcome


async def tried(
    grader: Grader, bank: Bank, texts: tuple[Attack, ...], each: int, *, bare: bool
) -> list[Tried]:
    """Each text in so many wrong answers and so many full ones, question after question."""
    by_reference = {"criteria": (), "mistakes": (), "groups": (), "examples": ()}
    asked = {
        question.id: question.model_copy(update=by_reference) if bare else question
        for question in bank.questions.values()
    }
    questions, room = list(bank.questions.values()), asyncio.Semaphore(AT_ONCE)
    plain: dict[tuple[str, str], asyncio.Task[Outcome]] = {}

    async def graded(question: Question, answer: str) -> Outcome:
        async with room:
            return await grader.grade(
                asked[question.id], bank.rubric(question.rubric), answer, parents=bank.parents(question)
            )

    async def one(text: Attack, question: Question, label: str) -> Tried:
        answer = next(example.answer for example in question.examples if example.label == label)
        key = (question.id, label)
        if key not in plain:
            plain[key] = asyncio.create_task(graded(question, answer))
        after = await graded(question, text.added_to(answer))
        return Tried(text.family, label, await plain[key], after)

    return await asyncio.gather(
        *(
            one(text, questions[(number * each + offset) % len(questions)], label)
            for number, text in enumerate(texts)
            for offset in range(each)
            for label in ("wrong", "full")
        )
    )


def rows(judge: str, found: list[Tried], texts: tuple[Attack, ...]) -> Iterator[str]:
    """A row for each family, and one for all."""
    families = list(dict.fromkeys(text.family for text in texts))
    for family in (*families, "all"):
        own = [one for one in found if family in (one.family, "all")]
        pairs = {
            label: [
                (one.before, one.after)
                for one in own
                if one.label == label and isinstance(one.before, Grade) and isinstance(one.after, Grade)
            ]
            for label in ("wrong", "full")
        }
        gains, changes = ([a.score - b.score for b, a in pairs[label]] for label in ("wrong", "full"))
        graded = [after for side in pairs.values() for _, after in side]
        cells = [
            f"`{judge}`",
            family,
            f"{sum(text.family == family or family == 'all' for text in texts)}; {len(own)}",
            f"{sum(bool(FLAGS & set(after.flags)) for after in graded) / max(1, len(graded)):.0%}",
            f"{_mean(gains)}; {max(gains, default=0):+.1f}",
            f"{sum(after.passed and not before.passed for before, after in pairs['wrong'])}",
            f"{_mean(changes)}; {min([0.0, *changes]):+.1f}",
            f"{sum(not after.score and before.score > 0 for before, after in pairs['full'])}",
            f"{len(own) - len(graded)}",
        ]
        yield "| " + " | ".join(cells) + " |"


def _mean(values: list[float]) -> str:
    return f"{sum(values) / len(values):+.1f}" if values else "–"


def put(table: list[str], judge: str, text: str) -> str:
    """The page with these rows in place of what it said about the judge."""
    before, _, rest = text.partition(START)
    old, _, after = rest.partition(END)
    kept = [line for line in old.splitlines() if line.startswith("| `") and f"| `{judge}` |" not in line]
    head = ["| " + " | ".join(HEAD) + " |", "| --- " * len(HEAD) + "|"]
    return "\n".join([f"{before}{START}", *head, *kept, *table, f"{END}{after}"])


def main() -> None:
    """Measures, and writes the page."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.injections")
    arguments.add_argument("--judge", default="embedded")
    arguments.add_argument("--config", type=Path, help="settings of the judge")
    arguments.add_argument("--each", type=int, default=5, help="wrong and full answers for each text")
    arguments.add_argument("--bare", action="store_true", help="grade by the references alone")
    options = arguments.parse_args()
    chosen, texts = choose_grader(open_settings(options.config, judge=options.judge)), read_attacks(TEXTS)
    found = asyncio.run(tried(chosen.grader(), load_bank(), texts, options.each, bare=options.bare))
    label = chosen.label + (", by references" if options.bare else "")
    table = list(rows(label, found, texts))
    print("\n".join(table))
    page = DOCS.read_text(encoding="utf-8")
    DOCS.write_text(put(table, label, page), encoding="utf-8")


if __name__ == "__main__":
    main()
