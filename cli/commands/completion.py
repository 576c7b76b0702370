"""`dvault completion`: the script that lets your shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

from cli.main import main
from vault.errors import Misuse


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of SHELL, to be sourced: source <(dvault completion bash)."""
    kind = get_completion_class(shell)
    if kind is None:
        raise Misuse(f"no completion for {shell}")
    click.echo(kind(main, {}, "dvault", "_DVAULT_COMPLETE").source())
