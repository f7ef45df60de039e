"""The tables of shipped judges in docs/measuring.md, measured anew.

    python -m benchmarks.tables --data FOLDER [--judge JUDGE …] [--keep FOLDER]

FOLDER holds the graded sets (`mohler.jsonl`, …), which are not part of the project; what is missing is left
out. Our own answers and twins are always measured. `--keep` goes on from what was graded before.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.combinations import carried_over, comparison
from interviewer.__main__ import main as run
from interviewer.bank import load_bank
from interviewer.measuring.results import Bench, Beside, Figure

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs" / "measuring.md"
SAF = "SAF, unseen questions"
TRAINING = 500
"""Answers of its training part that are fitted on, of its 18 questions in turn."""
START, END = "<!-- bench:start -->", "<!-- bench:end -->"


class Measured(NamedTuple):
    """One set of answers, and how the table calls it."""

    title: str
    file: Path
    filters: tuple[str, ...] = ()


def sets(data: Path | None, made: Path) -> Iterator[Measured]:
    """What there is to measure on."""
    own, report = HERE / "own_answers.jsonl", ("half=report",)
    yield Measured("own answers, reporting half, with the bank's criteria", own, report)
    yield Measured("… from the bare reference", bare(own, made), report)
    for title, name, filters in (
        ("Mohler", "mohler", ()),
        (SAF, "saf_en", ("split=*unseen_questions*",)),
        ("llmarking_short, with its criteria", "llmarking_short", ()),
        ("os_course", "os_course", ()),
        ("Beetle, unseen questions", "beetle", ("split=*question*", "flags!=question_needs_context")),
    ):
        if data is not None and (data / f"{name}.jsonl").exists():
            yield Measured(title, data / f"{name}.jsonl", filters)


def training(judge: str, data: Path | None, keep: Path) -> dict[str, Path]:
    """Grades of what a set has for training, by the title of what is measured of it."""
    if data is None or not (data / "saf_en.jsonl").exists():
        return {}
    keep.mkdir(exist_ok=True)
    fitted_on = Measured(SAF, data / "saf_en.jsonl", ("split=train",))
    measured(judge, fitted_on, keep, ("--limit", str(TRAINING)))
    return {SAF: grades(judge, keep) / "saf_en.jsonl"}


def bare(own: Path, folder: Path) -> Path:
    """Our own answers as answers to inline questions of which only the reference is known."""
    questions = load_bank().questions
    file = folder / "own_bare.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for line in own.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            question = questions[row["question_id"]]
            kept = {name: row[name] for name in ("id", "question_id", "half", "trap", "answer", "score")}
            asked = {"question": question.prompt, "reference": question.reference}
            out.write(json.dumps({**kept, **asked}, ensure_ascii=False) + "\n")
    return file


def measured(judge: str, what: Measured, keep: Path, extra: Iterable[str] = ()) -> Bench:
    """What `interviewer bench` finds."""
    out = keep / f"{judge.replace('/', '-')}-{what.file.stem}.json"
    filters = [part for pattern in what.filters for part in ("--filter", pattern)]
    kept = ["-o", str(grades(judge, keep))]
    status = run(["bench", str(what.file), "--judge", judge, "--json", str(out), *filters, *kept, *extra])
    if status > 1:
        raise SystemExit(status)
    return Bench.model_validate_json(out.read_text(encoding="utf-8"))


def grades(judge: str, keep: Path) -> Path:
    """The folder of a judge's grades."""
    return keep / f"{judge.replace('/', '-')}-grades"


