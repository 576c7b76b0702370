"""`python -m tests.mutation.alone MODULE NUMBER [OPTION...]`: its tests, the fault there from the first import."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_loader
from itertools import islice
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutation.mutants import mutants

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["-n0", "-x", "-q", "-p", "no:cacheprovider", "-Wignore"]


class _Loader(SourceFileLoader):
    """Runs other code than the file's."""

    def __init__(self, name: str, code: CodeType) -> None:
        super().__init__(name, str(source(name)))
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class _Faulty(MetaPathFinder):
    """Finds one module with its fault."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name, self._loader = name, _Loader(name, code)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_loader(fullname, self._loader) if fullname == self._name else None


def source(name: str) -> Path:
    """Where the module `name` lies."""
    return ROOT / Path(*name.split(".")).with_suffix(".py")


def folder(name: str) -> Path:
    """Where the tests of the package of `name` lie."""
    return ROOT / "tests" / source(name).parent.name


def own(name: str) -> Path:
    """Where the module's own tests lie: a file, or the folder where it has none."""
    file = folder(name) / f"test_{source(name).stem}.py"
    return file if file.exists() else folder(name)


if __name__ == "__main__":
    name, number = sys.argv[1], int(sys.argv[2])
    mutant = next(islice(mutants(source(name).read_text("utf-8")), number, None))
    sys.meta_path.insert(0, _Faulty(name, compile(mutant.tree, source(name), "exec")))
    sys.exit(pytest.main([*ARGUMENTS, str(own(name)), *sys.argv[3:]]))
