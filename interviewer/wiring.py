"""From flags to what commands work with: settings, the bank, and a grader that says which judge it uses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interviewer.backends.onnx import MiniLM
    from interviewer.backends.protocols import Embedder, Speaker
    from interviewer.backends.provider_batch import ProviderBatches
    from interviewer.backends.traffic import Traffic
    from interviewer.bank import Bank
    from interviewer.config import EmbeddingConfig, JudgeConfig, Settings
    from interviewer.embedded.cross_encoder import CrossEncoder
    from interviewer.embedded.judge import Weights
    from interviewer.grading.judges import Choice
    from interviewer.grading.pipeline import Grader
    from interviewer.models import Calibration, Estimate

SHIPPED = "shipped"
"""Stands for the questions that come with the program wherever a bank is named."""


class ChosenGrader:
    """The judge that was chosen and why, and the grader that is made with it when it is needed.

    Args:
        choice: which judge, and why.
        make: gives the grader, and the model that can ask follow-ups; loads models, so it takes a second.
    """

    def __init__(self, choice: Choice, make: Callable[[], tuple[Grader, Speaker | None]]) -> None:
        self.label = choice.name
        self.why = choice.why
        self.downgrades = choice.downgrades
        self._make = make
        self._made: tuple[Grader, Speaker | None] | None = None
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None

    def load(self) -> None:
        """Begins to make the grader in the background."""
        # Not a daemon: a native runtime that is still loading when the interpreter ends aborts the process.
        self._thread = threading.Thread(target=self._run, name="load-grader")
        self._thread.start()

    def grader(self) -> Grader:
        """The grader, waited for.

        Raises:
            InterviewerError: the judge or a model cannot be used.
        """
        return self._waited_for()[0]

    def speaker(self) -> Speaker | None:
        """The judge's own model to ask follow-up questions with, waited for; None where it is not one LLM.

        Raises:
            InterviewerError: the judge or a model cannot be used.
        """
        return self._waited_for()[1]

    def _waited_for(self) -> tuple[Grader, Speaker | None]:
        if self._thread is None:
            self._run()
        else:
            self._thread.join()
        if self._failure is not None:
            raise self._failure
        assert self._made is not None
        return self._made

    def _run(self) -> None:
        if self._made is not None or self._failure is not None:
            return
        try:
            self._made = self._make()
        except Exception as error:  # noqa: BLE001  (raised again where the grader is asked for)
            self._failure = error


def open_settings(
    config: Path | None = None, *, judge: str | None = None, flags: Mapping[str, object] | None = None
) -> Settings:
    """The settings in force, flags first.

    Args:
        flags: further settings by dotted key; None is not given.

    Raises:
        ConfigError: a file, variable or flag cannot be used.
    """
    from interviewer.config import load_config

    return load_config({"judge": judge, **(flags or {})}, file=config)


def open_bank(settings: Settings, paths: Sequence[Path] | None = None) -> Bank:
    """The questions of these folders and files; by default the shipped ones and those of the settings.

    Raises:
        DataError: a file breaks a rule.
    """
    from interviewer.bank import load_bank, shipped

    wanted = paths or [Path(SHIPPED), *settings.config.paths.questions]
    folders = [shipped("questions") if str(path) == SHIPPED else path for path in wanted]
    return load_bank(folders, settings.config.paths.rubrics)


def choose_grader(
    settings: Settings,
    traffic: Traffic | None = None,
    batches: ProviderBatches | None = None,
    calibrations: Sequence[Calibration] | None = None,
) -> ChosenGrader:
    """A grader with the judge of these settings.

    Args:
        traffic: what the judge's calls wait for; None lets all through.
        batches: what they go through, in place of straight to the model.
        calibrations: those to apply where they fit; default: those of the settings.

    Raises:
        ConfigError: there is no such judge, or none that works by batches; or a calibration cannot be read.
    """
    from interviewer.grading.judges import choose, require_batching

    choice = choose(settings)
    known = calibrations_of(settings) if calibrations is None else calibrations
    if batches is not None:
        require_batching(choice)

    def make() -> tuple[Grader, Speaker | None]:
        from interviewer.backends.memory import RememberingEmbedder
        from interviewer.embedded.answer import ClaimReader
        from interviewer.embedded.judge import EmbeddedJudge, shipped_weights
        from interviewer.embedded.references import References
        from interviewer.grading.judges import judge_and_speaker
        from interviewer.grading.pipeline import Grader
        from interviewer.grading.similarity import Comparer

        model, reader = _models(settings.config.embedding.threads)
        memory = RememberingEmbedder(model)
        judge, speaker = judge_and_speaker(
            settings,
            lambda: EmbeddedJudge(model, memory, cross_encoder=reader),
            choice=choice,
            traffic=traffic,
            batches=batches,
        )
        if traffic is None:
            # The first call is the slow one, and somebody sits before the screen. A run may do without.
            model.embed(["warm up"])
        comparer = Comparer(_embedder(settings.config.embedding, memory))
        estimate = _estimate(choice.judge, shipped_weights())
        return Grader(
            judge, comparer, model, known, References(ClaimReader(model, memory, reader)), estimate
        ), speaker

    return ChosenGrader(choice, make)


@lru_cache(maxsize=1)
def _models(threads: int) -> tuple[MiniLM, CrossEncoder]:
    """The shipped models; another judge chosen while the program runs works with the same."""
    from interviewer.backends.onnx import MiniLM
    from interviewer.embedded.cross_encoder import CrossEncoder

    return MiniLM(threads), CrossEncoder(threads=threads)


def _estimate(judge: JudgeConfig, weights: Weights) -> Estimate | None:
    """What is fitted for marks by a reference; None: the judge's share stands as it is."""
    if judge.backend == "embedded":
        return weights.estimate
    return weights.yes_no if judge.mode == "yes_no" and judge.backend != "panel" else None


