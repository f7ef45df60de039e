"""The code in the bank's model answers does what the answers say, on real torch layers and logits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from interviewer.bank import load_bank, shipped

pytestmark = pytest.mark.heavy

FOLDER = shipped("questions") / "deep-learning"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DRAWS = 40_000

Recover = Callable[..., tuple[Tensor, Tensor]]


def code_of(file: str, question: str) -> dict[str, Any]:
    """The names that the ```python blocks of this question's reference define, in order, when run."""
    path = FOLDER / file
    blocks = BLOCK.findall(load_bank([path]).question(question).reference)
    assert blocks, f"{path}: the reference of {question!r} has no code"
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, f"{path}: {question}", "exec"), names)
    return names


@pytest.fixture(scope="module")
def decoding() -> dict[str, Any]:
    return code_of("decoding.toml", "sample-from-llm")


@pytest.fixture(scope="module")
def linear() -> dict[str, Any]:
    return code_of("model-probing.toml", "recover-linear-weights")


@pytest.fixture(scope="module")
def convolution() -> dict[str, Any]:
    return code_of("model-probing.toml", "recover-conv-kernel")


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        yield


def frequencies(sample: Callable[..., Tensor], probabilities: list[float], **how: float) -> Tensor:
    """How often each token is drawn when the model gives these probabilities."""
    logits = torch.tensor(probabilities).log().expand(DRAWS, -1)
    drawn: Tensor = sample(logits, **how)
    assert drawn.shape == (DRAWS,)
    return torch.bincount(drawn, minlength=len(probabilities)) / DRAWS


def assert_drawn_as(seen: Tensor, expected: list[float]) -> None:
    """Frequencies agree within at least five standard deviations, and what must not be drawn never was."""
    wanted = torch.tensor(expected, dtype=torch.float)
    assert torch.equal(seen[wanted == 0], torch.zeros(int((wanted == 0).sum())))
    torch.testing.assert_close(seen, wanted, atol=2.5 / DRAWS**0.5, rtol=0)


def test_every_python_block_in_these_files_is_run() -> None:
    tested = {"sample-from-llm", "recover-linear-weights", "recover-conv-kernel"}
    files = [FOLDER / name for name in ("decoding.toml", "model-probing.toml")]
    questions = load_bank(files).questions.values()
    assert {question.id for question in questions if BLOCK.search(question.reference)} == tested
    for question in questions:
        assert len(BLOCK.findall(question.reference)) == question.reference.count("```python")


def test_temperature_zero_is_the_argmax_of_every_row(decoding: dict[str, Any]) -> None:
    logits = torch.randn(64, 50)
    assert torch.equal(decoding["sample"](logits, temperature=0), logits.argmax(dim=-1))


def test_top_k_of_one_is_greedy(decoding: dict[str, Any]) -> None:
    logits = torch.randn(64, 50)
    assert torch.equal(decoding["sample"](logits, top_k=1), logits.argmax(dim=-1))


def test_without_filters_tokens_come_with_the_probabilities_of_the_model(decoding: dict[str, Any]) -> None:
    probabilities = [0.1, 0.45, 0.05, 0.3, 0.1]
    assert_drawn_as(frequencies(decoding["sample"], probabilities), probabilities)


def test_temperature_sharpens_before_the_nucleus_is_chosen(decoding: dict[str, Any]) -> None:
    # At temperature 1/2 the probabilities are squared: 0.16, 0.09, 0.09 → 8/17, 4.5/17, 4.5/17.
    probabilities = [0.4, 0.3, 0.3]
    assert_drawn_as(
        frequencies(decoding["sample"], probabilities, temperature=0.5), [8 / 17, 4.5 / 17, 4.5 / 17]
    )
    # The best token alone has 0.4 of the mass, but 0.47 once sharpened.
    assert_drawn_as(frequencies(decoding["sample"], probabilities, temperature=0.5, top_p=0.45), [1, 0, 0])


def test_top_k_draws_only_the_k_best_and_renormalises_them(decoding: dict[str, Any]) -> None:
    seen = frequencies(decoding["sample"], [0.1, 0.4, 0.05, 0.2, 0.25], top_k=3)
    assert_drawn_as(seen, [0, 0.4 / 0.85, 0, 0.2 / 0.85, 0.25 / 0.85])


def test_top_k_keeps_exactly_k_of_equal_tokens(decoding: dict[str, Any]) -> None:
    logits = torch.zeros(1, 6)
    drawn = {int(decoding["sample"](logits, top_k=2)) for _ in range(200)}
    assert len(drawn) == 2


def test_top_k_beyond_the_vocabulary_keeps_everything(decoding: dict[str, Any]) -> None:
    assert_drawn_as(frequencies(decoding["sample"], [0.5, 0.2, 0.3], top_k=99), [0.5, 0.2, 0.3])


