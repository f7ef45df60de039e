"""The arithmetic: points, groups, caps, mistakes, contradictions. Its laws are in `tests/fuzz`."""

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


def test_points_add_up_exactly_in_whatever_order_they_are_listed() -> None:
    worth = [0.1, 0.7, 0.2]
    found = set()
    for points in (worth, worth[::-1]):
        criteria = tuple(ScoredCriterion(id=f"worth-{value * 10:.0f}", points=value) for value in points)
        judged = [Verdict(id=criterion.id, level="met", decided_by="test") for criterion in criteria]
        earned = score(Scheme(criteria=criteria), judged)
        found.add((earned.available, earned.score))
    assert found == {(1.0, 100.0)}
