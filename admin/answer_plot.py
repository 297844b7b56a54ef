"""`naru compare --plot`: one picture of what each way is worth, for who decides.

Left: right answers against what 1,000 questions cost or, where that is not known of each, against seconds; the mark
says what an erasure does there, and an empty one that its model failed now and then. Right: what became of the cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from admin.answer_cases import FEW
from admin.answer_comparison import Compared
from admin.answer_labels import Box, placed
from admin.answer_ways import Forgets
from admin.answer_worth import Outcome, Worth
from bot.console import plain
from retrieval.errors import Fault

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {
    Outcome.RIGHT: "#1b7f5c",
    Outcome.RIGHTLY: "#9ad1b8",
    Outcome.WRONGLY: "#c9c9c9",
    Outcome.WRONG: "#c8412f",
    Outcome.FAILED: "#f2b134",
}
_MARKS: dict[Forgets, tuple[str, str]] = {
    "at once": ("o", "forgets at once"),
    "by training": ("s", "forgets only by training again"),
    "at the vendor": ("^", "forgets here; the vendor keeps it"),
}
_INK = "#22313f"
_LONGEST = 28
_INCHES, _DPI = (13.0, 6.4), 150
_LIGHT = (Outcome.RIGHTLY, Outcome.WRONGLY, Outcome.FAILED)
_PLAIN = "DejaVu Sans"
"""It comes with matplotlib, and has no Hangul."""
_BOXES = "Last Resort"
"""It comes as well, and shows each letter that no other font has as the same box."""
_BOLD: dict[str, Any] = {"fontweight": "bold", "fontfamily": _PLAIN}


class PlotFault(Fault):
    """A picture that cannot be drawn, and what to do."""


def drawable(path: Path) -> None:
    """Said before anything is asked. Raises PlotFault."""
    if path.suffix.lower() != ".png":
        raise PlotFault(f"--plot makes a PNG, so its file ends in .png; {path} does not.")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise PlotFault(
            "--plot needs matplotlib: `pip install 'naru[plots]' -c constraints.txt` installs it, or leave --plot out."
        ) from None
    there = path.exists()
    try:
        path.open("ab").close()
    except OSError as error:
        raise PlotFault(f"{path} cannot be written ({error.strerror}): name another file by --plot.") from None
    if not there:
        path.unlink()


def draw(found: Sequence[Compared], path: Path, currency: str | None) -> str | None:
    """Write the picture. A sentence where names had to be written otherwise, as no font here has their letters. Raises
    PlotFault."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    asked = [(one, one.worth) for one in found if one.worth is not None]
    names = [_name(one) for one, _ in asked]
    families, escaped = _families(names)
    if escaped:
        names = [name.encode("ascii", "backslashreplace").decode("ascii") for name in names]
    with matplotlib.rc_context({"font.family": families, "font.size": 10, "text.parse_math": False}):
        figure = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=(6, 5))
        _worths(left, asked, currency)
        _outcomes(right, asked, names)
        _says(figure, found, asked)
        _labels(figure, left, asked)
        try:
            figure.savefig(path, format="png")
        except OSError as error:
            raise PlotFault(f"{path} cannot be written ({error.strerror}): name another file by --plot.") from None
    return (
        "No font here has the letters of some names, so the picture shows them as \\u codes: install one, such as "
        "Nanum Gothic or Noto Sans CJK."
        if escaped
        else None
    )


def _worths(axes: Axes, asked: Sequence[tuple[Compared, Worth]], currency: str | None) -> None:
    by_cost = _by_cost(asked)
    for one, worth in asked:
        x, y = _at(one, worth, by_cost)
        if x is not None and y is not None:
            face = "white" if worth.failed else _INK
            mark = _MARKS[one.way.forgets][0]
            axes.plot([x], [y], mark, markersize=9, markerfacecolor=face, markeredgecolor=_INK, clip_on=False)
    for how in dict.fromkeys(one.way.forgets for one, _ in asked):
        mark, says = _MARKS[how]
        axes.plot([], [], mark, color=_INK, markersize=8, label=says)
    if any(worth.failed for _, worth in asked):
        axes.plot([], [], "o", markerfacecolor="white", markeredgecolor=_INK, label="empty: its model failed sometimes")
    axes.set_ylim(0, 1)
    axes.set_xlim(left=0)
    axes.margins(x=0.12)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.set_ylabel("right answers, of the questions that documents answer")
    money = f" ({currency})" if currency else ""
    axes.set_xlabel(
        f"cost of 1,000 questions{money}, models of your own one at a time"
        if by_cost
        else "seconds to an answer (half of them take less)"
    )
    axes.set_title("Right answers, and what they take: up and left is better", loc="left", pad=12, **_BOLD)
    axes.grid(color="#e6e6e6")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2, frameon=False)


