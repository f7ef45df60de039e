from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import DataError
from interviewer.importers import quizboard
from interviewer.importers.quizboard import CHECK_SPLIT, read_header

PATH = Path("board.txt")
BOARD = (Path(__file__).parent / "files" / "board.txt").read_text(encoding="utf-8")
HEADER, PARAGRAPHS = BOARD.split("\n\n")[:2], BOARD.strip().split("\n\n")[2:]


def board(header: list[str], paragraphs: list[str]) -> str:
    return "\n\n".join([*header, *paragraphs])


def test_every_tile_is_a_question_with_its_value_and_category() -> None:
    questions = quizboard.parse(BOARD, PATH)
    assert [question.difficulty for question in questions] == [100, 300] * 3
    assert [question.tags for question in questions] == [(f"category-{n}",) for n in (1, 1, 2, 2, 3, 3)]


def test_questions_and_answers_of_several_paragraphs_are_whole() -> None:
    questions = quizboard.parse(BOARD, PATH)
    assert questions[3].prompt.split("\n\n") == PARAGRAPHS[6:8]
    assert questions[4].reference.split("\n\n") == PARAGRAPHS[10:12]
    assert "\n\n".join(f"{q.prompt}\n\n{q.reference}" for q in questions) == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("header", "values", "columns"),
    [
        ("100100\n\n200200", (100, 200), 2),
        ("100 100 100\n500 500 500", (100, 500), 3),
        ("$200 | $200\n$1000 | $1000", (200, 1000), 2),
        ("111\n222222", (1, 22), 3),
        ("10001000\n20002000", (1000, 2000), 2),
    ],
)
def test_a_header_gives_its_values_and_categories(header: str, values: tuple[int, ...], columns: int) -> None:
    found = read_header(f"{header}\n\nWhy?\n\nSo.")
    assert found is not None
    assert (found.values, found.columns) == (values, columns)


@pytest.mark.parametrize("text", ["Q: Why?", "2024\n\nA year.", ""])
def test_text_without_tile_rows_has_no_header(text: str) -> None:
    assert read_header(text) is None


def test_values_beyond_the_scale_are_spread_over_it() -> None:
    text = board(["200", "600", "1000"], ["Why?", "So.", "How?", "Thus.", "When?", "Now."])
    assert [question.difficulty for question in quizboard.parse(text, PATH)] == [100, 300, 500]


@pytest.mark.parametrize("lost", range(len(PARAGRAPHS)))
def test_a_lost_paragraph_is_an_error_unless_its_item_has_others(lost: int) -> None:
    rest = [*PARAGRAPHS[:lost], *PARAGRAPHS[lost + 1 :]]
    if lost in (6, 10, 11):
        assert len(quizboard.parse(board(HEADER, rest), PATH)) == 6
        return
    with pytest.raises(
        DataError, match=r"^board\.txt: the header has 6 questions \(3 categories × 2 values\)"
    ):
        quizboard.parse(board(HEADER, rest), PATH)


def test_too_many_and_too_few_questions_are_named_with_both_numbers() -> None:
    more = [*PARAGRAPHS, "What is a rank?", "A row of the board."]
    with pytest.raises(DataError, match=r"6 questions .* 16 paragraphs below it read as 7"):
        quizboard.parse(board(HEADER, more), PATH)
    with pytest.raises(DataError, match=r"6 questions .* 4 paragraphs below it read as 2"):
        quizboard.parse(board(HEADER, PARAGRAPHS[:4]), PATH)


def test_a_rhetorical_question_inside_an_answer_does_not_split_it() -> None:
    paragraphs = [
        "Why do pawns queen?",
        "Why not? They reach the last rank.",
        "It is rare.",
        "Who won?",
        "Black.",
    ]
    first, second = quizboard.parse(board(["100", "200"], paragraphs), PATH)
    assert first.reference == "Why not? They reach the last rank.\n\nIt is rare."
    assert second.prompt == "Who won?"


def test_statements_answered_by_questions_are_a_board_too() -> None:
    paragraphs = ["It moves diagonally.", "What is a bishop?", "It jumps.", "What is a knight?"]
    first, second = quizboard.parse(board(["100", "200"], paragraphs), PATH)
    assert (first.reference, second.prompt) == ("What is a bishop?", "It jumps.")


def test_code_with_blank_lines_is_one_paragraph() -> None:
    code = "board = Board()\n\nfor piece in board.pieces:\n    piece.reset()"
    paragraphs = ["Write code that resets a board.", code, "What is a file?", "A column."]
    first, _ = quizboard.parse(board(["100", "200"], paragraphs), PATH)
    assert first.reference == f"```python\n{code}\n```"


def test_code_and_choices_that_a_question_points_at_belong_to_it() -> None:
    code = "```python\nmove(1)\n```"
    paragraphs = [
        "What does this do?",
        code,
        "It moves.",
        "*True or False:*",
        "Pawns jump.",
        "False.",
        "They step.",
    ]
    first, second = quizboard.parse(board(["100", "200"], paragraphs), PATH)
    assert first.prompt == f"What does this do?\n\n{code}"
    assert (second.prompt, second.reference) == ("*True or False:*\n\nPawns jump.", "False.\n\nThey step.")


def test_a_split_that_could_be_elsewhere_is_tagged() -> None:
    paragraphs = [
        "What is castling?",
        "A move of two pieces.",
        "A king stands on e1.",
        "Will it be safe there?",
        "No.",
    ]
    questions = quizboard.parse(board(["100", "200"], paragraphs), PATH)
    assert questions[1].prompt == "A king stands on e1.\n\nWill it be safe there?"
    assert all(CHECK_SPLIT in question.tags for question in questions)


QUESTIONS = st.sampled_from(
    [
        ["What is a rook?"],
        ["Name two openings."],
        ["True or False: Pawns jump."],
        ["Consider a board without pawns.", "How many pieces are left?"],
        ["Suppose both players agree.", "Explain what happens then."],
        ["How does a knight move? Assume an empty board."],
    ]
)
STATEMENTS = [
    "It is a piece.",
    "False. They step.",
    "Because the rules say so.",
    "Sicilian and French.",
    "Sixteen.",
]
ANSWERS = st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=4)


@given(st.integers(1, 4), st.integers(2, 5), st.data())
def test_items_of_any_number_of_paragraphs_are_recovered(
    columns: int, rows: int, data: st.DataObject
) -> None:
    items = [(data.draw(QUESTIONS), data.draw(ANSWERS)) for _ in range(columns * rows)]
    header = [f"{100 * row}" * columns for row in range(1, rows + 1)]
    questions = quizboard.parse(board(header, list(chain(*(q + a for q, a in items)))), PATH)
    assert [(q.prompt, q.reference) for q in questions] == [
        ("\n\n".join(q), "\n\n".join(a)) for q, a in items
    ]
    assert [question.difficulty for question in questions] == [*range(100, 100 * rows + 1, 100)] * columns
