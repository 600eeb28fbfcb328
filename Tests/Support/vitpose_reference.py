"""Writes small ViTPose models of random weights with an input and what transformers makes of it.

    python vitpose_reference.py FOLDER [--all]

Needs numpy, torch, transformers and safetensors. The committed ones, in Tests/Fixtures/vitpose and
Tests/Fixtures/transformer, are those without --all; with it, models with the classic head (2.5 MB each) and larger ones
are written too, for KAIRA_VITPOSE_FIXTURES.
"""
import json
import os
import sys

import numpy
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel, VitPoseBackboneConfig, VitPoseConfig, VitPoseForPoseEstimation

# name, width, heads, layers, (height, width), labels, head, batch, eps, the rest
CASES = [
    ("w40-h5-no-bias", 40, 5, 3, (96, 80), 17, "simple", 2, 1e-6, dict(qkv_bias=False, mlp_ratio=2)),
    ("w24-h3", 24, 3, 1, (48, 64), 5, "simple", 1, 1e-5, {}),
    ("w36-h2-experts3", 36, 2, 2, (80, 112), 3, "simple", 2, 1e-12, dict(num_experts=3, part_features=10)),
]
MORE = [
    ("w32-h4-classic", 32, 4, 2, (64, 32), 17, "classic", 2, 1e-12, {}),
    ("w96-h1-classic", 96, 1, 3, (128, 96), 17, "classic", 2, 1e-6, {}),
    ("w160-h2-dh80", 160, 2, 4, (256, 192), 17, "simple", 2, 1e-12, {}),
    ("w384-h12", 384, 12, 2, (256, 192), 17, "simple", 1, 1e-12, {}),
    ("w384-h12-classic-experts", 384, 12, 2, (256, 192), 17, "classic", 1, 1e-12, dict(num_experts=2, part_features=96)),
    ("w256-h4-tall", 256, 4, 2, (384, 288), 17, "classic", 1, 1e-6, {}),
]


def randomise(model):
    for name, value in list(model.named_parameters()) + list(model.named_buffers()):
        if not value.is_floating_point():
            continue
        with torch.no_grad():
            if "running_var" in name:
                value.uniform_(0.5, 1.5)
            elif value.ndim == 1 and name.endswith("weight"):
                value.uniform_(0.6, 1.4)
            elif value.ndim == 1:
                value.uniform_(-0.3, 0.3)
            elif "position" in name:
                value.normal_(0, 0.5)
            elif "deconv" in name:
                value.normal_(0, (4 * value.shape[0]) ** -0.5)
            else:
                value.normal_(0, 1.2 * value[0].numel() ** -0.5)


def original_names(state, layers):
    """The authors' names for the transformers' tensors."""
    result = {
        "backbone.pos_embed": state["backbone.embeddings.position_embeddings"],
        "backbone.cls_token": torch.zeros(1, 1, state["backbone.layernorm.bias"].shape[0]),
    }
    for part in ("weight", "bias"):
        result["backbone.patch_embed.proj." + part] = state["backbone.embeddings.patch_embeddings.projection." + part]
        result["backbone.last_norm." + part] = state["backbone.layernorm." + part]
        result["keypoint_head.final_layer." + part] = state["head.conv." + part]
        for i in range(layers):
            there, here = f"backbone.encoder.layer.{i}.", f"backbone.blocks.{i}."
            for a, b in (("norm1", "layernorm_before"), ("norm2", "layernorm_after"),
                         ("attn.proj", "attention.output.dense"), ("mlp.fc1", "mlp.fc1"), ("mlp.fc2", "mlp.fc2")):
                result[f"{here}{a}.{part}"] = state[f"{there}{b}.{part}"]
            result[f"{here}attn.qkv.{part}"] = torch.cat(
                [state[f"{there}attention.attention.{x}.{part}"] for x in ("query", "key", "value")])
    for i, j in ((1, 0), (2, 3)):
        if f"head.deconv{i}.weight" in state:
            result[f"keypoint_head.deconv_layers.{j}.weight"] = state[f"head.deconv{i}.weight"]
            for part in ("weight", "bias", "running_mean", "running_var"):
                result[f"keypoint_head.deconv_layers.{j + 1}.{part}"] = state[f"head.batchnorm{i}.{part}"]
    return {name: value.clone().contiguous() for name, value in result.items()}


def vitpose(folder, case):
    name, width, heads, layers, size, labels, head, batch, eps, rest = case
    torch.manual_seed(sum(map(ord, name)))
    config = VitPoseConfig(
        backbone_config=VitPoseBackboneConfig(
            image_size=list(size), patch_size=[16, 16], hidden_size=width, num_hidden_layers=layers,
            num_attention_heads=heads, layer_norm_eps=eps, out_indices=[layers], **rest),
        use_simple_decoder=head == "simple", scale_factor=4, num_labels=labels)
    config._attn_implementation = "eager"
    model = VitPoseForPoseEstimation(config).eval()
    randomise(model)
    path = os.path.join(folder, name)
    os.makedirs(path, exist_ok=True)
    model.config.save_pretrained(path)
    state = model.state_dict()
    save_file({k: v.clone().contiguous() for k, v in state.items()}, os.path.join(path, "model.safetensors"),
              metadata={"format": "pt"})
    pixels = torch.randn(batch, 3, *size)
    arrays = {"pixel_values": pixels.numpy()}
    experts = rest.get("num_experts", 1)
    with torch.no_grad():
        for expert in range(experts):
            index = torch.full((batch,), expert) if experts > 1 else None
            out = model(pixel_values=pixels, dataset_index=index, output_hidden_states=True)
            arrays[f"heatmaps_{expert}" if experts > 1 else "heatmaps"] = out.heatmaps.numpy()
            if expert == 0:
                for i, hidden in enumerate(out.hidden_states[:layers + 1]):
                    arrays[f"hidden_{i}"] = hidden.numpy()
    # The last of them may have been normalised already.
    numpy.savez(os.path.join(path, "io.npz"), **arrays)
    if name in ("w24-h3", "w32-h4-classic"):
        other = path + "-original"
        os.makedirs(other, exist_ok=True)
        model.config.save_pretrained(other)
        save_file(original_names(state, layers), os.path.join(other, "vitpose.safetensors"))
        numpy.savez(os.path.join(other, "io.npz"), **arrays)


def bert(folder):
    torch.manual_seed(7)
    width, heads, layers, batch, tokens = 24, 4, 2, 3, 13
    config = BertConfig(vocab_size=11, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
                        intermediate_size=56, max_position_embeddings=16, hidden_act="gelu")
    config._attn_implementation = "eager"
    model = BertModel(config, add_pooling_layer=False).eval()
    randomise(model)
    mask = torch.ones(batch, tokens, dtype=torch.long)
    mask[1, 5:] = 0
    mask[2, 12:] = 0
    with torch.no_grad():
        out = model(input_ids=torch.randint(0, 11, (batch, tokens)), attention_mask=mask, output_hidden_states=True)
    arrays = {"mask": mask.numpy().astype(numpy.float32)}
    arrays.update({f"hidden_{i}": h.numpy() for i, h in enumerate(out.hidden_states)})
    arrays.update({k: v.numpy() for k, v in model.state_dict().items() if k.startswith("encoder.")})
    numpy.savez(os.path.join(folder, "bert.npz"), **arrays)


if __name__ == "__main__":
    target = sys.argv[1]
    os.makedirs(target, exist_ok=True)
    for case in CASES + (MORE if "--all" in sys.argv else []):
        vitpose(target, case)
    bert(target)
