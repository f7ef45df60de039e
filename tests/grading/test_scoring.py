"""The arithmetic: points, groups, caps, mistakes, contradictions."""

from hypothesis import given
from hypothesis import strategies as st

from interviewer.grading.agreement import median_verdict
from interviewer.grading.scoring import score, without_contradicted
from interviewer.models import (
    Group,
    Level,
    Mistake,
    Scheme,
    ScoredCriterion,
    ScoredMistake,
    Verdict,
)

LEVELS: list[Level] = ["not_met", "partial", "met"]


def verdicts(**levels: Level) -> list[Verdict]:
    """Verdicts by criterion."""
    return [Verdict(id=name, level=level, decided_by="test") for name, level in levels.items()]


SCHEME = Scheme(
    criteria=(
        ScoredCriterion(id="fact", points=2, required=True),
        ScoredCriterion(id="why", points=2),
    ),
    mistakes=(ScoredMistake(id="myth", points=1),),
    required_cap=30,
)
THREE = Scheme(
    criteria=tuple(ScoredCriterion(id=name, points=1, group="any") for name in "abcde"),
    groups=(Group(id="any", choose=3),),
)


def test_the_score_is_the_share_of_the_points() -> None:
    assert score(SCHEME, verdicts(fact="met", why="partial")).score == 75


def test_a_missed_required_criterion_caps_the_score() -> None:
    result = score(SCHEME, verdicts(fact="not_met", why="met"))
    assert (result.score, result.capped_by) == (30, "fact")
    assert score(SCHEME, verdicts(fact="partial", why="met")).capped_by is None


def test_a_mistake_costs_its_points_but_never_below_0() -> None:
    made = verdicts(myth="met")
    assert score(SCHEME, verdicts(fact="met", why="met"), made).score == 75
    assert score(SCHEME, verdicts(fact="not_met", why="not_met"), made).score == 0


def test_only_the_best_of_a_group_count() -> None:
    assert score(THREE, verdicts(a="met", b="met", c="met")).score == 100
    assert score(THREE, verdicts(a="met", b="met", c="met", d="met", e="met")).score == 100
    assert score(THREE, verdicts(a="partial", b="met", c="met", d="partial")).score == 83.3


def test_a_mistake_voids_what_it_contradicts() -> None:
    myth = Mistake(id="myth", text="It is the other way round", contradicts=("fact",))
    found = without_contradicted(verdicts(fact="met", why="met"), [myth], verdicts(myth="met"))
    assert [v.level for v in found] == ["not_met", "met"]
    assert found[0].decided_by == "mistake:myth"
    assert without_contradicted(verdicts(fact="met"), [myth], verdicts(myth="not_met"))[0].level == "met"


def test_a_share_counts_in_place_of_what_the_level_earns_and_required_is_still_by_level() -> None:
    def found(level: Level, share: float) -> list[Verdict]:
        return [Verdict(id="fact", level=level, decided_by="test", share=share), *verdicts(why="met")]

    assert score(SCHEME, found("met", 0.8)).earned == {"fact": 1.6, "why": 2}
    assert score(SCHEME, found("partial", 0.0)).score == 50
    assert score(SCHEME, found("partial", 0.0)).capped_by is None
    assert score(SCHEME, found("not_met", 0.9)).capped_by == "fact"


def test_what_a_mistake_voids_keeps_no_share() -> None:
    myth = Mistake(id="myth", text="It is the other way round", contradicts=("fact", "why"))
    found = [
        Verdict(id="fact", level="met", decided_by="test", share=0.9),
        Verdict(id="why", level="not_met", decided_by="test", share=0.2),
    ]
    voided = without_contradicted(found, [myth], verdicts(myth="met"))
    assert [(v.level, v.share) for v in voided] == [("not_met", None), ("not_met", None)]
    assert score(SCHEME, voided).score == 0


def test_the_median_has_a_share_only_where_all_have_one() -> None:
    def say(share: float | None) -> Verdict:
        return Verdict(id="fact", level="met", decided_by="test", share=share)

    assert median_verdict([say(0.9), say(0.7)], "panel").share == 0.8
    assert median_verdict([say(0.9), say(None)], "panel").share is None


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scheme, dict[str, Level], list[Verdict]]:
    """Any scheme, with levels for its criteria and mistakes made."""
    names = [f"c{i}" for i in range(draw(st.integers(1, 6)))]
    grouped = draw(st.lists(st.sampled_from(names), unique=True))
    criteria = tuple(
        ScoredCriterion(
            id=name,
            points=2 if name in grouped else draw(st.integers(1, 5)),
            required=name not in grouped and draw(st.booleans()),
            group="g" if name in grouped else None,
        )
        for name in names
    )
    scheme = Scheme(
        criteria=criteria,
        groups=(Group(id="g", choose=draw(st.integers(1, 4))),) if grouped else (),
        mistakes=(ScoredMistake(id="m", points=draw(st.integers(1, 5))),),
        required_cap=draw(st.integers(0, 100)),
    )
    levels = {name: draw(st.sampled_from(LEVELS)) for name in names}
    return scheme, levels, verdicts(m="met") if draw(st.booleans()) else []


@given(cases())
def test_the_score_is_within_0_and_100(case: tuple[Scheme, dict[str, Level], list[Verdict]]) -> None:
    scheme, levels, made = case
    assert 0 <= score(scheme, verdicts(**levels), made).score <= 100


@given(cases(), st.data())
def test_meeting_one_more_criterion_never_lowers_the_score(
    case: tuple[Scheme, dict[str, Level], list[Verdict]], data: st.DataObject
) -> None:
    scheme, levels, made = case
    better = levels | {data.draw(st.sampled_from(sorted(levels))): "met"}
    assert score(scheme, verdicts(**better), made).score >= score(scheme, verdicts(**levels), made).score


@given(cases(), st.data())
def test_a_greater_share_never_lowers_the_score(
    case: tuple[Scheme, dict[str, Level], list[Verdict]], data: st.DataObject
) -> None:
    scheme, levels, made = case
    shares = st.none() | st.floats(0, 1)
    found = [v.model_copy(update={"share": data.draw(shares)}) for v in verdicts(**levels)]
    at = data.draw(st.integers(0, len(found) - 1))
    low, high = sorted([data.draw(st.floats(0, 1)), data.draw(st.floats(0, 1))])

    def with_share(value: float) -> float:
        return score(
            scheme, [*found[:at], found[at].model_copy(update={"share": value}), *found[at + 1 :]], made
        ).score

    assert 0 <= with_share(low) <= with_share(high) <= 100


@given(cases())
def test_a_mistake_never_raises_the_score(case: tuple[Scheme, dict[str, Level], list[Verdict]]) -> None:
    scheme, levels, _ = case
    found = verdicts(**levels)
    assert score(scheme, found, verdicts(m="met")).score <= score(scheme, found).score


@given(cases())
def test_the_order_of_verdicts_does_not_matter(
    case: tuple[Scheme, dict[str, Level], list[Verdict]],
) -> None:
    scheme, levels, made = case
    found = verdicts(**levels)
    assert score(scheme, found[::-1], made) == score(scheme, found, made)
