"""The text encoder: a small CLIP text model with its own byte-pair vocabulary, trained on captions alone.

It learns to tell a world's labels (place, time, weather, objects, …) from a caption with words missing, so that
sentences of one meaning land together before the denoiser ever sees them; then it is frozen. The run's folder holds
``tokenizer/`` and ``text_encoder/`` as transformers reads them.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.training.run import Run
from ldm3d_web.training.shards import CAPTIONS

if TYPE_CHECKING:
    from transformers import CLIPTextModel, CLIPTokenizer

START, END = "<|startoftext|>", "<|endoftext|>"


@dataclass(frozen=True)
class TextPlan:
    """Sizes and rates of the text encoder."""

    vocabulary: int = 2048
    width: int = 192
    layers: int = 4
    heads: int = 4
    positions: int = 77
    batch: int = 64
    word_dropout: float = 0.12
    learning_rate: float = 1e-3
    warmup_steps: int = 100


def learn_vocabulary(captions: list[str], folder: Path, size: int, positions: int) -> CLIPTokenizer:
    """Learns byte pairs from captions and writes a CLIP tokenizer; every byte has a token, so any word can be read."""
    from tokenizers import pre_tokenizers
    from transformers import CLIPTokenizer

    reference = CLIPTokenizer().backend_tokenizer  # words must be split exactly as CLIP will split them
    words = Counter(
        word
        for caption in captions
        for word, _ in reference.pre_tokenizer.pre_tokenize_str(reference.normalizer.normalize_str(caption))
    )
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    letters = alphabet + [letter + "</w>" for letter in alphabet]
    pairs = _frequent_pairs(words, size - 2 - len(letters))
    tokens = list(dict.fromkeys(letters + ["".join(pair) for pair in pairs] + [START, END]))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *(" ".join(pair) for pair in pairs)]) + "\n")
    tokenizer = CLIPTokenizer(
        vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"), model_max_length=positions
    )
    tokenizer.save_pretrained(folder)
    return tokenizer


def _frequent_pairs(words: Counter[str], count: int) -> list[tuple[str, str]]:
    """Byte-pair encoding: joins the most frequent pair of neighbours again and again, at most ``count`` times.

    Written out here because tokenizers' trainer breaks ties by chance, and then a run could not be repeated.
    """
    pieces = {word: [*word[:-1], word[-1] + "</w>"] for word in words}
    joined: list[tuple[str, str]] = []
    while len(joined) < count:
        frequency: Counter[tuple[str, str]] = Counter()
        for word, parts in pieces.items():
            for pair in pairwise(parts):
                frequency[pair] += words[word]
        best = max(frequency, key=lambda pair: (frequency[pair], pair), default=None)
        if best is None or frequency[best] < 2:
            break
        joined.append(best)
        for word, parts in pieces.items():
            if best in pairwise(parts):
                pieces[word] = _join(parts, best)
    return joined


def _join(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """Joins a pair of neighbours wherever it stands, from the left."""
    out: list[str] = []
    for part in parts:
        if out and (out[-1], part) == pair:
            out[-1] += part
        else:
            out.append(part)
    return out


def build(plan: TextPlan, tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """A fresh text encoder for a tokenizer."""
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=plan.width,
            intermediate_size=4 * plan.width,
            num_hidden_layers=plan.layers,
            num_attention_heads=plan.heads,
            max_position_embeddings=plan.positions,
            projection_dim=plan.width,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


@dataclass(frozen=True)
class Labels:
    """Every label that the worlds carry. words: per single-word label its values; lists: all words of list labels."""

    words: dict[str, list[str]]
    lists: list[str]

    @classmethod
    def of(cls, tags: list[dict[str, Any]]) -> Labels:
        """Collects the labels of a data set; a world without a label counts as the empty word."""
        names = sorted({name for world in tags for name, value in world.items() if isinstance(value, str)})
        words = {name: sorted({str(world.get(name, "")) for world in tags}) for name in names}
        listed = {
            (name, word) for world in tags for name, value in world.items() if isinstance(value, list) for word in value
        }
        return cls(words, sorted(f"{name}:{word}" for name, word in listed))

    def indices(self, world: dict[str, Any]) -> list[int]:
        """Class number of each single-word label, in the order of ``words``."""
        return [values.index(str(world.get(name, ""))) for name, values in self.words.items()]

    def present(self, world: dict[str, Any]) -> list[float]:
        """1 for each word of ``lists`` that the world has, else 0."""
        has = {f"{name}:{word}" for name, value in world.items() if isinstance(value, list) for word in value}
        return [float(word in has) for word in self.lists]


class _Heads(nn.Module):
    """Tells labels from the sentence's last token and from the mean of all its tokens."""

    def __init__(self, width: int, labels: Labels) -> None:
        super().__init__()
        self.sizes = [len(values) for values in labels.words.values()]
        self.last = nn.Linear(width, sum(self.sizes) + len(labels.lists))
        self.mean = nn.Linear(width, sum(self.sizes) + len(labels.lists))

    def loss(
        self, hidden: Tensor, pooled: Tensor, mask: Tensor, classes: Tensor, present: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Both heads' loss, and the share of single-word labels that the first one has right."""
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        total, right = pooled.new_zeros(()), pooled.new_zeros(())
        for logits in (self.last(pooled), self.mean(mean)):
            *groups, listed = logits.split([*self.sizes, present.shape[1]], dim=1)
            for number, group in enumerate(groups):
                total = total + functional.cross_entropy(group, classes[:, number])
                right = right + (group.argmax(1) == classes[:, number]).float().mean() / (2 * len(groups))
            if present.shape[1]:
                total = total + 10 * functional.binary_cross_entropy_with_logits(listed, present)
        return total, right


def tokenize(tokenizer: CLIPTokenizer, sentences: list[str]) -> Tensor:
    """(B, 77) token numbers, padded and cut as the pipeline does it."""
    length = tokenizer.model_max_length
    return tokenizer(sentences, padding="max_length", max_length=length, truncation=True, return_tensors="pt").input_ids


def more_worlds(count: int, first_seed: int) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """Captions and labels of ``count`` further worlds. Nothing is rendered, so they cost some milliseconds each."""
    from ldm3d_web.worlds import caption, sample_world

    worlds = [sample_world(first_seed + number) for number in range(count)]
    captions = [[caption(world, number) for number in range(CAPTIONS)] for world in worlds]
    return captions, [dict(world.tags) for world in worlds]


def train(
    captions: list[list[str]],
    tags: list[dict[str, Any]],
    out: Path,
    plan: TextPlan,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) the text encoder in folder ``out``; returns its run, finished or stopped.

    captions[i] are the sentences of world i, tags[i] its labels.
    """
    from transformers import CLIPTokenizer

    out = Path(out)
    if (out / "tokenizer" / "vocab.json").is_file():
        tokenizer = CLIPTokenizer.from_pretrained(out / "tokenizer")
    else:
        sentences = sorted({sentence for said in captions for sentence in said})
        tokenizer = learn_vocabulary(sentences, out / "tokenizer", plan.vocabulary, plan.positions)
    labels = Labels.of(tags)
    classes = torch.tensor([labels.indices(world) for world in tags])
    present = torch.tensor([labels.present(world) for world in tags])

    torch.manual_seed(seed)
    model = build(plan, tokenizer)
    model.to(device)  # type: ignore[arg-type]  # transformers wraps it without its types
    heads = _Heads(plan.width, labels).to(device)
    weights = [*model.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=plan.learning_rate, weight_decay=1e-2)
    run = Run(out, {"model": model, "heads": heads, "optimizer": optimizer}, minutes=minutes, steps=steps, seed=seed)
    model.train()
    for _ in run.steps():
        chosen = torch.randint(len(captions), (plan.batch,), generator=run.generator)
        sentences = [_sentence(captions[index], plan.word_dropout, run.generator) for index in chosen.tolist()]
        tokens = tokenizer(sentences, padding=True, max_length=plan.positions, truncation=True, return_tensors="pt").to(
            device
        )
        rate = run.learning_rate(plan.learning_rate, plan.warmup_steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        output = model(**tokens)
        loss, right = heads.loss(
            output.last_hidden_state, output.pooler_output, tokens.attention_mask,
            classes[chosen].to(device), present[chosen].to(device),
        )  # fmt: skip
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        run.log(loss=loss.detach(), right=right, rate=rate)
    model.save_pretrained(out / "text_encoder")
    return run


def _sentence(captions: list[str], dropout: float, generator: torch.Generator) -> str:
    """One of a world's captions, each word of it missing with a small chance."""
    words = captions[int(torch.randint(len(captions), (), generator=generator))].split()
    kept = [
        word for word, luck in zip(words, torch.rand(len(words), generator=generator), strict=True) if luck > dropout
    ]
    return " ".join(kept or words)
