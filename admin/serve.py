"""`naru model serve`: a model of the settings on this machine, behind its front."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from admin.serving.adapters import Adapters, Control, opened_control
from admin.serving.command import LOADS_ADAPTERS, QUIET, command
from admin.serving.front import Inner, opened_front
from admin.serving.lora import misfits
from admin.serving.plan import GIB, Plan, PlanFault, Shape, plan
from admin.serving.supervisor import ServeFault, Supervisor
from bot.config_serving import Served
from bot.settings import Settings, program_environment
from bot.toml_file import Secret

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_HAS_VLLM = "import importlib.util, sys; sys.exit(importlib.util.find_spec('vllm') is None)"


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the settings with absolute paths. key: what who asks must show."""

    name: str
    served: Served
    python: str
    weights: Path
    adapters: dict[str, Path]
    key: str

    @classmethod
    def of(cls, settings: Settings, name: str) -> Model:
        """Raises ServeFault with everything that is missing."""
        served = section_of(settings, name)
        key = key_of(settings, served)
        model = cls(
            name,
            served,
            python_of(settings, served),
            weights_of(settings, served),
            adapters_of(settings, served),
            key.get_secret_value() if key else "",
        )
        if problems := list(model._problems()):
            raise ServeFault("\n".join(f"[models.{name}] {problem}" for problem in problems))
        return model

    def _problems(self) -> Iterator[str]:
        if not self.key:
            yield "has no key: set api_key here or that of [models.on_prem] (NARU_ON_PREM_API_KEY)."
        if not os.path.isfile(self.weights / "config.json"):
            yield f"weights must be a folder with a model's config.json, and {self.weights} is none."
        if not os.access(self.python, os.X_OK):
            yield f"python must be a Python that runs, and {self.python} does not."
        elif subprocess.run([self.python, "-c", _HAS_VLLM], check=False, cwd="/").returncode != 0:
            yield (
                f"needs vLLM, and {self.python} has none: install it into an environment of its own (`python3 -m venv "
                "/opt/vllm && /opt/vllm/bin/pip install vllm`) and name that one's Python under python."
            )
        if self.adapters and self.served.lora_slots < len(self.adapters):
            yield f"names {len(self.adapters)} adapters: lora_slots must be at least that."
        for name, folder in self.adapters.items():
            for misfit in misfits(folder, self.config, self.served.lora_rank):
                yield f"names the adapter {name}. {misfit}"
        if self.served.gpu_memory is not None and os.path.isfile(self.weights / "config.json"):
            with suppress(PlanFault):  # what cannot be counted may fit all the same
                problem = planned(self.served, self.weights, self.served.gpu_memory).problem
                if problem:
                    yield f"cannot be served on a card of {self.served.gpu_memory:g} GiB. {problem}"

    @property
    def config(self) -> Mapping[str, object]:
        """Of the weights; empty where it cannot be read."""
        try:
            said = json.loads((self.weights / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return said if isinstance(said, dict) else {}


def section_of(settings: Settings, name: str) -> Served:
    """Raises ServeFault with the names that there are."""
    served = settings.models.served.get(name)
    if served is None:
        there = ", ".join(settings.models.served) or "none yet"
        raise ServeFault(f"{settings.config} has no section [models.{name}]; of models to serve there is {there}.")
    return served


def address_of(served: Served) -> str:
    """The base_url by which this machine asks it."""
    host = _EVERYWHERE.get(served.host, served.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{served.port}/v1"


def key_of(settings: Settings, served: Served) -> Secret | None:
    """Its own, or that of the on-prem model."""
    return served.api_key or settings.models.on_prem.api_key


def python_of(settings: Settings, served: Served) -> str:
    """The one that has vLLM."""
    return _absolute(settings, served.python) if served.python else sys.executable


def weights_of(settings: Settings, served: Served) -> Path:
    """The folder, whether it is there or not."""
    return Path(_absolute(settings, served.weights))


def adapters_of(settings: Settings, served: Served) -> dict[str, Path]:
    """Their folders by name, whether they are there or not."""
    return {name: Path(_absolute(settings, folder)) for name, folder in served.named_adapters.items()}


def planned(served: Served, weights: Path, gpu_memory: float, bytes_each: float | None = None) -> Plan:
    """gpu_memory: of each card, in GiB. bytes_each: of a parameter, where the layers were of another precision. Raises
    PlanFault."""
    try:
        config = json.loads((weights / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        config = None
    if not isinstance(config, dict):
        raise PlanFault(f"{weights} has no config.json that can be read, so what the model needs cannot be counted.")
    return plan(
        Shape.of(config, served.dtype, served.quantization).packed(bytes_each),
        int(gpu_memory * GIB),
        cards=served.gpus,
        context=served.context,
        slots=served.lora_slots,
        rank=served.lora_rank,
        cache_bytes=served.kv_cache_bytes,
    )


async def serve(settings: Settings, model: Model, say: Callable[[str], None]) -> None:
    """Until this process is asked to end (SIGTERM, SIGINT). Raises ServeFault where vLLM does not start, SettingsFault
    where the port cannot be had."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    logs = settings.home / "models"
    logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    # 0700: whoever may not pass the folder does not even reach the paths that vLLM's key leaves open.
    with tempfile.TemporaryDirectory(prefix="naru-model-") as folder:
        inner = Inner(Path(folder) / "vllm.sock", secrets.token_urlsafe(32))
        served, control = model.served, Control(logs, model.name)
        loading = LOADS_ADAPTERS if served.lora_slots else {}
        adapters = Adapters(control, inner, model.config, served.lora_slots, served.lora_rank, model.adapters)
        async with (
            inner.session() as session,
            opened_front(served.host, served.port, inner, model.key) as address,
            opened_control(control, adapters, inner, Path(folder) / "control.sock"),
        ):
            say(f"{model.name} is at {address}, once it is loaded; what vLLM prints is in {logs / model.name}.log.")
            await Supervisor(
                lambda: command(served, model.name, model.python, str(model.weights), str(inner.at), adapters.there),
                program_environment({**QUIET, **loading, "VLLM_API_KEY": inner.key}),
                logs / f"{model.name}.log",
                lambda: inner.answers(session),
                say,
                served.start_timeout_s,
            ).run(stop)


def _absolute(settings: Settings, path: str) -> str:
    return os.path.normpath(settings.config.parent / os.path.expanduser(path))
