"""`interviewer calibrate`: a map where it helps, nothing where it does not; and what later grades show."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.models import Calibration, GradeRecord
from tests.cli.conftest import Ran, Run
from tests.receipts.conftest import JUDGE, answer_of, bank_text, generous, grade, records

Graded = Callable[..., Ran]


def stored(home: Path) -> list[Path]:
    return sorted(home.rglob("calibrations/*.json"))


def test_a_calibration_that_helps_is_shown_and_stored(graded: Graded, run: Run, home: Path) -> None:
    graded(generous)
    shown = run("calibrate", "grades.jsonl")
    assert shown.code == 0, shown.err
    assert "24 pairs, 6 questions; each question left out in turn" in shown.out
    assert "quadratic weighted kappa" in shown.out
    (path,) = stored(home)
    found = Calibration.model_validate_json(path.read_bytes())
    assert found.after.rmse < found.before.rmse / 2
    assert (found.judge, found.pairs, found.questions, found.source) == (JUDGE, 24, 6, "grades")
    assert found.parameters == records()[0]["receipt"]["parameters"]  # type: ignore[index]
    listed = run("calibrate", "--show")
    assert str(path) in listed.out
    assert run("calibrate", "--remove").code == 0
    assert not stored(home)
    assert "no calibration is stored" in run("calibrate", "--show").err


def test_later_grades_are_calibrated_and_keep_the_raw_score(graded: Graded, run: Run) -> None:
    graded(generous)
    before = records()
    run("calibrate", "grades.jsonl")
    again = grade(run)
    assert again.code == 2
    assert "was calibrated not, and is by" in again.err
    shown = grade(run, "--force")
    assert (shown.code, "not calibrated" in shown.err) == (0, False)
    for old, new in zip(before, records(), strict=True):
        record = GradeRecord.model_validate(new)
        assert record.receipt is not None
        assert record.raw_score == old["score"] == old["raw_score"]
        assert record.receipt.calibration is not None
        assert record.score is not None
        assert record.passed == (record.score >= 60)
    scores = {record["raw_score"]: record["score"] for record in records()}
    assert scores[25.0] == pytest.approx(42, abs=6)
    assert run("replay", "grades.jsonl").code == 0


def test_both_scores_are_in_every_report(graded: Graded, run: Run) -> None:
    graded(generous)
    run("calibrate", "grades.jsonl")
    grade(run, "--force")
    found = next(record for record in records() if record["raw_score"] == 25.0)
    both = f"raw 25 → {found['score']:g} calibrated"
    for name in ("html", "markdown"):
        assert both in run("report", "grades.jsonl", f"--{name}", "--answers", "24").out, name
    rows = list(csv.DictReader(io.StringIO(run("report", "grades.jsonl", "--csv").out)))
    assert {(row["raw_score"], row["score"]) for row in rows} >= {("25", f"{found['score']:g}")}
    assert "calibrated by" in run("report", "grades.jsonl").out


@pytest.mark.parametrize(
    ("person", "says"),
    [
        (lambda said, number: said * 25.0, "it does not help"),
        (lambda said, number: number * 37 % 101, "not calibrated: "),
    ],
    ids=["a judge that is right", "a judge that knows nothing"],
)
def test_what_does_not_help_is_refused_and_not_written(
    person: Callable[[int, int], float], says: str, graded: Graded, run: Run, home: Path
) -> None:
    graded(person)
    shown = run("calibrate", "grades.jsonl", "--scale", "100")
    assert (shown.code, stored(home)) == (1, [])
    assert says in shown.err
    assert "root mean square error" in shown.out, "the figures are shown all the same"


def test_too_few_pairs_are_refused(graded: Graded, run: Run) -> None:
    graded(lambda said, number: generous(said, number) if number < 9 else None)
    shown = run("calibrate", "grades.jsonl")
    assert (shown.code, shown.out) == (2, "")
    assert "9 pairs are too few" in shown.err
    assert "at least 10" in shown.err


def test_a_file_without_human_scores_is_refused(graded: Graded, run: Run) -> None:
    graded()
    assert "no `human_score`" in run("calibrate", "grades.jsonl").err


def test_a_dry_run_and_an_own_file_store_nothing(graded: Graded, run: Run, home: Path) -> None:
    graded(generous)
    assert run("calibrate", "grades.jsonl", "--dry-run").code == 0
    assert run("calibrate", "grades.jsonl", "-o", "map.json").code == 0
    assert stored(home) == []
    Path("interviewer.toml").write_text('[grading]\ncalibration = "map.json"\n')
    assert grade(run, "--force").code == 0
    assert any(record["score"] != record["raw_score"] for record in records())
    Path("interviewer.toml").write_text('[grading]\ncalibration = "off"\n')
    assert grade(run, "--force").code == 0
    assert all(record["score"] == record["raw_score"] for record in records())


def test_grades_by_two_judges_need_a_choice(graded: Graded, run: Run) -> None:
    graded(generous)
    Path("other.jsonl").write_bytes(Path("script.jsonl").read_bytes())
    run(
        "grade", "answers.jsonl", "-o", "second.jsonl", "--bank", "bank", "--judge", "scripted/other.jsonl",
        "--no-cache",
    )  # fmt: skip
    shown = run("calibrate", "grades.jsonl", "second.jsonl")
    assert (shown.code, "the grades are by 2 judges" in shown.err) == (2, True)
    assert run("calibrate", "grades.jsonl", "second.jsonl", "--judge", JUDGE, "--dry-run").code == 0


def test_another_judge_is_not_calibrated_and_told_so_once(graded: Graded, run: Run) -> None:
    graded(generous)
    run("calibrate", "grades.jsonl")
    shown = run(
        "grade", "answers.jsonl", "--bank", "bank", "--judge", "embedded", "--no-cache", "--limit", "3"
    )
    assert shown.code == 0
    assert shown.err.count("not calibrated: the calibration at hand is for scripted/script.jsonl") == 1


def test_other_parameters_of_the_judge_are_not_calibrated(graded: Graded, run: Run) -> None:
    graded(generous)
    run("calibrate", "grades.jsonl")
    script = Path("script.jsonl")
    script.write_text(script.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    shown = grade(run, "--force")
    assert "is for other parameters: script was" in shown.err
    assert all(record["score"] == record["raw_score"] for record in records())


def test_another_rubric_is_not_calibrated_and_doctor_says_which_are(graded: Graded, run: Run) -> None:
    graded(generous)
    run("calibrate", "grades.jsonl")
    bank = Path("bank/small.toml")
    bank.write_text(bank.read_text(encoding="utf-8").replace('"short-answer"', '"list"', 1), encoding="utf-8")
    shown = grade(run, "--force")
    assert "not calibrated: the rubric list:" in shown.err
    kept = {(record["question_id"], record["receipt"]["calibration"] is None) for record in records()}  # type: ignore[index]
    assert ("q0", True) in kept
    assert ("q1", False) in kept
    doctor = run("doctor", "--judge", JUDGE)
    assert "calibration" in doctor.out
    assert "applied under the rubric short-answer" in doctor.out


def test_a_rule_decides_0_and_a_required_criterion_caps_as_before(graded: Graded, run: Run) -> None:
    graded(generous)
    run("calibrate", "grades.jsonl")
    Path("bank/small.toml").write_text(bank_text(required="d"), encoding="utf-8")
    lines = [
        {"question_id": "q0", "answer": text} for text in ("", "I don't know.", answer_of(3), answer_of(4))
    ]
    Path("answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    Path("grades.jsonl").unlink()
    assert grade(run).code == 0
    blank, unknown, capped, full = records()
    assert (blank["score"], blank["raw_score"], unknown["score"]) == (0, 0, 0)
    assert blank["receipt"]["calibration"] is None  # type: ignore[index]
    assert (capped["score"], capped["raw_score"]) == (40, 40)
    assert full["receipt"]["calibration"] is not None  # type: ignore[index]


def test_a_calibration_that_cannot_be_read_stops_the_run_and_can_be_removed(
    graded: Graded, run: Run, home: Path
) -> None:
    graded(generous)
    run("calibrate", "grades.jsonl")
    (path,) = stored(home)
    path.write_text(path.read_text(encoding="utf-8").replace('"pairs"', '"peers"'), encoding="utf-8")
    shown = grade(run, "--force")
    assert shown.code == 2
    assert f"{path}: unknown key 'peers'" in shown.err
    path.write_text("{", encoding="utf-8")
    assert "not valid JSON" in grade(run, "--force").err
    run("calibrate", "--remove")
    assert grade(run, "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "needs a file of grades, or --history"),
        (("grades.jsonl", "--history"), "needs a file of grades, or --history"),
        (("--history", "--scale", "5"), "--scale: is for files"),
        (("grades.jsonl", "--show"), "stand alone"),
        (("grades.jsonl", "--scale", "0"), "should be above 0"),
        (("--history",), "nothing was disputed"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments: tuple[str, ...], says: str, run: Run) -> None:
    shown = run("calibrate", *arguments)
    assert (shown.code, says in shown.err) == (2, True)
