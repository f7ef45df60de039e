"""Every kind of check: what it decides, and what it leaves to the judge."""

import pytest
from pydantic import TypeAdapter

from interviewer.grading.checks import run_check
from interviewer.models import Check

CHECK: TypeAdapter[Check] = TypeAdapter(Check)
NUMBER = {"kind": "number", "value": 800}
FALSE = {"kind": "verdict", "value": False}
CHOICE = {"kind": "choice", "answer": "b", "options": ["a", "b", "c"]}
SET = {"kind": "set", "items": [["weight decay", "L2"], ["dropout"], ["early stopping"]], "choose": 2}
SHAPE = {
    "kind": "pattern",
    "pattern": r"\(?h\s*[,x×]\s*w\s*[,x×]\s*2\b",
    "wrong": r"\(.*,.*\)|\w\s*[x×]\s*\w",
}


def level(check: dict[str, object], answer: str) -> str | None:
    """The level that the check decides on, or None."""
    verdict = run_check("it", CHECK.validate_python(check), answer)
    return verdict.level if verdict else None


@pytest.mark.parametrize(
    ("check", "answer", "expected"),
    [
        (NUMBER, "800", "met"),
        (NUMBER, "eight hundred weights", "met"),
        (NUMBER, "5·5·4·8", "met"),
        (NUMBER, "5*5*4 = 100 per filter, so 800", "met"),
        (NUMBER, "800 weights, 100 for each of the 8 filters", "met"),
        (NUMBER, "25*4*8 = 900", "not_met"),
        (NUMBER, "808", "not_met"),
        (NUMBER, "not 800", None),
        (NUMBER, "kernel area times channels", None),
        (NUMBER | {"tolerance": 5}, "about 803", "met"),
        (NUMBER | {"unit": "MB"}, "800 MB", "met"),
        (NUMBER | {"unit": "MB"}, "800 GB", "not_met"),
        (NUMBER | {"value": 3.14}, "I get 3,14, roughly", "met"),
        (NUMBER | {"value": 0.95}, "0,95", "met"),
        # Two numbers, or one with a decimal comma?
        (NUMBER | {"value": 95}, "0,95", None),
        (NUMBER | {"value": 3.142}, "3,142", None),
        (NUMBER | {"value": 255}, "Pixel values lie in [0,255].", "met"),
        (NUMBER | {"value": 1}, "1,000", None),
        (NUMBER | {"value": 0.95}, "95 per cent", "met"),
        (NUMBER | {"value": 0.95}, "95%", "met"),
        (NUMBER | {"value": 0.95}, "95, not some percent", "not_met"),
        (NUMBER | {"value": 0.5}, "0.5 percent", "met"),
        (NUMBER | {"value": 4194304}, "4 MB", None),
        (NUMBER | {"value": 4194304}, "4 megabytes, as there are 32 layers", None),
        (FALSE, "False", "met"),
        (FALSE, "No, they differ", "met"),
        (FALSE, "True", "not_met"),
        (FALSE, "It depends on the seed", None),
        (CHOICE, "b", "met"),
        (CHOICE, "c", "not_met"),
        (CHOICE, "b or c", None),
        (SET, "dropout and L2", "met"),
        (SET, "drop-out, weight  decay", "met"),
        (SET, "dropout", None),
        (SET, "neither dropout nor L2", None),
        (SET | {"otherwise": "not_met"}, "dropout", "not_met"),
        (SHAPE, "(h, w, 2)", "met"),
        (SHAPE, "H×W×2", "met"),
        (SHAPE, "(h, w, c)", "not_met"),
        (SHAPE, "as high and wide as before, two channels", None),
    ],
)
def test_a_check_decides_only_what_is_certain(check: dict[str, object], answer: str, expected: str) -> None:
    assert level(check, answer) == expected


def test_a_name_inside_another_name_is_not_that_name() -> None:
    assert level({"kind": "set", "items": [["Adam"]]}, "AdamW") is None


def test_the_quote_of_a_check_is_in_the_answer() -> None:
    for check, answer in (
        (NUMBER, "So it is 800."),
        (NUMBER | {"value": 0.25}, "It is 0,25."),
        (SET, "L2 and Dropout"),
        (SHAPE, "it is (H, W, 2)!"),
    ):
        verdict = run_check("it", CHECK.validate_python(check), answer)
        assert verdict is not None
        assert verdict.quote is not None
        assert verdict.quote in answer
        assert verdict.decided_by == f"check:{check['kind']}"
