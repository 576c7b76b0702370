"""`dvault completion`: the script that lets your shell complete commands, options and the usual words."""

import click
from click.shell_completion import get_completion_class

from cli.main import main
from vault.errors import Misuse

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", no_args_is_help=True)
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script of SHELL.

    For bash: put `source <(dvault completion bash)` into ~/.bashrc. What a vault holds is never completed: it would
    take your passphrase.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise Misuse(f"no completion for {shell}", f"there is one for {', '.join(SHELLS)}")
    click.echo(kind(main, {}, "dvault", "_DVAULT_COMPLETE").source())
