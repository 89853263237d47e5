"""Table: samples from a file of the user's own."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import one_hot

from netware.draws import Draws, Purpose
from netware.errors import ScenarioError
from netware.files.cells import Cells
from netware.files.origin import Origin
from netware.files.table import Table as TextTable
from netware.files.table import table_of
from netware.parameters import FilePath
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData, shared


Arrays = tuple[np.ndarray, np.ndarray]
ENDINGS = (".csv", ".tsv", ".txt", ".dat", ".npz")


@dataclass(frozen=True)
class Table(AbstractTask):
    """Takes samples from a file: a table with a line of names, or arrays of NumPy.

    standard: x <- (x - mean) / sd of each input over the training samples;   unit: x <- x / max |x|

    A `.csv` (or `.tsv`, `.txt`) has the names of its columns in the first line and numbers below,
    in any encoding and between any separators that spreadsheets write; the columns `targets` are
    the targets, all others the inputs. A first column without a name that numbers or names the
    rows is left out. For the houses of California write
    `targets: [median_house_value], kind: numbers, scale: standard`. A `.npz` has the arrays
    `inputs` and `targets`, or `x` and `y`, one sample a row; images are flattened. An `.npz`
    with `x_train`, `y_train`, `x_test` and `y_test`, as MNIST is passed around, keeps its own
    split: write `kind: classes, scale: unit`. The samples of one array are put in one fixed
    order, which depends neither on the seed nor on the replica, before the split.

    Args:
        path: The file, from the folder of the scenario.
        targets: Columns of a `.csv` that are targets.
        kind: `numbers` to be regressed, or `classes`: one column of labels, of which each that
            occurs is a class, in their order.
        scale: `none`, `standard`, or `unit`, what happens to the inputs.
        split: Share of the samples to be tested on, above 0, below 1. [1]

    Shapes: inputs `(replicas, samples, inputs)`, targets `(replicas, samples, targets)`, one-hot
    for classes; all replicas share one copy.

    Source: Pace and Barry (1997), Stat. Probab. Lett. 33, 291,
    doi:10.1016/S0167-7152(96)00140-X, for the houses; LeCun et al. (1998), Proc. IEEE 86, 2278,
    doi:10.1109/5.726791, for MNIST.
    Departs from it: reads whatever the file holds; nothing is downloaded.
    """

    path: FilePath
    targets: Annotated[tuple[str, ...], Field(min_length=1)] = ("target",)
    kind: Literal["numbers", "classes"] = "numbers"
    scale: Literal["none", "standard", "unit"] = "none"
    split: Annotated[float, Field(gt=0, lt=1)] = 0.2

    goal: ClassVar[Goal] = "numbers"

    def input_size(self) -> int:
        """Returns the numbers of a sample."""
        return self.arrays()[0][0].shape[1]

    def output_size(self) -> int:
        """Returns the numbers of a target, or the classes."""
        (_, t), _ = self.arrays()
        return len(self.labels()) if self.kind == "classes" else t.shape[1]

    def make(self, name: str, draws: Draws, dtype: torch.dtype) -> TaskData:
        """Splits, scales and shares the samples."""
        (x, t), (x_test, t_test) = self.arrays(f"tasks.{name}.path")
        low, size = self.scaling(x)
        device, replicas = draws.keys.device, len(draws.keys)
        train, test = (
            Examples(
                shared(torch.from_numpy((inputs - low) / size).to(dtype).to(device), replicas),
                shared(self.answers(answers).to(dtype).to(device), replicas),
                self.kind,
            )
            for inputs, answers in ((x, t), (x_test, t_test))
        )
        return TaskData(train, test)

    def arrays(self, where: str = "path") -> tuple[Arrays, Arrays]:
        """Returns inputs and targets to learn from and to be tested on, read once."""
        path = Path(self.path)
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            known = path.suffix.lower() in ENDINGS
            raise ScenarioError(
                where,
                found=f"'{self.path}'" + (", which is no file" if known else ""),
                expected="a .csv, .tsv, .txt or .npz file, from the folder of the scenario",
                fix="put the file there, or write where it is; netware downloads nothing",
            )
        origin = Origin(path, where)
        return samples_of(origin, origin.version(), self.targets, self.split)

    def labels(self) -> np.ndarray:
        """Returns the labels that occur, in their order."""
        (_, t), (_, t_test) = self.arrays()
        return np.unique(np.concatenate([t[:, 0], t_test[:, 0]]))

    def answers(self, t: np.ndarray) -> Tensor:
        """Returns targets as numbers or one-hot."""
        if self.kind == "numbers":
            return torch.from_numpy(t)
        labels = self.labels()
        return one_hot(torch.from_numpy(np.searchsorted(labels, t[:, 0])), len(labels))

    def scaling(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns what is taken from each input and what it is divided by."""
        zero, one = np.zeros(x.shape[1]), np.ones(x.shape[1])
        if self.scale == "standard":
            spread = x.std(0)
            return x.mean(0), np.where(spread > 0, spread, 1.0)
        largest = np.abs(x).max()
        return (zero, one * (largest or 1.0)) if self.scale == "unit" else (zero, one)


