"""Who is who: `names.csv`, with the name of each agent that a file of the scenario names."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from netware.record.files import write_atomically


NAMES = "names.csv"


def keep_names(folder: Path, names: Mapping[str, Sequence[str | None] | None]) -> None:
    """Writes a row for each agent with a name: population, id and name; no file if none has one.

    Args:
        folder: The run folder.
        names: Name of each agent by population, in the order of ids; None where none has one.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["population", "id", "name"])
    for population, own in names.items():
        table.writerows(
            [population, id, name] for id, name in enumerate(own or ()) if name is not None
        )
    if any(names.values()):
        write_atomically(folder / NAMES, text.getvalue().encode())