def calibrations_of(settings: Settings) -> list[Calibration]:
    """The calibrations that these settings allow, the newest last; whether one fits the judge is not asked.

    Raises:
        ConfigError: one cannot be read.
    """
    from interviewer.grading.calibration_files import read_calibration, stored_calibrations

    chosen = settings.config.grading.calibration
    if chosen == "off":
        return []
    if chosen == "auto":
        return [calibration for _, calibration in stored_calibrations(calibration_folder())]
    return [read_calibration(Path(chosen))]


def _embedder(embedding: EmbeddingConfig, builtin: Embedder) -> Embedder:
    """The model behind similarity.

    Raises:
        ConfigError: it cannot be loaded.
    """
    family, _, name = embedding.model.partition("/")
    if family == "builtin":
        return builtin
    from interviewer.backends.memory import RememberingEmbedder
    from interviewer.backends.sentence_transformers import SentenceTransformerEmbedder

    other = SentenceTransformerEmbedder(name, None if embedding.device == "auto" else embedding.device)
    return RememberingEmbedder(other)


def embedded_grader() -> tuple[Grader, MiniLM]:
    """A grader that needs neither network nor settings, and its embedder."""
    from interviewer.embedded.judge import EmbeddedJudge, shipped_weights
    from interviewer.embedded.references import References
    from interviewer.grading.pipeline import Grader
    from interviewer.grading.similarity import Comparer

    model, reader = _models(1)
    judge = EmbeddedJudge(model, cross_encoder=reader)
    estimate = shipped_weights().estimate
    return Grader(judge, Comparer(model), model, (), References(judge.reader), estimate), model


def calibration_folder() -> Path:
    """Where calibrations are kept."""
    from interviewer.grading.calibration_files import FOLDER

    return data_folder() / FOLDER


def data_folder() -> Path:
    """Where answers and drafts are kept."""
    from platformdirs import user_data_path

    return user_data_path("interviewer", appauthor=False)
