"""Table: samples from a file of the user's own."""

import csv
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
from netware.tasks.base import AbstractTask, Examples, Goal, TaskData, shared


Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Table(AbstractTask):
    """Takes samples from a file: a table with a line of names, or arrays of NumPy.

    standard: x <- (x - mean) / sd of each input over the training samples;   unit: x <- x / max |x|

    A `.csv` has the names of its columns in the first line and numbers below; the columns
    `targets` are the targets, all others the inputs. For the houses of California write
    `targets: [median_house_value], kind: numbers, scale: standard`. A `.npz` has the arrays
    `inputs` and `targets`, or `x` and `y`, one sample a row; images are flattened. An `.npz`
    with `x_train`, `y_train`, `x_test` and `y_test`, as MNIST is passed around, keeps its own
    split: write `kind: classes, scale: unit`. The samples of one array are put in one fixed
    order, which depends neither on the seed nor on the replica, before the split.

    Args:
        path: The file, from the folder that netware runs in.
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

    path: Annotated[str, Field(min_length=1, max_length=4096)]
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
        (x, t), (x_test, t_test) = self.arrays()
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

    def arrays(self) -> tuple[Arrays, Arrays]:
        """Returns inputs and targets to learn from and to be tested on, read once."""
        path = Path(self.path)
        if path.suffix not in (".csv", ".npz") or not path.is_file():
            known = path.suffix in (".csv", ".npz")
            raise ScenarioError(
                "path",
                found=f"'{self.path}'" + (", which is no file" if known else ""),
                expected="a .csv or .npz file, from the folder that netware runs in",
                fix="put the file there, or write where it is; netware downloads nothing",
            )
        now = path.stat()
        return read(path, (now.st_mtime_ns, now.st_size), self.targets, self.split)

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
def read(
    path: Path, version: tuple[int, int], targets: tuple[str, ...], split: float
) -> tuple[Arrays, Arrays]:
    """Returns the samples of a file to learn from and to be tested on."""
    held = from_csv(path, targets) if path.suffix == ".csv" else from_npz(path)
    for x, t in held:
        if len(x) != len(t) or not np.isfinite(x).all() or not np.isfinite(t).all():
            raise ScenarioError(
                "path",
                found=f"{len(x)} samples, {len(t)} targets in '{path}', or some not finite",
                expected="a target for each sample, and finite numbers",
                fix="mend the file: leave out samples that lack a number",
            )
    if len(held) == 2:
        return held[0], held[1]
    x, t = held[0]
    if len(x) < 2:
        raise ScenarioError(
            "path",
            found=f"{len(x)} samples in '{path}'",
            expected="2 or more, to learn from and to be tested on",
            fix="choose another file",
        )
    order = Draws.of(0).stream(Purpose.TASK, "table", len(x)).order().numpy()
    tested = min(max(1, round(split * len(x))), len(x) - 1)
    x, t = x[order], t[order]
    return (x[tested:], t[tested:]), (x[:tested], t[:tested])


def from_csv(path: Path, targets: tuple[str, ...]) -> list[Arrays]:
    """Returns the columns of a table that are inputs, and those that are targets."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = [line for line in csv.reader(file) if line]
    names = [name.strip() for name in lines[0]] if lines else []
    absent = [name for name in targets if name not in names]
    if absent or len(names) == len(targets):
        raise ScenarioError(
            "targets",
            found=f"no column '{absent[0]}' in '{path}'" if absent else "no column of inputs",
            expected=f"of {', '.join(names) or '(none)'}",
            fix="write the names of the columns that are targets",
        )
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(names) or not all(number_like(cell) for cell in line):
            raise ScenarioError(
                "path",
                found=f"line {number} of '{path}', which is not {len(names)} numbers",
                expected="a number for each name in the first line",
                fix="write words as numbers, and leave out lines that lack one",
            )
    cells = np.array([[float(cell) for cell in line] for line in lines[1:]], dtype=np.float64)
    cells = cells.reshape(-1, len(names))
    answers = [names.index(name) for name in targets]
    rest = [index for index in range(len(names)) if index not in answers]
    return [(cells[:, rest], cells[:, answers])]


def number_like(cell: str) -> bool:
    """Tells whether a cell can be read as a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def from_npz(path: Path) -> list[Arrays]:
    """Returns the arrays of a file: one pair, or one to learn from and one to be tested on."""
    pairs = (("inputs", "targets"), ("x", "y"))
    split = (("x_train", "y_train"), ("x_test", "y_test"))
    with np.load(path, allow_pickle=False) as file:
        held = set(file.files)
        known = [split] if {*split[0], *split[1]} <= held else []
        known += [(pair,) for pair in pairs if set(pair) <= held]
        if not known:
            raise ScenarioError(
                "path",
                found=f"arrays {', '.join(sorted(held)) or '(none)'} in '{path}'",
                expected="inputs and targets, or x_train, y_train, x_test and y_test",
                fix="save the arrays under these names with numpy.savez",
            )
        return [(flat(file[x]), flat(file[t])) for x, t in known[0]]


def flat(values: np.ndarray) -> np.ndarray:
    """Returns an array with one row a sample."""
    return values.reshape(len(values), -1).astype(np.float64)
