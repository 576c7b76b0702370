"""The command `dvault`: its commands, each loaded when it is called, and the one place that ends a failure."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from cli.names import COMMANDS, HELP, WITHOUT_VAULT


@contextmanager
def _until_unread() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        from cli import exits, output

        output.give_up()
        raise exits.Unread from None


class Commands(click.Group):
    """Commands by name, their modules imported only when one is called: `--help` and completion load none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of their table, which is that of a first day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"cli.commands.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Begin to unlock the identity, if `cli.start` has not, then import the command."""
        if args[0] in COMMANDS.keys() - WITHOUT_VAULT and not ctx.resilient_parsing and not HELP & set(args):
            from cli import unlocking

            unlocking.begin(ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the command line; `--help` prints here."""
        with _until_unread():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _until_unread():
            return super().invoke(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names from the table, options as click does."""
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]


@click.group(cls=Commands, context_settings={"help_option_names": sorted(HELP), "max_content_width": 110})
@click.option(
    "--vault", metavar="DIR", help="The vault; else DVAULT_VAULT, a vault.toml upward from here, the default."
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Log what is done on stderr: events, durations and counts, never what is in the vault.",
)
@click.version_option(package_name="disclosure-vault", prog_name="dvault")
@click.pass_context
def main(ctx: click.Context, vault: str | None, verbose: bool) -> None:
    """Keep the exact bytes of every disclosure, in a ledger that a stranger can check."""
    from cli import logs, settings

    if vault == "":
        raise click.BadParameter("an empty name names no vault", ctx, param_hint="--vault")
    ctx.obj, ctx.color = vault, settings.colour()
    if verbose:
        logs.speak()
        logs.log("started", command=ctx.invoked_subcommand)


def run() -> None:
    """Run the command line and end with the documented exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # None if it was closed; whatever the locale says, we write UTF-8
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = main(prog_name="dvault", standalone_mode=False) or 0
    except BaseException as exc:  # the last line before the user; a defect is shown as what it is
        code = _end(exc)
    if "cli.logs" in sys.modules:  # else no command was reached
        from cli import logs

        logs.log("ended", exit=code)
        logs.hush()
    sys.exit(code)


def _end(error: BaseException) -> int:
    from cli import exits, output

    ending = exits.ending_of(error)
    if ending.message:
        output.say(f"error: {output.inert_lines(ending.message)}")
    if ending.hint:
        output.say(f"hint: {output.inert_lines(ending.hint)}")
    return ending.code


if __name__ == "__main__":
    run()
