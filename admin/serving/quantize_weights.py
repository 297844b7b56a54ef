"""Run by the Python that has llmcompressor, by no other: `python quantize_weights.py FROM TO SCHEME`.

Nothing of Naru is imported here. The layers become 8 bits wide, the embeddings and the last layer stay as they are, and
so does what sees pictures; both schemes count the scale of what flows through while they run, so no text is needed to
calibrate them. What is no weights quantize.py carries over.
"""

import sys

import transformers
from llmcompressor import oneshot  # type: ignore[import-not-found, unused-ignore]
from llmcompressor.modifiers.quantization import QuantizationModifier  # type: ignore[import-not-found, unused-ignore]

source, target, scheme = sys.argv[1:]
config = transformers.AutoConfig.from_pretrained(source, local_files_only=True)
# The class that wrote them: any other names the tensors otherwise than config.json has vLLM look for them.
kind = getattr(transformers, (config.architectures or ["AutoModelForCausalLM"])[0], transformers.AutoModelForCausalLM)
model = kind.from_pretrained(source, dtype="auto", local_files_only=True)
recipe = QuantizationModifier(
    targets="Linear",
    scheme=scheme,
    ignore=["re:.*lm_head", "re:.*(score|classifier|pooler)", "re:.*(vision|visual|multi_modal)"],
)
oneshot(model=model, recipe=recipe)
# One that a stricter version of transformers finds fault with would end it here, after all the work.
model.generation_config = transformers.GenerationConfig()
model.save_pretrained(target, save_compressed=True)