@pytest.mark.parametrize(
    ("top_p", "nucleus"),
    [
        (0.0, {1}),
        (1e-9, {1}),
        (0.39, {1}),
        (0.41, {1, 4}),
        (0.64, {1, 4}),
        (0.66, {1, 4, 3}),
        (0.84, {1, 4, 3}),
        (0.86, {1, 4, 3, 0}),
        (0.96, {0, 1, 2, 3, 4}),
        (1.0, {0, 1, 2, 3, 4}),
    ],
)
def test_top_p_keeps_the_smallest_set_that_reaches_p(
    decoding: dict[str, Any], top_p: float, nucleus: set[int]
) -> None:
    probabilities = [0.1, 0.4, 0.05, 0.2, 0.25]
    mass = sum(probabilities[token] for token in nucleus)
    expected = [p / mass if token in nucleus else 0.0 for token, p in enumerate(probabilities)]
    assert_drawn_as(frequencies(decoding["sample"], probabilities, top_p=top_p), expected)


def test_top_p_that_is_reached_exactly_takes_no_further_token(decoding: dict[str, Any]) -> None:
    logits = torch.zeros(DRAWS, 4)  # four times exactly 1/4
    assert len(decoding["sample"](logits, top_p=0.5).unique()) == 2
    assert len(decoding["sample"](logits, top_p=0.75).unique()) == 3


def test_top_k_and_top_p_work_together(decoding: dict[str, Any]) -> None:
    # Of the two best (0.4 and 0.25, renormalised 0.62 and 0.38) the first alone reaches 0.6.
    probabilities = [0.1, 0.4, 0.05, 0.2, 0.25]
    assert_drawn_as(frequencies(decoding["sample"], probabilities, top_k=2, top_p=0.6), [0, 1, 0, 0, 0])


def test_each_row_of_a_batch_has_its_own_nucleus(decoding: dict[str, Any]) -> None:
    rows = torch.tensor([[0.9, 0.05, 0.03, 0.02], [0.02, 0.03, 0.45, 0.5]]).log()
    drawn = torch.stack([decoding["sample"](rows, top_p=0.8) for _ in range(300)])
    assert set(drawn[:, 0].tolist()) == {0}
    assert set(drawn[:, 1].tolist()) == {2, 3}


def test_sampling_leaves_the_logits_as_they_were(decoding: dict[str, Any]) -> None:
    logits = torch.randn(3, 9)
    before = logits.clone()
    decoding["sample"](logits, temperature=0.7, top_k=4, top_p=0.5)
    assert torch.equal(logits, before)


def counting_model(vocabulary: int) -> Callable[[Tensor], Tensor]:
    """A model that is certain that the next token is the last one plus one."""

    def model(ids: Tensor) -> Tensor:
        return 50.0 * nn.functional.one_hot((ids + 1) % vocabulary, vocabulary).float()

    return model


@pytest.mark.parametrize("how", [{"temperature": 0}, {"top_k": 3}, {"top_p": 0.9}, {}])
def test_generation_continues_the_prompt_up_to_the_limit(
    decoding: dict[str, Any], how: dict[str, float]
) -> None:
    prompt = torch.tensor([[0, 1], [4, 5]])
    text = decoding["generate"](counting_model(10), prompt, max_new_tokens=3, **how)
    assert text.tolist() == [[0, 1, 2, 3, 4], [4, 5, 6, 7, 8]]


def test_generation_stops_once_every_row_has_ended(decoding: dict[str, Any]) -> None:
    prompt = torch.tensor([[0, 1], [4, 5]])
    text = decoding["generate"](counting_model(10), prompt, max_new_tokens=20, eos=7, temperature=0)
    assert text.tolist() == [[0, 1, 2, 3, 4, 5, 6, 7], [4, 5, 6, 7, 7, 7, 7, 7]]


def test_generation_of_nothing_is_the_prompt(decoding: dict[str, Any]) -> None:
    prompt = torch.tensor([[3, 4]])
    assert torch.equal(decoding["generate"](counting_model(10), prompt, max_new_tokens=0), prompt)


@pytest.mark.parametrize("n_in", [1, 17, 64])
def test_the_weights_of_a_linear_layer_are_recovered(linear: dict[str, Any], n_in: int) -> None:
    layer = nn.Linear(n_in, 30)
    weight, bias = linear["recover_linear"](layer, n_in)
    torch.testing.assert_close(weight, layer.weight.detach(), atol=1e-5, rtol=0)
    torch.testing.assert_close(bias, layer.bias.detach(), atol=1e-5, rtol=0)


def test_any_inputs_of_full_rank_recover_a_linear_layer(linear: dict[str, Any]) -> None:
    layer = nn.Linear(17, 30)
    weight, bias = linear["recover_linear_from"](layer, torch.randn(200, 17))
    torch.testing.assert_close(weight, layer.weight.detach(), atol=1e-5, rtol=0)
    torch.testing.assert_close(bias, layer.bias.detach(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("way", ["recover_conv", "recover_conv_by_impulse"])
@pytest.mark.parametrize("filters", [1, 3, 16])
def test_the_kernels_of_a_convolution_are_recovered(
    convolution: dict[str, Any], way: str, filters: int
) -> None:
    layer = nn.Conv2d(3, filters, 3)
    recover: Recover = convolution[way]
    kernels, bias = recover(layer)
    torch.testing.assert_close(kernels, layer.weight.detach(), atol=1e-5, rtol=0)
    torch.testing.assert_close(bias, layer.bias.detach(), atol=1e-5, rtol=0)  # type: ignore[union-attr]
