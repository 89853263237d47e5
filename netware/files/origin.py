"""Origin: a file that is read, and the key of the scenario that asks for it."""

from dataclasses import dataclass, field
from pathlib import Path

from netware.errors import ScenarioError


HEAD = 1 << 16


@dataclass(frozen=True)
class Origin:
    """A file that is read, and who asks for it.

    Args:
        path: The file.
        where: What errors begin with: the key of the scenario, such as `tasks.houses.path`.
    """

    path: Path
    where: str = field(compare=False)

    def refused(self, found: str, expected: str, fix: str, line: int = 0) -> ScenarioError:
        """Returns the error for something in the file, at a line of it if one is given."""
        place = f"{self.path.name}:{line}" if line else f"'{self.path.name}'"
        return ScenarioError(
            self.where, found=f"{place}: {found}", expected=expected, fix=fix, code="P-FILE"
        )

    def beside(self, key: str) -> "Origin":
        """Returns the same file, with errors at another key that stands beside its path."""
        return Origin(self.path, self.where.removesuffix("path") + key)

    def contents(self) -> bytes:
        """Returns the bytes of the file."""
        refuse_irregular(self.path, self.where)
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise self.refused(
                f"{error.strerror}", "a file that can be read", "see who may read it"
            ) from None

    def head(self) -> bytes:
        """Returns the beginning of the file; whole lines, if it is long and not in UTF-16."""
        refuse_irregular(self.path, self.where)
        with self.path.open("rb") as file:
            data = file.read(HEAD)
        return data if len(data) < HEAD or b"\0" in data else data[: data.rfind(b"\n") + 1]

    def version(self) -> tuple[int, int]:
        """Returns what changes when the file is written again."""
        refuse_irregular(self.path, self.where)
        now = self.path.stat()
        return now.st_mtime_ns, now.st_size


def located(path: str, folder: Path, where: str) -> Path:
    """Returns where a path of a scenario leads: from the scenario's own folder, and stays there."""
    given = Path(path)
    if given.is_absolute():
        return given
    inside(given, folder, where)
    return folder.resolve() / given


def inside(path: Path, folder: Path, where: str) -> None:
    """Refuses a relative path that leaves a folder, by its name or over a link."""
    try:
        stays = (folder / path).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        stays = True
    if not stays:
        raise ScenarioError(
            where,
            found=f"'{path}', which lies outside the folder of the scenario",
            expected="a relative path inside that folder, or an absolute path",
            fix="copy the file to that folder",
            code="P-OUTSIDE",
        )


def refuse_irregular(path: Path, where: str) -> None:
    """Refuses what is no regular file, without opening it, and climbing out of the folder."""
    if not path.is_absolute():
        inside(path, Path.cwd(), where)
    try:
        regular = path.is_file()
    except (OSError, ValueError, RuntimeError):
        regular = False
    if not regular:
        raise ScenarioError(
            where,
            found=f"'{path}' is not there" if not exists(path) else f"'{path}' is no regular file",
            expected="a file that can be read",
            fix="write the path of a file, from the folder that the scenario is in",
            code="P-FILE",
        )


def exists(path: Path) -> bool:
    """Tells whether there is anything at a path; not for a path that cannot be."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
