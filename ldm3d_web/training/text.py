"""The text encoder: a small CLIP text model with its own byte-pair vocabulary, trained on captions alone.

It learns to tell what a caption claims (place, time, weather, objects and where they stand, counts, …) with a word
missing here and there, so that sentences of one meaning land together before the denoiser ever sees them; then it is
frozen. The run's folder holds ``tokenizer/`` and ``text_encoder/`` as transformers reads them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ldm3d_web.training.optimizer import MuonAndAdamW
from ldm3d_web.training.run import Run, check_budget
from ldm3d_web.training.saying import WORDINGS, Saying
from ldm3d_web.training.start import WEIGHTS, start_from

if TYPE_CHECKING:
    from transformers import CLIPTextModel, CLIPTokenizer

SENTENCES = 60_000  # read for the vocabulary and the labels
START, END = "<|startoftext|>", "<|endoftext|>"


@dataclass(frozen=True)
class TextPlan:
    """Sizes and rates of the text encoder."""

    vocabulary: int = 4096
    width: int = 192
    layers: int = 4
    heads: int = 4
    positions: int = 77
    batch: int = 64
    word_dropout: float = 0.05
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


UNSAID = -1  # class of a label that a sentence says nothing of


@dataclass(frozen=True)
class Labels:
    """Every label that sentences claim.

    words: per single-word label its values; lists: all words of list labels; answers: per label of pairs (a thing and
    what is said of it: the side it stands on, how many) all that can be said; things: of which it is said.
    """

    words: dict[str, list[str]]
    lists: list[str]
    answers: dict[str, list[str]]
    things: list[str]

    @classmethod
    def of(cls, claims: Sequence[dict[str, Any]]) -> Labels:
        """Collects the labels of a data set; the empty word is none."""
        pairs = {(name, value) for each in claims for name, value in each.items() if isinstance(value, str) and value}
        items = [
            (name, item) for each in claims for name, value in each.items() if isinstance(value, list) for item in value
        ]
        said = [(name, str(item[0]), str(item[1])) for name, item in items if _is_pair(item)]
        return cls(
            words=_by_name(pairs),
            lists=sorted({f"{name}:{item}" for name, item in items if not _is_pair(item)}),
            answers=_by_name({(name, value) for name, _, value in said}),
            things=sorted({thing for _, thing, _ in said}),
        )

    def indices(self, claims: dict[str, Any]) -> list[int]:
        """Class number of each single-word label, in the order of ``words``; UNSAID where there is none."""
        return [
            values.index(said) if (said := str(claims.get(name, ""))) in values else UNSAID
            for name, values in self.words.items()
        ]

    def present(self, claims: dict[str, Any]) -> list[float]:
        """1 for each word of ``lists`` that is claimed, else 0."""
        has = {f"{name}:{item}" for name, value in claims.items() if isinstance(value, list) for item in value}
        return [float(word in has) for word in self.lists]

    def asked(self, claims: dict[str, Any]) -> list[tuple[int, int, int]]:
        """Of each pair that is claimed: the numbers of its label, of its thing and of what is said of it."""
        return [
            (number, self.things.index(str(thing)), values.index(str(value)))
            for number, (name, values) in enumerate(self.answers.items())
            for thing, value in filter(_is_pair, claims.get(name, []))
            if str(thing) in self.things and str(value) in values
        ]


def _is_pair(claim: Any) -> bool:
    """Whether it says something of a thing: ["tree", "left"]."""
    return isinstance(claim, list | tuple) and len(claim) == 2


def _by_name(pairs: set[tuple[str, str]]) -> dict[str, list[str]]:
    """Sorted values of each name."""
    return {name: sorted(value for other, value in pairs if other == name) for name in sorted(dict(pairs))}


class _Heads(nn.Module):
    """Tells labels from the sentence's last token and from the mean of all its tokens; and asked for a thing, on which
    side it stands or how many there are, from the tokens that it chooses to look at, as the denoiser's attention will.

    Asking is what makes sides heard: told as "tree left" among hundreds of such labels, each of them rare, they moved
    the states of a sentence by a hundredth of their length.
    """

    def __init__(self, width: int, labels: Labels) -> None:
        super().__init__()
        self.sizes = [len(values) for values in labels.words.values()]
        self.last = nn.Linear(width, sum(self.sizes) + len(labels.lists))
        self.mean = nn.Linear(width, sum(self.sizes) + len(labels.lists))
        self.thing = nn.Embedding(max(1, len(labels.things)), width)
        self.key = nn.Linear(width, width)
        self.answers = nn.ModuleList([nn.Linear(width, len(values)) for values in labels.answers.values()])
        self.label = nn.Embedding(max(1, len(self.answers)), width)

    def loss(
        self, hidden: Tensor, pooled: Tensor, mask: Tensor, classes: Tensor, present: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Both heads' loss, and the share of the claimed single-word labels that they have right."""
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        total, right = pooled.new_zeros(()), pooled.new_zeros(())
        said = (classes != UNSAID).sum().clamp(min=1)
        for logits in (self.last(pooled), self.mean(mean)):
            *groups, listed = logits.split([*self.sizes, present.shape[1]], dim=1)
            for number, group in enumerate(groups):
                wrong = functional.cross_entropy(group, classes[:, number], ignore_index=UNSAID, reduction="sum")
                total = total + wrong / len(classes)
                right = right + (group.argmax(1) == classes[:, number]).sum() / (2 * said)
            if present.shape[1]:
                total = total + 10 * functional.binary_cross_entropy_with_logits(listed, present)
        return total, right

    def asked_loss(
        self, hidden: Tensor, mask: Tensor, asked: Sequence[Sequence[tuple[int, int, int]]]
    ) -> tuple[Tensor, Tensor]:
        """The loss of what is asked of each sentence (`Labels.asked`), and the share that is answered right."""
        rows = torch.tensor([(row, *each) for row, sentence in enumerate(asked) for each in sentence])
        if not len(rows):
            return hidden.new_zeros(()), hidden.new_ones(())
        row, label, thing, answer = rows.to(hidden.device).T
        question = (self.thing(thing) + self.label(label))[:, None]
        states, seen = hidden[row], mask[row, None].bool()
        found = functional.scaled_dot_product_attention(question, self.key(states), states, attn_mask=seen)[:, 0]
        total, right = hidden.new_zeros(()), hidden.new_zeros(())
        for number, told in enumerate(self.answers):
            logits, wanted = told(found[label == number]), answer[label == number]
            total = total + functional.cross_entropy(logits, wanted, reduction="sum") / len(rows)
            right = right + (logits.argmax(1) == wanted).sum() / len(rows)
        return total, right


