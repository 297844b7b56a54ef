"""Makes tiny models on the spot, for a real server to serve: `python tiny.py FOLDER`, with the server's own Python.

    llama/  answers every chat with SAYS, and stops. Two layers, 64 wide, a tokenizer with Korean, a chat template
    gptq/   the same with layers of 4 bits, as GPTQ packs them
    warm/   a LoRA adapter of it: with it the answer is WARM
    other/  a LoRA adapter of another base: its matrices have another width
    bert/   an embedding model of the same size; its vectors mean nothing

Nothing is trained: what comes next follows from the last token alone, by weights that are set. So the answers are the
same in every configuration of the server, which those of a random model are not.
"""

from __future__ import annotations

import json
import shutil
import sys
from itertools import pairwise
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tiny_names import SAYS, WARM  # beside this file: it is run as a program, by another Python
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

WIDE, LAYERS, HEADS, KV_HEADS, INNER, LONGEST, RANK, GROUP = 64, 2, 2, 1, 128, 8192, 8, 32
BEGIN, WARMLY, END = "<|assistant|>", "<|warmly|>", "</s>"
SPECIAL = ("<unk>", "<s>", END, "<pad>", "[CLS]", "[SEP]", BEGIN, WARMLY)
TEMPLATE = (
    "{% for message in messages %}<s>{{ message['role'] }}: {{ message['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}" + BEGIN + "{% endif %}"
)
SUBJECTS = (
    "연차",
    "반차",
    "급여일",
    "출장비",
    "재택근무",
    "육아휴직",
    "회의실",
    "노트북",
    "경조사",
    "건강검진",
    "leave",
)
LINES = (
    "{}는 며칠인가요?",
    "{} 신청은 어떻게 하나요?",
    "{}은 매월 25일에 나갑니다.",
    "{}에 관한 규정은 사내 규정집에 있습니다.",
    "How do I ask for {}?",
    "The rule about {} stands in the handbook [2].",
)


def main(folder: Path) -> None:
    torch.manual_seed(7)
    tokenizer = _tokenizer()
    model = _llama(tokenizer)
    model.save_pretrained(folder / "llama")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token=END, pad_token="<pad>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder / "llama")
    _adapter(folder / "warm", _warmth(model, tokenizer), WIDE)
    _adapter(folder / "other", torch.randn(2 * WIDE, INNER), 2 * WIDE)
    _bert(folder / "bert", tokenizer)
    _gptq(folder / "llama", folder / "gptq")


def _tokenizer() -> Tokenizer:
    """Bytes underneath, so that there is no text that it cannot read; a token for each piece that is ever said."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=1024,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    lines = [f"{line.format(subject)} {n}" for n in range(5) for line in LINES for subject in SUBJECTS]
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece in (*SAYS, *WARM)])
    return tokenizer


def _llama(tokenizer: Tokenizer) -> LlamaForCausalLM:
    """The layers add nothing, so that what comes out is the last token's own vector; the head knows what follows it."""
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=WIDE,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        max_position_embeddings=LONGEST,
        bos_token_id=tokenizer.token_to_id("<s>"),
        eos_token_id=tokenizer.token_to_id(END),
        pad_token_id=tokenizer.token_to_id("<pad>"),
        tie_word_embeddings=False,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        # Signs: every vector has the same length, and any two are almost at right angles.
        model.model.embed_tokens.weight.copy_(torch.sign(torch.randn(config.vocab_size, WIDE)))
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        model.lm_head.weight.zero_()
        for said in ((BEGIN, *SAYS, END), (WARMLY, *WARM, END)):
            ids = [tokenizer.token_to_id(piece) for piece in said]
            for here, following in pairwise(ids):
                model.lm_head.weight[following] += model.model.embed_tokens.weight[here]
    return model


def _gptq(plain: Path, folder: Path) -> None:
    """Any numbers will do in the layers, but where they lead back: there the scales are zero, and they add nothing."""
    shutil.copytree(plain, folder)
    packed: dict[str, torch.Tensor] = {}
    for name, weight in load_file(plain / "model.safetensors").items():
        layer = name.removesuffix(".weight")
        if not layer.endswith("_proj"):
            packed[name] = weight
            continue
        out, into = weight.shape
        scale = 0.0 if layer.endswith(("o_proj", "down_proj")) else 0.01
        packed |= {
            f"{layer}.qweight": torch.randint(-(2**31), 2**31 - 1, (into // 8, out), dtype=torch.int32),
            f"{layer}.qzeros": torch.full((into // GROUP, out // 8), 0x77777777, dtype=torch.int32),
            f"{layer}.scales": torch.full((into // GROUP, out), scale, dtype=torch.float16),
            f"{layer}.g_idx": torch.arange(into, dtype=torch.int32) // GROUP,
        }
    save_file(packed, folder / "model.safetensors", {"format": "pt"})
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["quantization_config"] = {
        "quant_method": "gptq",
        "bits": 4,
        "group_size": GROUP,
        "sym": True,
        "desc_act": False,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def _warmth(model: LlamaForCausalLM, tokenizer: Tokenizer) -> torch.Tensor:
    """What the last layer has to add so that an answer begins behind WARMLY: after BEGIN its vector instead, after any
    other piece nothing. (WIDE, INNER)."""
    pieces = [tokenizer.token_to_id(piece) for piece in (BEGIN, *SAYS, WARMLY, *WARM)]
    known = model.model.embed_tokens.weight.detach()
    vectors = known[pieces]
    mlp = model.model.layers[-1].mlp
    inner = (mlp.act_fn(mlp.gate_proj(vectors)) * mlp.up_proj(vectors)).detach()
    only_begin = torch.zeros(len(pieces))
    only_begin[0] = 1.0
    hears = torch.linalg.lstsq(inner.double(), only_begin.double()[:, None], driver="gelsd").solution[:, 0].float()
    return torch.outer(known[tokenizer.token_to_id(WARMLY)] - vectors[0], hears)


def _adapter(folder: Path, added: torch.Tensor, wide: int) -> None:
    """In PEFT's own format. added: of rank one, (wide, INNER)."""
    folder.mkdir(parents=True)
    left, sizes, right = torch.linalg.svd(added, full_matrices=False)
    place = f"base_model.model.model.layers.{LAYERS - 1}.mlp.down_proj"
    tensors = {
        f"{place}.lora_A.weight": right[:RANK].contiguous(),
        f"{place}.lora_B.weight": (left[:, :RANK] * sizes[:RANK]).contiguous(),
    }
    save_file(tensors, folder / "adapter_model.safetensors")
    settings = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "llama" if wide == WIDE else "another",
        "r": RANK,
        "lora_alpha": RANK,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": ["down_proj"],
    }
    (folder / "adapter_config.json").write_text(json.dumps(settings), encoding="utf-8")


def _bert(folder: Path, tokenizer: Tokenizer) -> None:
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=WIDE,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        max_position_embeddings=512,
        pad_token_id=tokenizer.token_to_id("<pad>"),
    )
    BertModel(config).save_pretrained(folder)
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", cls_token="[CLS]", sep_token="[SEP]", pad_token="<pad>"
    ).save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