def _labels(figure: Figure, axes: Axes, asked: Sequence[tuple[Compared, Worth]]) -> None:
    """Each way beside its mark, where no other name or mark is. Sizes are known only once it is laid out."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    by_cost = _by_cost(asked)
    points: list[tuple[float, float]] = []
    texts: list[Any] = []
    for one, worth in asked:
        x, y = _at(one, worth, by_cost)
        if x is None or y is None:
            continue
        at = axes.transData.transform((x, y))
        points.append((float(at[0]), float(at[1])))
        texts.append(
            axes.annotate(
                one.way.said,
                (x, y),
                xytext=(0, 0),
                textcoords="offset pixels",
                fontsize=9,
                annotation_clip=False,
                arrowprops={"arrowstyle": "-", "color": "#9a9a9a", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 4},
            )
        )
    sizes = []
    for text in texts:
        extent = text.get_window_extent()
        sizes.append((float(extent.width), float(extent.height)))
    inside = axes.get_window_extent()
    within = Box(float(inside.x0), float(inside.y0), float(inside.x1), float(inside.y1))
    for text, point, (x, y) in zip(texts, points, placed(points, sizes, within, _DPI / 100), strict=True):
        text.set_position((x - point[0], y - point[1]))


def _outcomes(axes: Axes, asked: Sequence[tuple[Compared, Worth]], names: Sequence[str]) -> None:
    from matplotlib.ticker import MaxNLocator

    places = list(range(len(asked)))[::-1]
    for outcome in Outcome:
        counts = [worth.outcomes[outcome] for _, worth in asked]
        if not any(counts):
            continue
        before = [
            sum(worth.outcomes[one] for one in list(Outcome)[: list(Outcome).index(outcome)]) for _, worth in asked
        ]
        axes.barh(places, counts, left=before, height=0.62, color=_COLOURS[outcome], label=outcome.value)
        for place, count, start in zip(places, counts, before, strict=True):
            if count:
                ink = _INK if outcome in _LIGHT else "white"
                axes.text(start + count / 2, place, str(count), ha="center", va="center", color=ink, fontsize=9)
    axes.set_yticks(places, names)
    axes.set_xlabel("cases")
    axes.set_title("What became of the cases", loc="left", pad=12, **_BOLD)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False)


def _says(figure: Figure, found: Sequence[Compared], asked: Sequence[tuple[Compared, Worth]]) -> None:
    cases = asked[0][1].questions
    counted = max(sum(worth.outcomes.values()) for _, worth in asked)
    said = [f"{cases} cases" if counted == cases else f"{cases} cases, {counted} of which say what a right answer is"]
    if bare := asked[0][1].by_citation:
        said.append(f"{bare} without keywords, where right means only that the right document is cited")
    if cases < FEW:
        said.append("so few show little, and what looks better may be chance")
    if others := [one.way.said for one in found if one.worth is None]:
        said.append(f"not asked: {', '.join(others)}")
    figure.supxlabel("; ".join(said) + ".", fontsize=9, color="#555555")


def _by_cost(asked: Iterable[tuple[Compared, Worth]]) -> bool:
    """Whether each has a cost, and not only what costs nothing."""
    costs = [one.cost for one, worth in asked if worth.right is not None]
    return None not in costs and any(costs)


def _at(one: Compared, worth: Worth, by_cost: bool) -> tuple[float | None, float | None]:
    return one.cost if by_cost else worth.p50, worth.right


def _name(one: Compared) -> str:
    model = plain(one.way.model or "").replace("\n", " ").replace("\t", " ")
    model = model if len(model) <= _LONGEST else f"{model[: _LONGEST - 1]}…"
    failed = f"{one.worth.failed} of {one.worth.asked} failed" if one.worth and one.worth.failed else ""
    return "\n".join(filter(None, (one.way.said, model, failed)))


def _families(texts: Iterable[str]) -> tuple[list[str], bool]:
    """Fonts by which all of it can be read, the plain one first; and whether there is none such here."""
    from matplotlib import font_manager, ft2font

    letters = {ord(letter) for text in texts for letter in text if letter != "\n"}

    def lacks(path: str) -> set[int]:
        try:
            return letters - ft2font.FT2Font(path).get_charmap().keys()
        except (OSError, RuntimeError):
            return letters

    letters = lacks(font_manager.findfont(_PLAIN))
    if not letters:
        return [_PLAIN], False
    fonts = sorted(
        font_manager.fontManager.ttflist, key=lambda one: (one.style != "normal", abs(int(one.weight) - 400))
    )
    for font in fonts:
        if not font.name.startswith(_BOXES) and not lacks(font.fname):
            return [_PLAIN, font.name], False
    return [_PLAIN], True
