"""Puts the scenarios of the repository into wheels; all else that a build needs is in pyproject."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


SCENARIOS = Path(__file__).parent / "scenarios"


class BuildWithScenarios(build_py):
    """Copies `scenarios/` to `netware/shipped`; an editable install has the former itself."""

    def run(self) -> None:
        """Builds as ever, then copies."""
        build_py.run(self)
        if not self.editable_mode:
            for file in self.copies():
                target = Path(self.build_lib, "netware", "shipped", file.relative_to(SCENARIOS))
                self.mkpath(str(target.parent))
                self.copy_file(str(file), str(target))

    def copies(self) -> list[Path]:
        """Returns the files to copy: scenarios, and what they read."""
        return sorted(file for file in SCENARIOS.rglob("*") if file.is_file())


setup(cmdclass={"build_py": BuildWithScenarios})
