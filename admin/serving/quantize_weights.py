"""Run by the Python that has llmcompressor, by no other: `python quantize_weights.py FROM TO SCHEME`.

Nothing of Naru is imported here. The layers become 8 bits wide, the embeddings and the last layer stay as they are;
both schemes count the scale of what flows through while they run, so no text is needed to calibrate them.
"""

import sys

from llmcompressor import oneshot  # type: ignore[import-not-found, unused-ignore]
from llmcompressor.modifiers.quantization import QuantizationModifier  # type: ignore[import-not-found, unused-ignore]
from transformers import AutoModelForCausalLM, AutoTokenizer

source, target, scheme = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(source, dtype="auto", local_files_only=True)
tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=True)
recipe = QuantizationModifier(targets="Linear", scheme=scheme, ignore=["lm_head"])
oneshot(model=model, recipe=recipe)
model.save_pretrained(target, save_compressed=True)
tokenizer.save_pretrained(target)