def table(judge: str, found: list[tuple[str, Bench]]) -> str:
    """Markdown: a row for each set."""
    columns = (
        f"`{judge}`",
        "answers; questions",
        "RMSE (constant mean)",
        "Pearson",
        "within question",
        "QWK",
        "floors: token recall; cosine",
        "people",
        "criterion AUC; κ; F1 met / not met",
        "review rate; catches of large errors",
    )
    lines = ["| " + " | ".join(columns) + " |", "| --- " * len(columns) + "|"]
    for title, bench in found:
        file = bench.files[0]
        for number, part in enumerate(file.parts):
            recall, constant, cosine = (
                _floor(part.floors, name) for name in ("token recall", "constant mean", "cosine")
            )
            criteria = file.criteria.figures if file.criteria and not number else {}
            review = {} if number else file.trust.review
            cells = [
                f"… {part.name}" if number else title,
                f"{part.answers}; {part.questions}",
                f"{_of(part.figures, 'rmse', True)} ({_of(constant, 'rmse')})",
                _of(part.figures, "pearson", True),
                _of(part.figures, "within"),
                _of(part.figures, "kappa"),
                f"{_of(recall, 'pearson')}; {_of(cosine, 'pearson')}",
                _of(part.people.figures, "pearson") if part.people else "–",
                f"{_of(criteria, 'auc')}; {_of(criteria, 'kappa')}; {_of(criteria, 'f1_met')} /"
                f" {_of(criteria, 'f1_not_met')}"
                if criteria
                else "–",
                f"{_of(review, 'rate')}; {_of(review, 'recall')}" if review else "–",
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def tests(judge: str, bench: Bench, bare: Bench) -> str:
    """Markdown: what attacks gain, what honest remarks change, and whether twins are told apart.

    Args:
        bench: with the bank's criteria; the twins are in it.
        bare: of the same answers, by the reference alone.
    """
    said = []
    for where, found in (("", bench), (", graded by the bare reference,", bare)):
        if found.attacks and found.drift:
            attacks, drift = found.attacks.figures, found.drift.figures
            said.append(
                f"Of {found.attacks.texts} attack texts added to weak answers{where} {_of(attacks, 'small')}"
                f" gain at most 5 points of 100 (mean {_of(attacks, 'mean')}, worst"
                f" {found.attacks.worst or 0:.1f}); {_of(attacks, 'crossed')} turn a fail into a pass. A"
                f" harmless remark changes a good answer by {_of(drift, 'size')} points (signed"
                f" {_of(drift, 'mean')})."
            )
    for twins in bench.twins:
        said.append(
            f"Of {twins.pairs} generated pairs {_of(twins.figures, 'right')} of the right answers pass and"
            f" {_of(twins.figures, 'wrong')} of the wrong ones fail: "
            + ", ".join(f"{c.change} {c.right:.2f} / {c.wrong:.2f} ({c.pairs})" for c in twins.changes)
            + "."
        )
    return "\n\n".join((f"`{judge}`: {said[0]}", *said[1:])) if said else ""


def _floor(floors: Iterable[Beside], name: str) -> dict[str, Figure]:
    return next((floor.figures for floor in floors if floor.name == name), {})


def _of(figures: dict[str, Figure], name: str, interval: bool = False) -> str:
    figure = figures.get(name)
    if figure is None or figure.value is None:
        return "–"
    text = f"{figure.value:.2f}"
    if interval and figure.low is not None and figure.high is not None:
        text += f" [{figure.low:.2f}–{figure.high:.2f}]"
    return text


def main() -> None:
    """Measure, and write the docs."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.tables")
    arguments.add_argument("--data", type=Path)
    arguments.add_argument("--judge", nargs="+", default=["embedded"])
    arguments.add_argument("--keep", type=Path)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        keep = options.keep or Path(temporary)
        keep.mkdir(parents=True, exist_ok=True)
        tables = []
        for judge in options.judge:
            wanted = list(sets(options.data, keep))
            twins = ["--twins", str(HERE / "twins.jsonl")]
            attacks = []
            if options.data and (options.data / "judge_attacks.jsonl").exists():
                attacks = ["--attacks", str(options.data / "judge_attacks.jsonl")]
            extras = ([*twins, *attacks], attacks)
            found = [
                measured(judge, what, keep, extras[number] if number < len(extras) else ())
                for number, what in enumerate(wanted)
            ]
            tables.append(table(judge, list(zip([what.title for what in wanted], found, strict=True))))
            tables.append(tests(judge, *found[:2]))
            kept = {what.title: grades(judge, keep) / what.file.name for what in wanted}
            tables.append(comparison(kept))
            by_reference = {
                title.replace("…", "own answers,"): file
                for title, file in kept.items()
                if "criteria" not in title
            }
            tables.append(carried_over(by_reference, training(judge, options.data, keep / "training")))
    text = DOCS.read_text(encoding="utf-8")
    before, after = text.split(START)[0], text.split(END)[1]
    whole = "\n\n".join(tables)
    DOCS.write_text(f"{before}{START}\n\n{whole}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