@lru_cache(maxsize=4)
def samples_of(
    origin: Origin, version: tuple[int, int], targets: tuple[str, ...], split: float
) -> tuple[Arrays, Arrays]:
    """Returns the samples of a file to learn from and to be tested on."""
    table = origin.path.suffix.lower() not in (".npz",)
    held = from_table(table_of(origin), targets) if table else from_npz(origin)
    for x, t in held:
        if len(x) != len(t) or not np.isfinite(x).all() or not np.isfinite(t).all():
            raise origin.refused(
                f"{len(x)} samples, {len(t)} targets, or some not finite",
                "a target for each sample, and finite numbers",
                "mend the file: leave out samples that lack a number",
            )
    if len(held) == 2:
        return held[0], held[1]
    x, t = held[0]
    if len(x) < 2:
        raise origin.refused(
            f"{len(x)} samples", "2 or more, to learn from and to be tested on", "choose another"
        )
    order = Draws.of(0).stream(Purpose.TASK, "table", len(x)).order().numpy()
    tested = min(max(1, round(split * len(x))), len(x) - 1)
    x, t = x[order], t[order]
    return (x[tested:], t[tested:]), (x[:tested], t[:tested])


def from_table(table: TextTable, targets: tuple[str, ...]) -> list[Arrays]:
    """Returns the columns of a table that are inputs, and those that are targets."""
    table = table.named(True)
    names = table.names or ()
    answers = [table.index_of(name, "targets") for name in targets]
    cells = table.read(range(table.columns))
    rest = [index for index in range(table.columns) if index not in answers]
    if rest and not names[rest[0]] and rest[0] == 0 and is_index(cells[0]):
        rest = rest[1:]
    nameless = next((index for index in rest if not names[index]), None)
    if nameless is not None or not rest:
        raise table.origin.refused(
            "no column of inputs" if nameless is None else f"column {nameless + 1} has no name",
            f"inputs beside the targets, of {', '.join(names)}",
            "write its name into the first line, or take the column out",
            table.skipped,
        )
    inputs, wanted = (
        np.stack([finite(table, cells, index) for index in some], 1) for some in (rest, answers)
    )
    return [(inputs, wanted)]


def is_index(cells: Cells) -> bool:
    """Tells whether a column has the numbers of its rows, or a word for each."""
    values, bad = cells.numbers()
    first = values[0] if len(values) else 0
    return bool(bad.all() or np.array_equal(values, first + np.arange(len(values))))


def finite(table: TextTable, cells: Mapping[int, Cells], index: int) -> np.ndarray:
    """Returns a column of finite numbers; a cell that holds none is refused by its line."""
    values, bad = cells[index].numbers()
    wrong = bad | np.isnan(values)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise table.origin.refused(
            f"'{cells[index].texts()[row][:40]}' in {table.column_name(index)}",
            "a finite number for each name in the first line",
            "write words as numbers, and leave out lines that lack one",
            table.line_of(row),
        )
    return values


def from_npz(origin: Origin) -> list[Arrays]:
    """Returns the arrays of a file: one pair, or one to learn from and one to be tested on."""
    pairs = (("inputs", "targets"), ("x", "y"))
    split = (("x_train", "y_train"), ("x_test", "y_test"))
    try:
        with np.load(origin.path, allow_pickle=False) as file:
            held = set(file.files)
            known = [split] if {*split[0], *split[1]} <= held else []
            known += [(pair,) for pair in pairs if set(pair) <= held]
            found = [(flat(file[x]), flat(file[t])) for x, t in known[0]] if known else []
    except (ValueError, OSError, zipfile.BadZipFile, AttributeError, IndexError) as error:
        raise origin.refused(
            f"no arrays: {(str(error).splitlines() or [''])[0]}", "arrays of NumPy", "write it anew"
        ) from None
    if not found:
        raise origin.refused(
            f"arrays {', '.join(sorted(held)) or '(none)'}",
            "inputs and targets, or x_train, y_train, x_test and y_test",
            "save the arrays under these names with numpy.savez",
        )
    return found


def flat(values: np.ndarray) -> np.ndarray:
    """Returns an array with one row a sample."""
    return values.reshape(len(values), -1).astype(np.float64)
