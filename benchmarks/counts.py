"""Counts that do not vary: modules loaded, model passes, calls. They may fail a build; a time may not."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

from interviewer.backends.memory import RememberingEmbedder
from interviewer.backends.onnx import MiniLM
from interviewer.backends.protocols import Vectors
from interviewer.bank import load_bank
from interviewer.batch.estimate import counter
from interviewer.embedded.judge import EmbeddedJudge
from interviewer.grading.pipeline import Grader
from interviewer.grading.prompt import build_prompt, reply_schema
from interviewer.grading.similarity import Comparer

HEAVY = ("torch", "litellm", "openai", "textual", "sentence_transformers", "onnxruntime", "numpy")


class CountingEmbedder:
    """The shipped embedder, counting the texts that it really embeds."""

    label = "counting"

    def __init__(self, model: MiniLM) -> None:
        self._model = model
        self.texts = 0

    def embed(self, texts: list[str]) -> Vectors:
        """Vectors, counted."""
        self.texts += len(texts)
        return self._model.embed(texts)


def run() -> bool:
    """Print each count beside its limit; True when one is over it."""
    rows = [
        ("heavy modules loaded by --help", heavy_modules(), 0),
        ("heavy modules loaded before the first screen is drawn", heavy_before_the_screen(), 0),
        ("models' packages loaded to grade a file without a model", heavy_to_grade(), 0),
        *embedded_passes(),
        ("prompt tokens beside the answer, mean over the bank", prompt_tokens(), 2100),
    ]
    for name, count, limit in rows:
        print(f"{'ok  ' if count <= limit else 'OVER'} {name}: {count} (limit {limit})")
    return any(count > limit for _, count, limit in rows)


def heavy_modules() -> int:
    """How many heavy modules `interviewer --help` loads."""
    script = (
        "import sys; from interviewer.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print(sum(name in sys.modules for name in {HEAVY!r}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return int(done.stderr.strip().splitlines()[-1])


def heavy_before_the_screen() -> int:
    """How many heavy modules are loaded when the first screen is drawn and the judge begins to load."""
    script = (
        "import sys\n"
        "from interviewer.history import History\n"
        "from interviewer.tui.app import PracticeApp\n"
        "from interviewer.wiring import open_bank, open_settings\n"
        "settings = open_settings(judge='embedded')\n"
        "app = PracticeApp(settings, open_bank(settings), History(None))\n"
        "app.load_judge = app.exit\n"
        "app.run(headless=True)\n"
        f"names = set({HEAVY!r}) - {{'textual'}} | {{'fsrs', 'jinja2', 'plotext'}}\n"
        "print(len(names & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return int(done.stderr.strip().splitlines()[-1])


def heavy_to_grade() -> int:
    """How many packages of LLM providers, and of the screen, `grade` loads with the embedded judge."""
    script = (
        "import sys; from interviewer.__main__ import main\n"
        "main(['grade', '-', '--judge', 'embedded', '--no-cache'])\n"
        "names = ('openai', 'litellm', 'aiohttp', 'textual', 'torch', 'ray', 'jinja2')\n"
        "print(sum(name in sys.modules for name in names), file=sys.stderr)"
    )
    line = '{"question_id": "conv-parameter-count", "answer": "800"}'
    done = subprocess.run(
        [sys.executable, "-c", script], input=line, capture_output=True, text=True, check=True
    )
    return int(done.stderr.strip().splitlines()[-1])


def prompt_tokens() -> int:
    """What an LLM judge is told about a question of the bank, with the schema of its reply."""
    bank, count = load_bank(), counter()
    grader = Grader(EmbeddedJudge(MiniLM()), None, MiniLM())
    total = 0
    for question in bank.questions.values():
        request = grader.request(question, bank.rubric(question.rubric), "", bank.parents(question))
        prompt = build_prompt(request)
        total += count(prompt.system) + count(prompt.text) + count(json.dumps(reply_schema(request)))
    return round(total / len(bank.questions))


def embedded_passes() -> list[tuple[str, int, int]]:
    """Texts embedded for the first and for a second answer to one question, and calls to an LLM."""
    model, bank = MiniLM(), load_bank()
    counting = CountingEmbedder(model)
    memory = RememberingEmbedder(counting)  # type: ignore[arg-type]
    grader = Grader(EmbeddedJudge(model, memory), Comparer(memory), model)
    question = bank.questions["bert-gpt-objectives"]
    first, second = (e.answer for e in question.examples[:2])
    counts = []
    for answer in (first, second, second):
        before = counting.texts
        asyncio.run(grader.grade(question, bank.rubrics[question.rubric], answer))
        counts.append(counting.texts - before)
    return [
        ("texts embedded for the same answer again", counts[2], 0),
        ("texts embedded for a second answer beyond its own", max(0, counts[1] - 30), 0),
    ]
