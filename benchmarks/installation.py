"""What the default installation is made of, as the installed metadata says it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks import BenchmarkFault


def default_install(root: str = "naru") -> dict[str, Distribution]:
    """The distribution without its extras and everything it needs, by normalised name. Raises BenchmarkFault."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    pending = [(canonicalize_name(root), frozenset[str]())]
    while pending:
        name, extras = pending.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            raise BenchmarkFault(f"{name} is not installed in this environment: run `make test` once.") from None
        for needed in map(Requirement, found[name].requires or ()):
            if _applies(needed, extras):
                pending.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    return found


def installed_bytes(distributions: Iterable[Distribution]) -> int:
    """The sizes of all files that the distributions list, each once. Raises BenchmarkFault when one lists none."""
    paths: set[Path] = set()
    for each in distributions:
        if not each.files:
            raise BenchmarkFault(f"{each.name} does not list its files: install it with pip to know its size.")
        paths.update(Path(str(each.locate_file(file))) for file in each.files)
    return sum(path.stat().st_size for path in paths if path.is_file())


def _applies(needed: Requirement, extras: frozenset[str]) -> bool:
    marker = needed.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, ""))
