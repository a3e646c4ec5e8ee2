"""A model is found, proved whole before it is loaded, and named by what it is; every fault is one sentence."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from ldm3d_web.errors import HubUnreachable, InvalidInput, InvalidModel
from ldm3d_web.ldm3d import checkpoint, registry
from ldm3d_web.ldm3d.verify import WEIGHTS, read_shapes, revision_of, verify
from tests.tiny_models import make_ldm3d_folder, write_json


@pytest.fixture
def folder(folders, tmp_path) -> Path:
    """A whole model that a test may spoil."""
    return shutil.copytree(folders["like mini"], tmp_path / "model")


def change_json(file: Path, **changes) -> None:
    write_json(file, {**json.loads(file.read_text()), **changes})


def change_weights(file: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = load_file(file)
    change(weights)
    save_file(weights, file, {"format": "pt"})


def test_whole_models_are_whole(folders):
    for folder in folders.values():
        verify(folder)


def test_a_curve_that_is_not_known_is_refused(folder, folders, tmp_path):
    change_json(folder / "vae" / "config.json", depth_curve={"log": 199.0})
    verify(folder)
    for wrong in ({"sqrt": 1}, {"log": -1}):
        change_json(folder / "vae" / "config.json", depth_curve=wrong)
        with pytest.raises(InvalidModel, match="depth_curve"):
            verify(folder)
    six = shutil.copytree(make_ldm3d_folder(tmp_path / "made", channels=6), tmp_path / "six")
    change_json(six / "vae" / "config.json", depth_curve={"log": 199.0})
    with pytest.raises(InvalidModel, match="two bytes"):
        verify(six)


@pytest.mark.parametrize(
    ("key", "right", "wrongs"),
    [("deblock", 0.06, ("much", True, -0.1, 1.5)), ("crisp", 3, ("much", True, -1, 2.5, 100))],
)
def test_what_is_to_be_done_after_decoding_is_refused_where_it_is_no_such_number(folder, tmp_path, key, right, wrongs):
    change_json(folder / "vae" / "config.json", **{key: right})
    verify(folder)
    for wrong in wrongs:
        change_json(folder / "vae" / "config.json", **{key: wrong})
        with pytest.raises(InvalidModel, match=key):
            verify(folder)
    six = make_ldm3d_folder(tmp_path / "made", channels=6)
    change_json(six / "vae" / "config.json", **{key: right})
    with pytest.raises(InvalidModel, match="two bytes"):
        verify(six)


@pytest.mark.parametrize(
    "file",
    [
        "model_index.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "tokenizer/merges.txt",
        "tokenizer/vocab.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
    ],
)
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(InvalidModel, match=f"lacks {file}; a diffusers folder with safetensors weights is needed"):
        verify(folder)


def test_every_missing_file_is_named(tmp_path):
    with pytest.raises(InvalidModel) as caught:
        verify(tmp_path)
    for file in ("model_index.json", *WEIGHTS.values(), "tokenizer/vocab.json"):
        assert file in str(caught.value)
    with pytest.raises(InvalidModel, match="'nowhere' is not a folder with a model"):
        verify(tmp_path / "nowhere")


def test_weights_only_as_bin_are_refused_unopened(folder):
    weights = folder / WEIGHTS["unet"]
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(InvalidModel, match=r"lacks unet/.*safetensors; unet/.*\.bin cannot stand in, since"):
        verify(folder)


@pytest.mark.parametrize("part", WEIGHTS)
def test_truncated_weights_are_refused(folder, part):
    file = folder / WEIGHTS[part]
    whole = file.read_bytes()
    for size in (0, 5, 100, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:size])
        with pytest.raises(InvalidModel, match=f"{part}/.*(is cut short|no safetensors)"):
            verify(folder)


def test_what_is_no_safetensors_file_is_refused(folder):
    file = folder / WEIGHTS["vae"]
    tensor = {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}
    for header in (
        b"not JSON",
        b"[]",
        b'{"a": 5}',
        b'{"a": {"dtype": "F32", "shape": [2, "x"], "data_offsets": [0, 16]}}',
        json.dumps({"a": {**tensor, "dtype": "pickle"}}).encode(),
        json.dumps({"a": {**tensor, "shape": [5]}}).encode(),
        json.dumps({"a": {**tensor, "data_offsets": [0, 32]}}).encode(),
    ):
        file.write_bytes(struct.pack("<Q", len(header)) + header + bytes(16))
        with pytest.raises(InvalidModel, match=r"vae/diffusion_pytorch_model\.safetensors is"):
            verify(folder)
    file.write_bytes(struct.pack("<Q", 2**60) + b"{}")
    with pytest.raises(InvalidModel, match="is cut short"):
        verify(folder)


def test_shapes_are_those_of_the_weights(folder):
    for file in WEIGHTS.values():
        expected = {name: tuple(tensor.shape) for name, tensor in load_file(folder / file).items()}
        assert read_shapes(folder / file) == expected


@pytest.mark.parametrize(
    ("file", "changes", "sentence"),
    [
        (
            "vae/config.json",
            {"in_channels": 3, "out_channels": 3},
            "takes 3 and gives 3 channels; an LDM3D model has 4",
        ),
        ("vae/config.json", {"in_channels": 6}, "takes 6 and gives 4"),
        (
            "vae/config.json",
            {"in_channels": 6, "out_channels": 6},
            "encoder.conv_in.weight has the shape .* 6 channels",
        ),
        ("vae/config.json", {"latent_channels": 4}, "U-Net takes 8 and gives 8 channels, but .* latents have 4"),
        ("unet/config.json", {"in_channels": 9}, "U-Net takes 9 and gives 8 channels"),
        ("unet/config.json", {"in_channels": 10}, "conv_in.weight has the shape .* 10 channels are due"),
        ("unet/config.json", {"cross_attention_dim": 768}, "words of width 768, but the text encoder's have 48"),
        ("unet/config.json", {"_class_name": "UNet3DConditionModel"}, "is of a UNet3DConditionModel"),
        ("vae/config.json", {"_class_name": "VQModel"}, "is of a VQModel; a AutoencoderKL is needed"),
        ("ldm3d.json", {"colour": "red"}, r"ldm3d.json has unknown keys \['colour'\]"),
        ("ldm3d.json", {"steps": 0}, "ldm3d.json: The number of steps must be"),
        ("ldm3d.json", {"width": 500}, "ldm3d.json: The width must be"),
        ("ldm3d.json", {"min_width": 1000}, "ldm3d.json: The width must be a multiple"),
        ("ldm3d.json", {"near_m": 5.0, "far_m": 1.0}, "ldm3d.json: .* 0 < near < far"),
        ("ldm3d.json", {"near_m": 5.0}, "ldm3d.json: .* 0 < near < far"),
        ("ldm3d.json", {"examples": "a lake"}, "ldm3d.json: The examples must be a list"),
        ("ldm3d.json", {"examples": [""]}, "ldm3d.json: The prompt is empty"),
        ("ldm3d.json", {"name": 5}, "ldm3d.json: .* must be a text, not 5"),
    ],
)
def test_configs_that_do_not_fit_are_refused(folder, file, changes, sentence):
    change_json(folder / file, **changes)
    with pytest.raises(InvalidModel, match=sentence):
        verify(folder)


@pytest.mark.parametrize(
    "file", ["model_index.json", "vae/config.json", "scheduler/scheduler_config.json", "ldm3d.json"]
)
@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "\x00\x01", "null"])
def test_broken_json_is_named(folder, file, text):
    (folder / file).write_text(text)
    with pytest.raises(InvalidModel, match=f"{Path(file).name} (is not readable JSON|must hold a JSON object)"):
        verify(folder)


def test_weights_that_are_not_all_there_are_refused_at_loading(folder):
    """diffusers and transformers would fill them with noise."""
    change_weights(folder / WEIGHTS["unet"], lambda weights: weights.pop("mid_block.resnets.0.conv1.weight"))
    with pytest.raises(
        InvalidModel, match="weights in unet do not fit their config: 1 tensors are missing, such as mid_"
    ):
        checkpoint.load(str(folder))


def test_weights_of_another_shape_are_refused_at_loading(folder):
    change_weights(
        folder / WEIGHTS["text_encoder"],
        lambda weights: weights.update({"final_layer_norm.weight": torch.ones(7)}),
    )
    with pytest.raises(InvalidModel, match="text_encoder"):
        checkpoint.load(str(folder))


def test_a_tokenizer_with_more_tokens_than_the_text_encoder_is_refused(folder):
    vocabulary = json.loads((folder / "tokenizer" / "vocab.json").read_text())
    write_json(folder / "tokenizer" / "vocab.json", {**vocabulary, "zzz": len(vocabulary)})
    with pytest.raises(InvalidModel, match=r"has 525 tokens, but its text encoder knows 524"):
        checkpoint.load(str(folder))


def test_a_schedule_without_a_picture_is_refused(folder):
    change_json(folder / "scheduler" / "scheduler_config.json", prediction_type="epsilon")
    with pytest.raises(InvalidModel, match=r"scheduler_config\.json ends in pure noise"):
        checkpoint.load(str(folder))


def test_the_old_names_of_the_autoencoders_attention_load(folder):
    """Intel's files are older than diffusers' `to_q`: a miss would leave random attention."""
    names = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}

    def age(weights):
        for name in [name for name in weights if ".attentions." in name]:
            old = name
            for new_part, old_part in names.items():
                old = old.replace(f".{new_part}.", f".{old_part}.")
            weights[old] = weights.pop(name)

    before = checkpoint.load(str(folder)).vae.state_dict()
    change_weights(folder / WEIGHTS["vae"], age)
    after = checkpoint.load(str(folder)).vae.state_dict()
    assert any("to_q" in name for name in after)
    assert all(torch.equal(after[name], before[name]) for name in before)


def test_half_precision_weights_run_in_float32_on_the_cpu(mini_like):
    for network in (mini_like.unet, mini_like.vae, mini_like.text_encoder):
        assert {weight.dtype for weight in network.parameters()} == {torch.float32}
        assert not network.training
    assert not any(weight.requires_grad for weight in mini_like.unet.parameters())


def test_the_device_is_this_machines_or_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert checkpoint.choose_device() == checkpoint.choose_device("") == checkpoint.choose_device("cpu") == "cpu"
    for device in ("cuda", "mps", "gpu", "cpu:1", "cuda:0"):
        with pytest.raises(InvalidInput, match=r"There is no device .* on this machine; choose cpu"):
            checkpoint.choose_device(device)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert checkpoint.choose_device() == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert checkpoint.choose_device() == "cuda"
    assert checkpoint.choose_device("cuda:1") == "cuda:1"
    with pytest.raises(InvalidInput, match="'cuda:2'"):
        checkpoint.choose_device("cuda:2")


def test_a_pipeline_knows_what_it_is(folders, mini_like):
    assert mini_like.spec.name == "like mini"
    assert mini_like.defaults.steps == 4
    assert mini_like.revision == revision_of(folders["like mini"])


def test_a_revision_names_the_content_not_the_place(folders, folder):
    first = revision_of(folder)
    assert len(first) == 12
    assert first == revision_of(folders["like mini"])
    change_weights(folder / WEIGHTS["vae"], lambda weights: weights["decoder.conv_out.bias"].add_(1))
    second = revision_of(folder)
    change_json(folder / "scheduler" / "scheduler_config.json", steps_offset=3)
    assert len({first, second, revision_of(folder)}) == 3


def test_the_models_that_there_are():
    assert list(checkpoint.MODELS) == ["mini", "Intel/ldm3d-pano", "Intel/ldm3d-4c", "Intel/ldm3d", "Intel/ldm3d-sr"]
    for spec in list(checkpoint.MODELS.values())[1:]:
        assert spec.folder is None
        assert len(spec.revision) >= 7
        assert spec.licence == "CreativeML OpenRAIL-M"
    pano = checkpoint.resolve("Intel/ldm3d-pano")
    assert (pano.defaults.width, pano.defaults.height, pano.defaults.steps) == (1024, 512, 50)
    assert "360 view of" in pano.prompt_hint
    with pytest.raises(InvalidModel, match="not supported yet"):
        checkpoint.resolve("Intel/ldm3d-sr")


@pytest.mark.parametrize("name", ["", "maxi", "Intel/other", "/etc/passwd", "no\0such", "~nobody-here/x", "x" * 5000])
def test_an_unknown_model_is_refused_and_the_known_are_named(name):
    with pytest.raises(InvalidModel, match=r"There is no model .*; choose mini, Intel/ldm3d-pano"):
        checkpoint.resolve(name)


def test_strangers_cannot_ask_for_folders(folder):
    assert checkpoint.resolve(str(folder)).defaults.steps == 4
    with pytest.raises(InvalidModel, match="There is no model"):
        checkpoint.resolve(str(folder), folders=False)


def test_a_folder_says_what_it_is(tmp_path):
    assert registry.spec_of_folder(tmp_path).defaults == registry.Defaults()
    settings = {"name": "mine", "near_m": 1, "far_m": 200.0, "examples": ["a lake"], "width": 512, "height": 256}
    write_json(tmp_path / "ldm3d.json", settings)
    spec = registry.spec_of_folder(tmp_path)
    assert (spec.name, spec.near_m, spec.far_m, spec.examples) == ("mine", 1, 200.0, ("a lake",))
    assert (spec.defaults.width, spec.defaults.steps) == (512, 50)


def test_without_the_hub_the_sentence_names_the_model_and_the_shipped_one(monkeypatch, tmp_path):
    from huggingface_hub import HfApi

    class AnyHttpLibrarysConnectError(Exception):
        pass

    def no_network(*_, **__):
        raise AnyHttpLibrarysConnectError("name resolution failed")

    monkeypatch.setattr(HfApi, "model_info", no_network)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(HubUnreachable, match=r"Intel/ldm3d-pano is not on this machine .*works without it is mini"):
        checkpoint.load("Intel/ldm3d-pano")


def test_a_model_in_the_hubs_cache_is_used_without_the_hub(monkeypatch, tmp_path):
    """At its pinned commit only: another commit of the same model is not it."""
    from huggingface_hub import HfApi

    def no_network(*_, **__):
        raise ConnectionError

    monkeypatch.setattr(HfApi, "model_info", no_network)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    spec = checkpoint.MODELS["Intel/ldm3d-4c"]
    snapshots = tmp_path / "models--Intel--ldm3d-4c" / "snapshots"
    (tmp_path / "models--Intel--ldm3d-4c" / "refs").mkdir(parents=True)
    make_ldm3d_folder(snapshots / ("0" * 40))
    with pytest.raises(HubUnreachable):
        checkpoint.load("Intel/ldm3d-4c")
    commit = spec.revision.ljust(40, "0")
    make_ldm3d_folder(snapshots / commit)
    assert checkpoint.load("Intel/ldm3d-4c", device="cpu").revision == commit


def test_knowing_the_models_loads_no_heavy_package():
    code = "import sys, ldm3d_web.ldm3d.checkpoint; print(sorted({'torch', 'diffusers', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
