"""Abbreviations of the field, written out, so that the terse note of an expert reads like a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MEANINGS = """
    bce binary cross-entropy / ce cross-entropy / nll negative log-likelihood / mse mean squared error / kl Kullback-Leibler divergence
    / lr learning rate / sgd stochastic gradient descent / gd gradient descent / bn batch normalization / ln layer normalization
    / gn group normalization / batchnorm batch normalization / layernorm layer normalization / wd weight decay / reg regularization
    / mlm masked language modeling / nsp next sentence prediction / lm language model / llm large language model / lms language models
    / mim masked image modeling / ssl self-supervised learning / rl reinforcement learning / rlhf reinforcement learning from human feedback
    / conv convolution / convs convolutions / attn attention / mha multi-head attention / ffn feed-forward network / mlp multilayer perceptron
    / fc fully connected / resnet residual network / vit vision transformer / pe position embedding / emb embedding / embs embeddings
    / param parameter / params parameters / hparam hyperparameter / hparams hyperparameters / init initialization / aug augmentation / augs augmentations
    / recon reconstruction / grad gradient / grads gradients / dim dimension / dims dimensions / feat feature / feats features / hw height width
    / prob probability / probs probabilities / dist distribution / distr distribution / pred prediction / preds predictions / img image / imgs images
    / enc encoder / dec decoder / seq sequence / seqs sequences / ar autoregressive / bidir bidirectional / sim similarity / cos cosine
    / temp temperature / iid independent and identically distributed / elbo evidence lower bound / gnn graph neural network / gnns graph neural networks
    / nn neural network / nns neural networks / dl deep learning / ml machine learning / ema exponential moving average / clf classifier / hyperparam hyperparameter
    / acc accuracy / perf performance / fp false positives / fn false negatives / w/o without / w/ with / b/c because / bc because / approx approximately
"""
_LONG = dict(entry.strip().split(maxsplit=1) for entry in _MEANINGS.split("/ ") if " " in entry.strip())
_SHORT = re.compile(
    r"(?<![\w.])(?:" + "|".join(sorted(map(re.escape, _LONG), key=len, reverse=True)) + r")(?![\w(=])", re.I
)


@dataclass(frozen=True)
class Expanded:
    """A text with its abbreviations written out."""

    text: str
    origins: tuple[int, ...]
    """For each character, its offset in the original; within a meaning, that of its abbreviation."""


def expand(text: str) -> Expanded:
    """The text with every abbreviation written out."""
    pieces: list[str] = []
    origins: list[int] = []
    done = 0
    for match in _SHORT.finditer(text):
        meaning = _LONG[match.group().lower()]
        pieces += [text[done : match.start()], meaning]
        origins += [*range(done, match.start()), *[match.start()] * len(meaning)]
        done = match.end()
    return Expanded("".join([*pieces, text[done:]]), (*origins, *range(done, len(text))))
