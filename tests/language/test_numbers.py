"""Numbers are understood however people write them."""

import pytest

from interviewer.language.numbers import numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("800", 800),
        ("eight hundred", 800),
        ("5·5·4·8", 800),
        ("(5x5)x4x8", 800),
        ("5 * 5 * 4 * 8", 800),
        ("25 times 4 times 8", 800),
        ("8e2", 800),
        ("0.8k", 800),
        ("1,024", 1024),
        ("2^10", 1024),
        ("one hundred and twenty-five", 125),
        ("two thousand and three", 2003),
        ("12 %", 12),
        ("-5", -5),
        ("3/4", 0.75),
        ("1.5 million", 1_500_000),
    ],
)
def test_a_number_is_read_in_any_notation(text: str, value: float) -> None:
    assert [number.value for number in numbers(text)] == [value]


def test_an_expression_and_its_result_are_two_numbers() -> None:
    found = numbers("It has (5x5)x4x8=800 weights")
    assert [(number.value, number.is_expression) for number in found] == [(800, True), (800, False)]


@pytest.mark.parametrize("text", ["9^9^9^9", "1/0", "((((", "1e999", "5 x", "no number", ""])
def test_what_is_no_finite_number_is_left_out(text: str) -> None:
    assert all(abs(number.value) < 1e30 for number in numbers(text))


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "1" + " " * 100_000, "1" + ")" * 100_000, "one hundred and " * 6000]
)
def test_a_paste_of_nothing_but_brackets_or_spaces_is_read_at_once(text: str) -> None:
    assert len(numbers(text)) <= 1
