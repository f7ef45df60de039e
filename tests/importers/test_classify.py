from __future__ import annotations

import pytest

from interviewer.bank import load_bank
from interviewer.importers.classify import RUBRICS, classify


@pytest.mark.parametrize(
    ("prompt", "reference", "kind"),
    [
        ("What is a rook?", "A piece.", "open"),
        ("True or False: Pawns jump.", "False.", "true_false"),
        ("Consider a pawn.\n\n*True or false, and explain:* It jumps.", "No.", "true_false"),
        ("Pawns jump.", "False, they step.", "true_false"),
        ("What does `bool(0)` give?", "False.", "open"),
        ("Name three pieces.", "Rook, king, pawn.", "list"),
        ("In chess, what are two reasons to castle?", "Safety and activity.", "list"),
        ("Provide one pro and one con of gambits.", "…", "list"),
        ("What is an opening? Name three.", "…", "open"),
        ("What are two openings, and why are they played?", "…", "open"),
        ("State and explain the three rules.", "…", "open"),
        ("How many squares are there?", "There are 8×8=64 squares.", "numeric"),
        ("What is the probability of heads?", "0.5", "numeric"),
        ("Compute the total.", "It is 1,200 kg.", "numeric"),
        ("How many kinds are there, and which?", "Three: a, b and c.", "open"),
        ("What is a 5x5 kernel?", "A kernel with 25 weights.", "open"),
        ("Write a Python function that adds.", "…", "code"),
        ("Implement addition.", "```python\na + b\n```", "code"),
        ("Write a sentence about rooks.", "Rooks are straight.", "open"),
        ("What is wrong here?\n\n```python\na = = b\n```", "The second `=`.", "review"),
        ("Write a function like this:\n\n```python\na()\n```", "…", "code"),
        ("What does this sign say?\n\n```text\nStop\n```", "Stop.", "open"),
    ],
)
def test_the_wording_tells_the_kind(prompt: str, reference: str, kind: str) -> None:
    assert classify(prompt, reference) == kind


def test_every_kind_has_a_rubric_that_ships() -> None:
    assert set(RUBRICS.values()) <= set(load_bank().rubrics)
