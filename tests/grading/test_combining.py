"""How similarity joins the judge's share: gate, blend, and the estimate of what people would give."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import JudgeRequest
from interviewer.embedded.judge import EmbeddedJudge, shipped_weights
from interviewer.embedded.references import References
from interviewer.grading.confidence import band
from interviewer.grading.feedback import derive_feedback
from interviewer.grading.marking import marking_of
from interviewer.grading.pipeline import Grader
from interviewer.grading.scoring import estimated, scheme_of, score
from interviewer.grading.similarity import Comparer
from interviewer.models import (
    Band,
    Combine,
    Criterion,
    Estimate,
    Grade,
    Group,
    Judgement,
    Level,
    Question,
    Rubric,
    Scheme,
    ScoredCriterion,
    Similarity,
    Verdict,
)

SHARE = st.floats(0, 1)
NEAR = Similarity(cosine=1.0, coverage=0.9, without_question=0.9, stated=0.4, recall=0.5)
GATE = Scheme(criteria=(ScoredCriterion(id="fact", points=2), ScoredCriterion(id="why", points=2)))
ESTIMATE = Estimate(bias=-2, share=3, stated=2, recall=1)


def scheme(method: str, **kept: object) -> Scheme:
    """The scheme with another way to combine."""
    return GATE.model_copy(update={"combine": Combine.model_validate({"method": method, **kept})})


ESTIMATED = scheme("calibrated", estimate=ESTIMATE)


def verdicts(**levels: Level) -> list[Verdict]:
    """Verdicts by criterion."""
    return [Verdict(id=name, level=level, decided_by="test") for name, level in levels.items()]


HALF = verdicts(fact="met", why="not_met")


def test_a_blend_adds_the_cosine_by_its_weight_and_a_gate_never_does() -> None:
    blend = scheme("blend", weight=0.2)
    assert score(blend, HALF, similarity=NEAR).score == 60
    assert score(blend, HALF, similarity=None).score == 50
    assert score(GATE, HALF, similarity=NEAR).score == 50


def test_an_estimate_is_a_logistic_function_of_the_share_and_of_what_is_said_of_the_reference() -> None:
    most = verdicts(fact="met", why="partial")
    logit = -2 + 3 * 0.75 + 2 * 0.4 + 1 * 0.5
    assert score(ESTIMATED, most, similarity=NEAR).score == round(100 / (1 + math.exp(-logit)), 1)


def test_no_weights_of_a_rubrics_own_are_too_large() -> None:
    for bias, earned in ((-1e6, 0), (1e6, 100)):
        extreme = scheme("calibrated", estimate=Estimate(bias=bias, share=3, stated=2, recall=1))
        assert score(extreme, HALF, similarity=NEAR).score == earned


@given(SHARE, SHARE, SHARE, SHARE)
def test_an_estimate_never_falls_when_anything_it_rests_on_rises(
    one: float, other: float, beside: float, behind: float
) -> None:
    low, high = sorted((one, other))

    def at(share: float, stated: float, recall: float) -> float:
        said = [Verdict(id="fact", level="met", share=share, decided_by="test")]
        near = NEAR.model_copy(update={"stated": stated, "recall": recall})
        return score(ESTIMATED, said, similarity=near).score

    assert at(low, beside, behind) <= at(high, beside, behind)
    assert at(beside, low, behind) <= at(beside, high, behind)
    assert at(beside, behind, low) <= at(beside, behind, high)


def test_where_similarity_was_not_asked_for_an_estimate_leaves_the_share() -> None:
    for unknown in ("stated", "recall"):
        without = NEAR.model_copy(update={unknown: None})
        assert score(ESTIMATED, HALF, similarity=without).score == 50
    assert score(ESTIMATED, HALF).score == 50


def test_a_missed_requirement_caps_an_estimate_and_where_a_check_says_so_nothing_is_estimated() -> None:
    needed = tuple(criterion.model_copy(update={"required": True}) for criterion in GATE.criteria)
    certain = scheme("calibrated", estimate=ESTIMATE.model_copy(update={"bias": 9.0}))
    capped = certain.model_copy(update={"criteria": needed, "required_cap": 40.0})
    by_check = [
        verdict.model_copy(update={"decided_by": "check:verdict", "confidence": 1.0}) for verdict in HALF
    ]
    assert score(capped, HALF, similarity=NEAR).score == 40
    found = score(capped, by_check, similarity=NEAR)
    # The rest earns its share of the cap.
    assert (found.score, found.capped_by) == (20, "why")
    told = [
        derive_feedback(Question(id="q", prompt="?", reference="x"), capped, (), by_check, (), of).summary
        for of in (found, replace(found, score=40.0, raw=30.0))
    ]
    assert [text.split("; ")[1].split(" because")[0] for text in told] == ["that share of 40", "at most 40"]
    judged = [HALF[0].model_copy(update={"confidence": 1.0}), by_check[1]]
    assert (band(capped, HALF, (), 40, NEAR), band(capped, judged, (), 20, NEAR)) == ("low", "high")


def test_the_rubric_and_where_the_criteria_come_from_decide_how_it_is_combined() -> None:
    question = Question(id="q", prompt="What?", reference="This.")
    auto = Rubric(name="r", title="R", instructions="Mark.")
    gate, always = (auto.model_copy(update={"combine": Combine.model_validate({"method": m})})
                    for m in ("gate", "calibrated"))  # fmt: skip
    two = tuple(Criterion(id=name, text=name, points=1) for name in "ab")
    derived = scheme_of(question, auto, two, is_derived=True, estimate=ESTIMATE).combine
    assert (derived.method, derived.estimate) == ("calibrated", ESTIMATE)
    assert scheme_of(question, auto, two, is_derived=True).combine.method == "gate"
    assert scheme_of(question, auto, two, estimate=ESTIMATE).combine.method == "gate"
    assert scheme_of(question, gate, two, is_derived=True, estimate=ESTIMATE).combine.method == "gate"
    assert scheme_of(question, always, (), estimate=ESTIMATE).combine.estimate == ESTIMATE


def test_an_estimate_is_sure_of_nothing_and_in_doubt_where_it_finds_little() -> None:
    said = verdicts(fact="met", why="not_met")

    def at(points: float, scheme: Scheme = ESTIMATED, near: Similarity | None = NEAR) -> Band:
        sure = [verdict.model_copy(update={"confidence": 1.0}) for verdict in said]
        return band(scheme, sure, (), points, near)

    least, most = 100 / (1 + math.exp(2)), 100 / (1 + math.exp(-4))
    edge = least + (most - least) / 4
    assert (at(least), at(edge - 1), at(edge + 1), at(most)) == ("low", "low", "medium", "medium")
    # Where nothing was estimated, the verdicts say how sure they are.
    assert at(least, GATE) == "high"
    assert at(least, near=None) == "high"
    assert at(least, scheme("calibrated")) == "high"
    ruled = [verdict.model_copy(update={"decided_by": "rule:blank", "confidence": 1.0}) for verdict in said]
    assert band(ESTIMATED, ruled, (), 0, NEAR) == "high"


async def test_a_reference_alone_is_estimated_also_if_it_is_one_sentence(model: MiniLM) -> None:
    seen: list[JudgeRequest] = []

    class Sees(EmbeddedJudge):
        async def judge(self, request: JudgeRequest) -> Judgement:
            seen.append(request)
            return await super().judge(request)

    by = shipped_weights().estimate
    judge = Sees(model)
    grader = Grader(judge, Comparer(model), model, (), References(judge.reader), by)
    rubric = Rubric(name="r", title="R", instructions="Mark.")
    asked = Question(id="q", prompt="What does a cache do?", reference="It keeps results to use them again.")
    right, wrong, checked = [
        await grader.grade(question, rubric, answer)
        for question, answer in (
            (asked, "It stores what was computed, so that it can be taken again later."),
            (asked, "It sorts the results by their size and prints them."),
            (asked.model_copy(update={"prompt": "How many?", "reference": "7"}), "7"),
        )
    ]
    assert isinstance(right, Grade)
    assert isinstance(wrong, Grade)
    assert isinstance(checked, Grade)
    assert right.score > wrong.score
    near = right.receipt.similarity
    assert near is not None
    assert near.stated is not None
    assert near.recall is not None
    assert right.receipt.scheme.combine.estimate == by
    assert by is not None
    share = score(right.receipt.scheme, right.receipt.verdicts).raw / 100
    expected = estimated(by, share, near.stated, near.recall)
    assert right.score == pytest.approx(100 * expected, abs=0.1)
    assert [request.is_derived for request in seen] == [True, True]
    assert checked.score == 100


@pytest.mark.parametrize(
    ("prompt", "reference", "expected"),
    [
        ("What is a cache?", "It keeps results to use them again.", True),
        ("Name two ways to regularise.", "Dropout, weight decay.", False),
        ("Is a cache a queue?", "No. It keeps results to use them again.", True),
        ("How many bits has a byte?", "8", False),
        ("Is a cache a queue?", "No.", False),
    ],
)
def test_prose_is_estimated_and_results_and_lists_are_not(
    prompt: str, reference: str, expected: bool
) -> None:
    question = Question(id="q", prompt=prompt, reference=reference)
    rubric = Rubric(name="r", title="R", instructions="Mark.")
    made = marking_of(question, rubric, ESTIMATE)
    assert (made.is_derived, made.reads_reference) == (expected, expected)


def test_places_of_a_list_that_an_unlisted_name_may_fill_leave_a_grade_in_doubt() -> None:
    names = [ScoredCriterion(id=name, points=1, group="items") for name in ("a", "b", "items.other-1")]
    group = Group(id="items", choose=2, open=True, text="any name")
    two = Scheme(criteria=(*names, ScoredCriterion(id="why", points=2)), groups=(group,))

    def at(*levels: Level, slot: float | None = 0.0) -> Band:
        found = [
            Verdict(id=criterion.id, level=level, decided_by="test", confidence=1.0)
            for criterion, level in zip(two.criteria, levels, strict=True)
        ]
        found[2] = found[2].model_copy(update={"confidence": slot})
        return band(two, found, (), 50, None)

    assert at("met", "met", "not_met", "met") == "high"
    assert at("met", "not_met", "not_met", "met") == "medium"
    assert at("not_met", "not_met", "not_met", "met") == "low"
    # A judge that can tell what is no name of the kind leaves no doubt.
    assert at("not_met", "not_met", "not_met", "met", slot=1.0) == "high"
