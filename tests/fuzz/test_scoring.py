"""The laws of the arithmetic, over schemes and findings of every shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import fsum, nextafter

from hypothesis import given
from hypothesis import strategies as st

from interviewer.grading.agreement import LEVELS, median_verdict
from interviewer.grading.calibration import calibrated, score_map
from interviewer.grading.scoring import Score, rescored, without_contradicted
from interviewer.models import (
    Combine,
    Estimate,
    Group,
    Level,
    Levels,
    Mistake,
    Receipt,
    Scheme,
    ScoredCriterion,
    ScoredMistake,
    ScoreMap,
    Similarity,
    Verdict,
)
from tests.fuzz.cases import tries

POINTS = st.integers(1, 5) | st.floats(0.001, 100)
SHARES = st.floats(0, 1)
TENTHS = st.integers(0, 1000).map(lambda tenths: tenths / 10)


@dataclass(frozen=True)
class Found:
    """All that a score is made of."""

    scheme: Scheme
    levels: Mapping[str, Level]
    shares: Mapping[str, float | None]
    made: frozenset[str]
    closeness: float | None
    stated: float | None
    recall: float | None
    map: ScoreMap | None

    @property
    def verdicts(self) -> list[Verdict]:
        """One for each criterion."""
        return [
            Verdict(id=name, level=level, share=self.shares[name], decided_by="judge")
            for name, level in self.levels.items()
        ]

    @property
    def receipt(self) -> Receipt:
        """As a grade keeps it."""
        near = None
        if self.closeness is not None:
            near = Similarity(
                cosine=self.closeness,
                coverage=0,
                without_question=0,
                stated=self.stated,
                recall=self.recall,
            )
        return Receipt(
            version="0", grader="judge", question_digest="q", rubric_digest="r", answer_digest="a",
            scheme=self.scheme, verdicts=tuple(self.verdicts), similarity=near, calibration=self.map,
            mistakes=tuple(
                Verdict(id=fault.id, level="met" if fault.id in self.made else "not_met", decided_by="judge")
                for fault in self.scheme.mistakes
            ),
        )  # fmt: skip

    @property
    def score(self) -> Score:
        """What it earns."""
        return rescored(self.receipt)


@st.composite
def maps(draw: st.DrawFn) -> ScoreMap:
    """Any calibration."""
    raw = sorted(draw(st.sets(st.floats(0, 100), min_size=2, max_size=6)))
    scores = sorted(draw(st.lists(st.floats(0, 100), min_size=len(raw), max_size=len(raw))))
    return score_map(list(zip(raw, scores, strict=True)))


@st.composite
def combinations(draw: st.DrawFn) -> Combine:
    """Any way to join similarity with what the judge says."""
    weights = st.floats(0, 20) | st.floats(0, 1e6)
    return Combine(
        method=draw(st.sampled_from(["gate", "blend", "calibrated"])),
        weight=draw(SHARES),
        estimate=draw(
            st.none()
            | st.builds(Estimate, bias=st.floats(-20, 20), share=weights, stated=weights, recall=weights)
        ),
    )


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """Any marking scheme that the bank lets pass."""
    groups = tuple(Group(id=name, choose=draw(st.integers(1, 3))) for name in "gh"[: draw(st.integers(0, 2))])
    worth = {group.id: draw(POINTS) for group in groups}
    criteria = []
    for number in range(draw(st.integers(1, 7))):
        group = draw(st.sampled_from([None, *worth]))
        criteria.append(
            ScoredCriterion(
                id=f"c{number}",
                points=worth[group] if group else draw(POINTS),
                required=group is None and draw(st.booleans()),
                group=group,
            )
        )
    return Scheme(
        criteria=tuple(criteria),
        mistakes=tuple(
            ScoredMistake(id=f"m{n}", points=draw(POINTS)) for n in range(draw(st.integers(0, 3)))
        ),
        groups=groups,
        levels=Levels(partial=draw(SHARES)),
        combine=draw(combinations()),
        required_cap=draw(st.floats(0, 100)),
    )


@st.composite
def findings(draw: st.DrawFn) -> Found:
    """Any findings by any scheme."""
    scheme = draw(schemes())
    names = [criterion.id for criterion in scheme.criteria]
    return Found(
        scheme=scheme,
        levels={name: draw(st.sampled_from(LEVELS)) for name in names},
        shares={name: draw(st.none() | SHARES) for name in names},
        made=frozenset(draw(st.sets(st.sampled_from([m.id for m in scheme.mistakes]))))
        if scheme.mistakes
        else frozenset(),
        closeness=draw(st.none() | SHARES),
        stated=draw(st.none() | SHARES),
        recall=draw(st.none() | SHARES),
        map=draw(st.none() | maps()),
    )


def plain(found: Found) -> Found:
    """Without anything but points."""
    scheme = found.scheme.model_copy(update={"combine": Combine(method="gate"), "required_cap": 100})
    return replace(found, scheme=scheme, map=None)


@given(findings(), st.data())
@tries(150)
def test_one_more_criterion_met_never_lowers_the_score(found: Found, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(found.levels)))
    better = LEVELS[data.draw(st.integers(LEVELS.index(found.levels[name]), 2))]
    shares = {**found.shares, name: found.shares[name] if found.shares[name] is None else 1.0}
    raised = replace(found, levels={**found.levels, name: better}, shares=shares)
    assert raised.score.score >= found.score.score
    assert raised.score.raw >= found.score.raw


@given(findings(), st.data())
@tries(100)
def test_a_greater_share_of_a_criterion_or_of_the_reference_never_lowers_the_score(
    found: Found, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(found.levels)))
    low, high = sorted([data.draw(SHARES), data.draw(SHARES)])
    less, more = (replace(found, shares={**found.shares, name: share}) for share in (low, high))
    assert less.score.score <= more.score.score
    assert replace(found, closeness=low).score.score <= replace(found, closeness=high).score.score
    assert replace(found, stated=low).score.score <= replace(found, stated=high).score.score
    assert replace(found, recall=low).score.score <= replace(found, recall=high).score.score


@given(findings())
@tries(150)
def test_a_score_and_its_points_stay_within_what_there_is(found: Found) -> None:
    score = found.score
    assert 0 <= score.score <= 100
    assert 0 <= score.raw <= 100
    for group in found.scheme.groups:
        own = [c for c in found.scheme.criteria if c.group == group.id]
        assert sum(score.earned[c.id] > 0 for c in own) <= group.choose
    assert sum(score.earned.values()) <= score.available * (1 + 1e-9)
    if score.capped_by is not None:
        assert score.score == round(found.scheme.required_cap, 1)


@given(findings())
@tries(150)
def test_points_add_up(found: Found) -> None:
    found = plain(found)
    score = found.score
    worth = {c.id: c.points for c in found.scheme.criteria}
    counted = [name for name, points in score.earned.items() if points]
    for name in counted:
        share = found.shares[name]
        if share is None:
            share = {"not_met": 0, "partial": found.scheme.levels.partial, "met": 1}[found.levels[name]]
        assert score.earned[name] == worth[name] * share
    assert score.lost == fsum(fault.points for fault in found.scheme.mistakes if fault.id in found.made)
    exact = 100 * max(0, fsum(score.earned.values()) - score.lost) / score.available
    # Half a tenth may be rounded either way: it is no binary fraction.
    assert abs(score.score - exact) <= 0.05 + 1e-9


@given(findings())
@tries(80)
def test_everything_met_is_100_and_nothing_met_is_0(found: Found) -> None:
    bare = replace(plain(found), shares=dict.fromkeys(found.shares), made=frozenset())
    assert replace(bare, levels=dict.fromkeys(found.levels, "met")).score.score == 100
    assert replace(bare, levels=dict.fromkeys(found.levels, "not_met")).score.score == 0


@given(findings())
@tries(150)
def test_a_mistake_never_raises_the_score(found: Found) -> None:
    for fault in found.scheme.mistakes:
        without, made = (
            replace(found, made=found.made - {fault.id}),
            replace(found, made=found.made | {fault.id}),
        )
        assert made.score.score <= without.score.score


@given(findings(), st.randoms(use_true_random=False))
@tries(100)
def test_the_order_of_findings_does_not_matter(found: Found, chance: object) -> None:
    receipt = found.receipt
    verdicts, mistakes = list(receipt.verdicts), list(receipt.mistakes)
    chance.shuffle(verdicts)  # type: ignore[attr-defined]
    chance.shuffle(mistakes)  # type: ignore[attr-defined]
    turned = receipt.model_copy(update={"verdicts": tuple(verdicts), "mistakes": tuple(mistakes)})
    assert rescored(turned) == found.score


@given(findings(), st.randoms(use_true_random=False))
@tries(100)
def test_the_order_in_which_a_scheme_lists_its_points_does_not_matter(found: Found, chance: object) -> None:
    criteria, mistakes = list(found.scheme.criteria), list(found.scheme.mistakes)
    chance.shuffle(criteria)  # type: ignore[attr-defined]
    chance.shuffle(mistakes)  # type: ignore[attr-defined]
    turned = found.scheme.model_copy(update={"criteria": tuple(criteria), "mistakes": tuple(mistakes)})
    scores = found.score, replace(found, scheme=turned).score
    assert len({(score.score, score.raw, score.available, score.lost) for score in scores}) == 1


@given(findings(), st.data())
@tries(100)
def test_what_a_mistake_contradicts_never_raises_the_score(found: Found, data: st.DataObject) -> None:
    denied = data.draw(st.lists(st.sampled_from(sorted(found.levels)), unique=True))
    mistake = Mistake(id="m", text="So", contradicts=tuple(denied))
    made = [Verdict(id="m", level="met", decided_by="judge")]
    left = without_contradicted(found.verdicts, [mistake], made)
    assert rescored(found.receipt.model_copy(update={"verdicts": left})).score <= found.score.score
    assert all(verdict.level == "not_met" for verdict in left if verdict.id in denied)


@given(maps(), TENTHS | st.floats(0, 100), TENTHS | st.floats(0, 100))
@tries(300)
def test_a_calibration_keeps_the_order_of_scores(map: ScoreMap, one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert 0 <= calibrated(map.knots, low) <= calibrated(map.knots, high) <= 100
    for knot, value in map.knots:
        assert calibrated(map.knots, knot) == value


def test_rounding_lets_no_two_scores_change_places_at_a_knot() -> None:
    knots = ((24.9, 9.7), (98.1, 51.1))
    assert calibrated(knots, nextafter(98.1, 0)) <= calibrated(knots, 98.1)


@given(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=9), st.randoms(use_true_random=False))
@tries(100)
def test_the_median_of_judges_is_one_of_their_levels_in_any_order(
    levels: list[Level], chance: object
) -> None:
    said = [Verdict(id="a", level=level, decided_by="judge") for level in levels]
    found = median_verdict(said, "panel")
    chance.shuffle(said)  # type: ignore[attr-defined]
    again = median_verdict(said, "panel")
    assert (found.level, found.confidence) == (again.level, again.confidence)
    assert found.level in levels
    assert found.confidence is not None
