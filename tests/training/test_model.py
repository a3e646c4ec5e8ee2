"""What the stages make: a vocabulary that reads everything, losses with the right ends, a folder that paints."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPTokenizer

from ldm3d_web.errors import InvalidInput
from ldm3d_web.ldm3d import checkpoint
from ldm3d_web.training import autoencoder, losses, sheets, text
from ldm3d_web.training.export import export
from tests.training.conftest import TEXT, Kitchen

SIZE = {"steps": 2, "width": 128, "height": 64, "min_width": 128, "max_width": 128}


@pytest.fixture(scope="module")
def folder(kitchen: Kitchen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(kitchen.latents, kitchen.text, kitchen.denoiser, tmp_path_factory.mktemp("model"), settings=SIZE)


def test_the_exported_folder_loads_and_paints(folder: Path) -> None:
    pipeline = checkpoint.load(str(folder), device="cpu")
    rgbd = pipeline("a red desert at noon", seed=1)
    assert rgbd.rgb.shape == (64, 128, 3) and rgbd.disparity.shape == (64, 128)
    assert (pipeline("a red desert at noon", seed=1).rgb == rgbd.rgb).all()
    assert (pipeline("a red desert at noon", seed=2).rgb != rgbd.rgb).any()


def test_the_exported_folder_says_what_it_is_and_not_where_it_was_made(folder: Path, kitchen: Kitchen) -> None:
    settings = json.loads((folder / "ldm3d.json").read_text())
    assert settings["width"] == 128 and (settings["near_m"], settings["far_m"]) == (1.0, 200.0)
    scheduler = json.loads((folder / "scheduler" / "scheduler_config.json").read_text())
    assert scheduler["timestep_spacing"] == "trailing" and scheduler["prediction_type"] == "v_prediction"
    for file in folder.rglob("*.json"):
        assert str(kitchen.shards.parent) not in file.read_text()
    assert not list(folder.rglob("*.bin"))


def test_the_exported_weights_are_the_averaged_ones_in_half_precision(folder: Path, kitchen: Kitchen) -> None:
    from safetensors.torch import load_file

    exported = load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")
    state = torch.load(kitchen.denoiser / "checkpoint.pt", weights_only=True)["parts"]
    averaged = dict(zip(state["model"], state["average"]["weights"], strict=True))
    assert exported.keys() == averaged.keys()
    for name, weight in averaged.items():
        torch.testing.assert_close(exported[name], weight.half(), rtol=0, atol=0)


def test_an_ldm3d_json_written_by_hand_is_kept(folder: Path, kitchen: Kitchen) -> None:
    before = (folder / "ldm3d.json").read_text()
    export(kitchen.latents, kitchen.text, kitchen.denoiser, folder)
    assert (folder / "ldm3d.json").read_text() == before


def test_export_names_the_part_that_is_missing(kitchen: Kitchen, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="unet"):
        export(kitchen.latents, kitchen.text, tmp_path / "nothing", tmp_path / "model")


@pytest.mark.parametrize("share", [0.0, 0.6, 1.0])
def test_the_shipped_decoder_lies_between_the_two(share: float, kitchen: Kitchen, tmp_path: Path) -> None:
    parts = (kitchen.latents, kitchen.text, kitchen.denoiser)
    out = export(*parts, tmp_path, decoder=kitchen.decoder, decoder_share=share, dtype="float32")
    own, trained, shipped = (
        autoencoder.load(each / "vae").state_dict() for each in (kitchen.latents, kitchen.decoder, out)
    )
    assert any((own[name] != trained[name]).any() for name in own)
    for name, weight in shipped.items():
        torch.testing.assert_close(weight, own[name] + share * (trained[name] - own[name]))


def test_a_share_that_is_none_is_told_before_anything_is_written(kitchen: Kitchen, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="within 0 and 1"):
        export(kitchen.latents, kitchen.text, kitchen.denoiser, tmp_path / "model", decoder_share=1.5)
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    "sentence", ["a calm lake at dawn", "Zürich, 東京 & naïve façades", "🙂 <b>${x}</b>", "שלום", ""]
)
def test_every_sentence_can_be_read(sentence: str, kitchen: Kitchen) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(kitchen.text / "tokenizer")
    start, *words, end = tokenizer(sentence).input_ids
    assert (start, end) == (tokenizer.bos_token_id, tokenizer.eos_token_id)
    assert end not in words  # CLIP's unknown token is its end: it would cut the sentence there
    said = tokenizer.decode(words).replace(" ", "")
    assert said == sentence.lower().replace(" ", "")


def test_known_words_are_short(kitchen: Kitchen) -> None:
    tokenizer = CLIPTokenizer.from_pretrained(kitchen.text / "tokenizer")
    said = [kitchen.data.sayings[0].say(wording) for wording in range(6)]
    word = max(" ".join(said).lower().replace(",", " ").replace(".", " ").split(), key=len)
    assert len(tokenizer(word).input_ids) < 2 + len(word)


def test_the_vocabulary_has_the_asked_size_at_most(kitchen: Kitchen) -> None:
    vocabulary = json.loads((kitchen.text / "tokenizer" / "vocab.json").read_text())
    assert len(vocabulary) <= TEXT.vocabulary
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))


def test_the_same_captions_give_the_same_vocabulary(kitchen: Kitchen, tmp_path: Path) -> None:
    sentences = sorted({saying.say(wording) for saying in kitchen.data.sayings for wording in range(6)})
    for order, folder in ((sentences, tmp_path / "one"), (sentences[::-1], tmp_path / "other")):
        text.learn_vocabulary(order, folder, TEXT.vocabulary, TEXT.positions)
    assert (tmp_path / "one" / "merges.txt").read_text() == (tmp_path / "other" / "merges.txt").read_text()


def test_labels_are_told_apart(kitchen: Kitchen) -> None:
    labels = text.Labels.of([{"place": "lake", "objects": ["boat"]}, {"place": "moon", "time": "night", "objects": []}])
    assert labels.words == {"place": ["lake", "moon"], "time": ["night"]} and labels.lists == ["objects:boat"]
    assert labels.indices({"place": "moon", "time": "night"}) == [1, 0]
    assert labels.indices({"place": "lake", "time": ""}) == [0, text.UNSAID]
    assert labels.present({"objects": ["boat"]}) == [1.0] and labels.present({}) == [0.0]


def test_what_is_said_of_a_thing_is_asked() -> None:
    claims = {"objects": ["tree", "barn"], "directions": [["tree", "left"], ["barn", "ahead"]], "counts": [["tree", 3]]}
    labels = text.Labels.of([claims, {"directions": [["tree", "right"]]}])
    assert labels.lists == ["objects:barn", "objects:tree"] and labels.things == ["barn", "tree"]
    assert labels.answers == {"counts": ["3"], "directions": ["ahead", "left", "right"]}
    assert labels.asked(claims) == [(0, 1, 0), (1, 1, 1), (1, 0, 0)]
    own = text.Labels.of([{"rooms": [1, 2], "sizes": ["large", ["a", "b", "c"]]}])  # tags of somebody's own pictures
    assert own.answers == {} and own.present({"rooms": [2]})[own.lists.index("rooms:2")] == 1
    assert labels.asked({"directions": [["ship", "left"], ["tree", "behind"]]}) == labels.asked({}) == []


def test_the_text_encoder_hears_on_which_side_things_stand(tmp_path: Path) -> None:
    """As labels among many ("tree left") sides were hardly heard: the side weighed half of what the thing does, and in
    the shipped model a tenth of what a colour does."""
    from dataclasses import replace

    from ldm3d_web.training.denoiser import load_text

    plan = replace(TEXT, learning_rate=3e-3, warmup_steps=10, word_dropout=0.0, batch=32, width=64, layers=2)
    sayings = text.more_worlds(60, first_seed=10_000_000)
    run = text.train(sayings, [{}] * len(sayings), tmp_path, plan, steps=150)
    assert run.finished
    tokenizer, encoder = load_text(tmp_path)

    def states(sentence: str) -> torch.Tensor:
        return encoder(text.tokenize(tokenizer, [sentence])).last_hidden_state[0]

    left, right, red = (states(f"a green meadow with a {barn}") for barn in (
        "barn on the left", "barn on the right", "house on the left"))  # fmt: skip
    assert (left - right).norm() > 0.8 * (left - red).norm()


def test_the_text_encoder_learns_to_tell_worlds_apart(kitchen: Kitchen, tmp_path: Path) -> None:
    from dataclasses import replace

    plan = replace(TEXT, learning_rate=1e-2, warmup_steps=1, word_dropout=0.0)
    text.train(kitchen.data.sayings, kitchen.data.tags, tmp_path, plan, steps=40)
    rows = (tmp_path / "log.csv").read_text().splitlines()
    names = rows[0].split(",")
    first = float(rows[1].split(",")[names.index("loss")])
    from ldm3d_web.training.denoiser import load_text

    tokenizer, encoder = load_text(tmp_path)
    sentences = [[saying.say(wording) for wording in range(6)] for saying in kitchen.data.sayings]
    pooled = [encoder(text.tokenize(tokenizer, said)).pooler_output for said in sentences]
    within = max(float((each - each.mean(0)).norm(dim=1).mean()) for each in pooled)
    means = torch.stack([each.mean(0) for each in pooled])
    between = float(torch.cdist(means, means)[~torch.eye(len(means), dtype=torch.bool)].mean())
    assert first > 0 and between > within


def test_velocity_weights_keep_pure_noise_and_damp_clean_pictures() -> None:
    alpha_bar = torch.tensor([0.0, 0.5, 0.9, 0.99, 1.0])
    weight = losses.velocity_weight(alpha_bar)
    assert weight[0] == 1 and weight[1] == 1 and (weight.diff() <= 0).all() and 0 <= weight[-1] < 0.01
    assert weight[3] == pytest.approx(5 / 100, rel=1e-4)  # snr + 1 = 1 / (1 - alpha_bar)


def test_reconstruction_is_zero_for_the_same_picture_alone() -> None:
    picture = torch.rand(1, 4, 16, 32) * 2 - 1
    assert all(float(part) == 0 for part in losses.reconstruction(picture, picture).values())
    shifted = losses.reconstruction(picture + 0.1, picture)
    assert float(shifted["edges"]) == pytest.approx(0, abs=1e-6) and float(shifted["rgb"]) == pytest.approx(
        0.1, rel=1e-4
    )
    moved = losses.reconstruction(picture.roll(1, -1), picture)
    assert float(moved["edges"]) > 0.1


def test_a_divergence_is_zero_for_the_standard_normal() -> None:
    zero = torch.zeros(1, 4, 2, 2)
    assert float(losses.divergence(zero, zero)) == 0 < float(losses.divergence(zero + 1, zero - 1))


def test_a_sheet_holds_every_picture() -> None:
    pictures = [(np.full((4, 8, 3), value, np.uint8), np.full((4, 8), 0.25, np.float32)) for value in (10, 20, 30)]
    sheet = sheets.sheet(pictures, columns=2)
    assert sheet.shape == (16, 16, 3)
    assert (sheet[0, 0, 0], sheet[0, 8, 0], sheet[8, 0, 0], sheet[8, 8, 0], sheet[4, 0, 0]) == (10, 20, 30, 0, 128)
