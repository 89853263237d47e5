"""Draws figures of a run or a sweep by name, and writes them into its folder."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from netware.analysis.figures.base import AbstractFigure
from netware.analysis.style import Format, Plate
from netware.errors import ScenarioError
from netware.record.files import make_folder, write_atomically
from netware.record.reader import Run
from netware.record.sweep_reader import Sweep, open_any
from netware.scenario.checks.allowed import expected
from netware.scenario.checks.suggest import did_you_mean, listed
from netware.scenario.members import catalog


GENERAL = "metrics"


def kinds() -> tuple[str, ...]:
    """Lists the kinds of figures."""
    return catalog.names("figures")


def kind(name: str) -> type[AbstractFigure]:
    """Returns the class of a kind of figure."""
    if name not in kinds():
        raise ScenarioError(
            f"plot {name}",
            found=f"no figure '{name}'{did_you_mean(name, kinds())}",
            expected=listed(kinds()),
            fix="write one of these, or the name of a probe or quantity",
        )
    return catalog.find("figures", name)


def make(name: str, options: Mapping[str, Any] | None = None) -> AbstractFigure:
    """Makes a figure with its options, which may be texts as the command line has them."""
    cls = kind(name)
    given: dict[str, Any] = {}
    fields = TypeAdapter(cls).json_schema().get("properties", {})
    for key, value in (options or {}).items():
        if key not in fields:
            raise ScenarioError(
                f"plot {name}: {key}",
                found=f"no option '{key}'{did_you_mean(key, fields)}",
                expected=listed(fields),
                fix="write one of these, as option=value",
            )
        several = fields[key].get("type") == "array" and isinstance(value, str)
        given[key] = value.split(",") if several else value
    try:
        return TypeAdapter(cls).validate_python(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        raise ScenarioError(
            f"plot {name}: {key}",
            found=f"{first['input']!r}",
            expected=expected((key,), TypeAdapter(cls).json_schema()),
            fix=f"write '{key}={fields.get(key, {}).get('default', '...')}', or leave it out",
        ) from None


def default_figures(source: Run | Sweep) -> list[str]:
    """Lists the kinds of figures that a run or a sweep has data for, the most telling first."""
    of = "sweep" if isinstance(source, Sweep) else "run"
    fitting = [(kind(name).rank, name) for name in kinds() if kind(name).of == of]
    return [name for _, name in sorted(fitting) if make(name).applies(source)]


def figure(source: Run | Sweep, name: str, options: Mapping[str, Any] | None = None) -> Plate:
    """Draws one figure: a kind, or the name of a probe or quantity of a run."""
    return prepared(source, name, options).draw(source)


def prepared(
    source: Run | Sweep, name: str, options: Mapping[str, Any] | None = None
) -> AbstractFigure:
    """Returns the figure that a name asks for, and makes sure that it draws such a folder."""
    sweep = isinstance(source, Sweep)
    if name not in kinds() and measured(source, name):
        general, key = ("sweep", "quantity") if sweep else (GENERAL, "show")
        return make(general, {key: (name,), **(options or {})})
    found = make(name, options)
    if (found.of == "sweep") != sweep:
        fitting = [one for one in kinds() if (kind(one).of == "sweep") == sweep]
        raise ScenarioError(
            f"plot {name}",
            found=f"a figure of a {found.of} for a {'sweep' if sweep else 'run'}",
            expected=listed(fitting),
            fix="write one of these, or name another folder",
        )
    if found.lacks is not None and not found.applies(source):
        missing, fix = found.lacks
        others = [one for one in default_figures(source) if one != name]
        raise ScenarioError(
            f"plot {name}: {source.path}",
            found=missing,
            expected=listed(others) if others else "a run that recorded it",
            fix=fix,
        )
    return found


def measured(source: Run | Sweep, name: str) -> bool:
    """Tells whether a name is that of a probe or a quantity."""
    if isinstance(source, Sweep):
        return any(name in (probe, quantity) for probe, quantity in source.quantities)
    return bool(((source.metrics["probe"] == name) | (source.metrics["quantity"] == name)).any())


def draw(path: str | os.PathLike[str], asked: Sequence[str] = (), form: str = "png") -> list[Path]:
    """Draws figures into `figures/` of a run or sweep, and returns the files.

    Args:
        path: The folder.
        asked: Kinds of figures, or names of probes or quantities; those that fit if none is
            given. Words such as `agent=3` are options of the figures asked for.
        form: `png`, `pdf` or `svg`.
    """
    if form not in get_args(Format):
        raise ScenarioError(
            "plot: format",
            found=f"'{form}'",
            expected=listed(get_args(Format)),
            fix="write 'png'",
        )
    source = open_any(path)
    names = [word for word in asked if "=" not in word]
    options = dict(word.split("=", 1) for word in asked if "=" in word)
    names = names or default_figures(source)
    if not names:
        raise nothing_to_draw(source)
    if options and len(names) > 1:
        raise ScenarioError(
            "plot",
            found=f"options {', '.join(options)} for {len(names)} figures",
            expected="one figure, if it is given options",
            fix=f"write '{names[0]} {' '.join(f'{k}={v}' for k, v in options.items())}'",
        )
    make_folder(source.path / "figures")
    written = []
    for name in names:
        drawn = figure(source, name, options).render(form)  # type: ignore[arg-type]
        written.append(source.path / "figures" / f"{file_name(name, options)}.{form}")
        write_atomically(written[-1], drawn)
    return written


def file_name(name: str, options: Mapping[str, str]) -> str:
    """Returns a name for the file, which tells the options: `morphology-agent-3`."""
    parts = [name, *(f"{key}-{value}" for key, value in options.items())]
    text = "-".join(parts)
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in text)[:100]


def nothing_to_draw(source: Run | Sweep) -> ScenarioError:
    """Returns the error for a folder without anything to draw."""
    return ScenarioError(
        f"plot {source.path}",
        found="nothing that a figure could show",
        expected="metrics, snapshots or a checkpoint",
        fix="give the scenario a probe, or 'record: {snapshots: 10}', and run it again",
    )
