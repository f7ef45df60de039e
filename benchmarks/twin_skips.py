"""What a person who read the pairs struck out: see `make_twins`."""

from __future__ import annotations

SKIPPED = frozenset(
    r"""
attention-projection-shapes/independent-of-n: Q <> K and V
attention-projection-shapes/shape: Q <> K and V
batch-norm-same-learning-rate/allows-larger-rate: diverge => converge
batch-norm-same-learning-rate/raise-rate: larger => smaller
batch-norm-same-learning-rate/raise-rate: not
best-frame-for-face-recognition/aggregate: best => worst
best-frame-for-face-recognition/aggregate: less => more
best-frame-for-face-recognition/learned-quality: best => worst
best-frame-for-face-recognition/learned-quality: small => large
best-frame-for-face-recognition/learned-quality: tiny => huge
best-frame-for-face-recognition/sharpness: without => only with
captioning-cross-attention-cost/linear: text tokens <> image features
captioning-cross-attention-cost/product: query <> keys
captioning-cross-attention-cost/product: text <> image features
captioning-cross-attention-cost/product: text tokens <> image features
captioning-cross-attention-cost/self-attention: text <> image features
class-weights-vs-focal-loss/combinable: class weights <> focal loss
class-weights-vs-focal-loss/combinable: together => apart
class-weights-vs-focal-loss/label-noise: outliers => typical ones
clip-training/contrastive-pairs: matching <> mismatched
clip-training/symmetric: N × N => N × 1
conv-layer-parameters/input-size: input <> output
conv-layer-parameters/input-size: large => small
conv-layer-parameters/input-size: larger => smaller
conv-layer-parameters/number: 128 => 64
conv-layer-parameters/number: 128 biases => 64 biases
conv-layer-parameters/number: 73728 => 8192
conv-layer-parameters/weights: input channels <> output channels
conv-output-shape/channels-from-filters: input <> output
conv-output-shape/shape: input <> output
conv-parameter-count/working: input <> output
conv-parameter-count/working: input channels <> output channels
diffusion-score-function/noised-density: different => identical
diffusion-vs-hierarchical-vae/random-step-training: earlier => later
diffusion-vs-hierarchical-vae/shared-denoiser: single network => a different network
diffusion-vs-hierarchical-vae/simple-loss: reduce => increase
find-faults-in-cnn/large-kernels: huge => tiny
find-faults-in-cnn/missing-non-linearity: adds => subtracts
find-faults-in-cnn/output-dropout: randomly => never
find-faults-in-cnn/pool-size: a single step => a thousand steps
full-batch-preferable/cost-per-update: one full-batch step <> many cheap updates
generative-model-trade-offs/diffusion-coverage: diffusion models <> VAEs
generative-model-trade-offs/diffusion-stable: diffusion models <> VAEs
gnn-over-smoothing/depth: instead of => as well as
gnn-over-smoothing/indistinguishable: different => identical
multiclass-to-multilabel/independent: mutually exclusive => not mutually exclusive
multiclass-to-multilabel/independent: sum to one => sum to ten
one-by-one-convolutions/changes-channel-count: reduce => increase
one-by-one-convolutions/mixes-channels: tiny => huge
recover-conv-kernel/mirrored-impulse: 3 \+ 1 pictures => 81 pictures
recover-conv-kernel/mirrored-impulse: one impulse => three impulses
recover-conv-kernel/mirrored-impulse: three probes => 27 probes
recover-conv-kernel/read-out: input <> output
recover-conv-kernel/zero-image: input <> output
recover-linear-weights/any-full-rank: input <> output
recover-linear-weights/any-full-rank: inputs <> outputs
recover-linear-weights/any-full-rank: least => most
recover-linear-weights/any-full-rank: linearly => quadratically
recover-linear-weights/identity-input: inputs <> outputs
recover-linear-weights/subtract-bias: weights <> bias
residual-connections/adds-input: input <> output
scaling-laws/allocate: bigger => smaller
scaling-laws/allocate: larger => smaller
scaling-laws/allocate: together => apart
scaling-laws/extrapolate: larger => smaller
sgd-runs-same-solution/non-convex: best => worst
sgd-runs-same-solution/non-convex: convex => concave
sgd-runs-same-solution/non-convex: low => high
sgd-runs-same-solution/non-convex: minimum => maximum
sgd-runs-same-solution/non-convex: similar => different
stochastic-depth-purpose/drops-blocks: drop => keep
stochastic-depth-purpose/easier-training: training <> test
stochastic-depth-purpose/full-depth-at-test: dropped => kept
stochastic-depth-purpose/identity-stays: dropped => kept
stochastic-depth-purpose/identity-stays: past => future
stochastic-depth-purpose/regularises: different => identical
stochastic-depth-purpose/regularises: training <> test
transformer-attention-types/cross: query <> keys
transformers-over-rnns/direct-path: distant => neighbouring
vae-elbo/prior: prior <> posterior
vae-elbo/reconstruction: input <> output
vit-input-preparation/patches: non-overlapping => overlapping
vit-input-preparation/patches: small => large
vit-input-preparation/projection: shared => not shared
""".strip().split("\n")
)
"""Changes that leave the sentence true or make it odd: question/criterion: what became what."""

PARTIAL = frozenset(
    r"""
A column of ones is appended, so that the solver separates the bias from the weights
BN smooths the loss landscape, so larger steps are safe
Chinchilla: models had been too large for their data
Class weights inflate the rare classes' probabilities and focal loss makes the model less confident
Keep tokens until the sum reaches p, the one that passes it too
Squeezing 256 maps into 64
Two feature maps with the size of the input image
Uniform guessing costs log C
a start well over ln C means something is off
as the GNN gets deeper
balancing generator and discriminator is a pain, runs diverge
otherwise everything collapses to one vector
ten sigmoid outputs are independent, the classes are not
the filter just slides longer
the gain is unlabelled data
""".strip().split("\n")
)
"""Wordings of the bank that say too little of their criterion alone, or that no single change makes wrong."""