def tokenize(tokenizer: CLIPTokenizer, sentences: list[str]) -> Tensor:
    """(B, 77) token numbers, padded and cut as the pipeline does it."""
    length = tokenizer.model_max_length
    return tokenizer(sentences, padding="max_length", max_length=length, truncation=True, return_tensors="pt").input_ids


def more_worlds(count: int, first_seed: int, workers: int = 0) -> list[Saying]:
    """What can be said of ``count`` further worlds. Nothing is rendered, so they cost some milliseconds each.

    workers: processes that share the work.
    """
    seeds = range(first_seed, first_seed + count)
    if workers < 2 or count < 200:
        return [_saying(seed) for seed in seeds]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_saying, seeds, chunksize=50))


def _saying(seed: int) -> Saying:
    from ldm3d_web.worlds import sample_world

    return Saying(description=sample_world(seed).description)


def train(
    sayings: Sequence[Saying],
    tags: Sequence[dict[str, Any]],
    out: Path,
    plan: TextPlan,
    *,
    start: Path | None = None,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    bfloat16: bool = False,
    seed: int = 0,
) -> Run:
    """Trains (or goes on training) the text encoder in folder ``out``; returns its run, finished or stopped.

    sayings[i] is what can be said of world i; tags[i] its labels, for one whose fixed captions make no claims.
    ``start``: a model folder whose text encoder has the plan's width and layers: its weights are the first ones, and
    of its tokens those that the new vocabulary shares.
    """
    from transformers import CLIPTokenizer

    check_budget(minutes, steps)
    out = Path(out)
    told = _read_on(sayings, tags)
    if (out / "tokenizer" / "vocab.json").is_file():
        tokenizer = CLIPTokenizer.from_pretrained(out / "tokenizer")
    else:
        sentences = sorted({sentence for sentence, _ in told})
        out.mkdir(parents=True, exist_ok=True)
        (out / "sentences.json").write_text(json.dumps(sentences, ensure_ascii=False), encoding="utf-8")
        tokenizer = learn_vocabulary(sentences, out / "tokenizer", plan.vocabulary, plan.positions)
    labels = Labels.of([claims for _, claims in told])

    torch.manual_seed(seed)
    model = build(plan, tokenizer)
    if start:
        start_from_older(model, tokenizer, Path(start))
    model.to(device)  # type: ignore[arg-type]  # transformers wraps it without its types
    heads = _Heads(plan.width, labels).to(device)
    both = nn.ModuleDict({"model": model, "heads": heads})
    optimizer = MuonAndAdamW(both, plan.learning_rate, own_way=("model.embeddings.", "heads."))
    run = Run(out, {"model": model, "heads": heads, "optimizer": optimizer}, minutes=minutes, steps=steps, seed=seed)
    model.train()
    for _ in run.steps():
        chosen = torch.randint(len(sayings), (plan.batch,), generator=run.generator).tolist()
        wordings = torch.randint(WORDINGS, (plan.batch,), generator=run.generator).tolist()
        turns = (2 * math.pi * torch.rand(plan.batch, generator=run.generator)).tolist()
        drawn = zip(chosen, wordings, turns, strict=True)
        batch = [_tell(sayings[i], tags[i], wording, turn) for i, wording, turn in drawn]
        sentences = [_with_gaps(sentence, plan.word_dropout, run.generator) for sentence, _ in batch]
        tokens = tokenizer(sentences, padding=True, max_length=plan.positions, truncation=True, return_tensors="pt").to(
            device
        )
        classes = torch.tensor([labels.indices(claims) for _, claims in batch]).to(device)
        present = torch.tensor([labels.present(claims) for _, claims in batch]).to(device)
        rate = run.learning_rate(plan.learning_rate, plan.warmup_steps)
        optimizer.set_rate(rate)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            output = model(**tokens)
        hidden, pooled = output.last_hidden_state.float(), output.pooler_output.float()
        told_loss, right = heads.loss(hidden, pooled, tokens.attention_mask, classes, present)
        asked = [labels.asked(claims) for _, claims in batch]
        asked_loss, answered = heads.asked_loss(hidden, tokens.attention_mask, asked)
        loss = told_loss + asked_loss
        both.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(both.parameters(), 1.0)
        optimizer.step()
        run.log(loss=loss.detach(), right=right, answered=answered, rate=rate)
    model.save_pretrained(out / "text_encoder")
    return run


