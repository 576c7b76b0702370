"""The distribution: three packages and one command, nothing else."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_wheel_holds_exactly_the_three_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["vault", "cli", "keys"]


def test_every_requirement_is_pinned_by_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        pins = [line for line in (ROOT / name).read_text().splitlines() if "==" in line]
        assert pins
        assert all(line.endswith("\\") for line in pins)
        assert "://" not in (ROOT / name).read_text()


def test_import_contracts_place_every_module_of_the_vault() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    placed = {name for name in contracts[0]["forbidden_modules"] if name.startswith("vault.")} | {"vault.evidence"}
    there = {
        path.stem for path in (ROOT / "vault").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert placed == {f"vault.{name}" for name in there - {"__init__"}}
