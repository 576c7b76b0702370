"""Files that are read by their path, in a folder that is gone with the process: vault.toml and what people write."""

import tempfile
from functools import cache
from pathlib import Path

import click

from cli import template as templates
from cli.commands.disclose import command as disclose
from cli.settings import Settings
from vault.folder import Folder, read_config

_MEMORY = Path("/dev/shm")  # noqa: S108 - a file is written for every example


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="dvault-fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None)


def _written(name: str, data: bytes) -> Path:
    path = Path(_folder().name) / name
    path.write_bytes(data)
    return path


def vault_toml(data: bytes) -> None:
    """The vault's own; several spellings are fine."""
    config = read_config(Folder(_written("vault.toml", data).parent))
    repr(config)


def config(data: bytes) -> None:
    """The user's: the default vault."""
    path = _written("config.toml", data)
    if isinstance(Settings(path, path.parent)._read().get("default_vault"), str):
        assert Settings(path, path.parent).remember_vault(path.parent) in (True, False)


def template(data: bytes) -> None:
    """The options of `disclose --from`."""
    ctx = click.Context(disclose)
    templates.use(ctx, disclose.params[0], _written("template.toml", data))
    repr(ctx.default_map)