def _tell(saying: Saying, tags: dict[str, Any], wording: int, turn_rad: float) -> tuple[str, dict[str, Any]]:
    """A sentence and its labels: what it claims, or the world's tags where it makes no claims."""
    sentence, claims = saying.tell(wording, turn_rad)
    return sentence, tags if claims is None else claims


def _read_on(sayings: Sequence[Saying], tags: Sequence[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Sentences of every world, as many of each: at most SENTENCES, or one each."""
    each = max(1, min(40, SENTENCES // len(sayings)))
    return [
        _tell(saying, tag, wording, wording * math.pi / 2)
        for saying, tag in zip(sayings, tags, strict=True)
        for wording in range(each if saying.description else min(each, len(saying.captions)))
    ]


def _with_gaps(sentence: str, dropout: float, generator: torch.Generator) -> str:
    """The sentence, each word of it missing with a small chance."""
    words = sentence.split()
    luck = torch.rand(len(words), generator=generator)
    return " ".join([word for word, kept in zip(words, luck > dropout, strict=True) if kept] or words)


@torch.no_grad()
def start_from_older(model: CLIPTextModel, tokenizer: CLIPTokenizer, folder: Path) -> None:
    """Takes over an earlier text encoder (``text_encoder/`` and ``tokenizer/`` in a folder) under a new vocabulary.

    Tokens that both vocabularies have keep their vectors; the others begin as the mean of their old spelling's.
    """
    from safetensors.torch import load_file
    from transformers import CLIPTokenizer

    older = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    stored = {
        name.removeprefix("text_model."): value.float()
        for name, value in load_file(folder / "text_encoder" / WEIGHTS[1]).items()
    }
    table = stored["embeddings.token_embedding.weight"]
    known = older.get_vocab()
    start_from(model, folder / "text_encoder", but=("embeddings.token_embedding.weight",))
    weight: Any = model.get_input_embeddings().weight
    for token, number in tokenizer.get_vocab().items():
        if token in known:
            weight[number] = table[known[token]]
        else:
            pieces = older(token.removesuffix("</w>"), add_special_tokens=False).input_ids
            weight[number] = table[pieces].mean(0) if pieces else weight[number]
