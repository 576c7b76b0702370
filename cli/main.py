"""The command `dvault`: the table of commands, each loaded when it is called, and the one place that ends a failure."""

import sys
from importlib import import_module

import click

COMMANDS = {
    "init": "make a new vault",
    "party": "who gets things from us",
    "subject": "who or what is exposed by them",
    "matter": "the application, tender, audit or lawsuit it is for",
    "request": "who demanded what, in which words",
    "disclose": "log what goes out, and keep its exact bytes",
    "correct": "say what was wrong in an earlier record",
    "log": "list the transmittals",
    "show": "show one transmittal or object whole",
    "get": "give a document back",
    "checkpoint": "sign the state of the ledger",
    "verify": "prove what can be proven, name what can't",
    "doctor": "look for damage, and mend what can be rebuilt",
    "keys": "identities and vault keys",
    "completion": "print the completion script of your shell",
    "demo": "run the main job on sample documents",
}


class Commands(click.Group):
    """Commands by name, their modules imported only when one is called: `--help` loads none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table, which is that of a first day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cli.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--vault", metavar="DIR", help="The vault; else DVAULT_VAULT, a vault.toml upward from here, the default."
)
@click.version_option(package_name="disclosure-vault", prog_name="dvault")
@click.pass_context
def main(ctx: click.Context, vault: str | None) -> None:
    """Keep the exact bytes of every disclosure, in a ledger that a stranger can check."""
    ctx.obj = vault


def run() -> None:
    """Run the command line and end with the documented exit code."""
    from cli import exits

    try:
        main(standalone_mode=False)
    except click.exceptions.Exit as exc:
        sys.exit(exc.exit_code)
    except click.ClickException as exc:
        exc.show()
        sys.exit(exits.USAGE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted: nothing half-done is left", err=True)
        sys.exit(exits.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(exits.FINE)
    except Exception as exc:  # the last line before the user; whatever is not ours is shown as the defect it is
        code = exits.code_of(exc)
        if code is None:
            raise
        exits.leave(exc, code)


if __name__ == "__main__":
    run()
