"""Options that say how a bucket is reached; loads nothing of the cloud."""

from collections.abc import Callable
from typing import Any, NamedTuple

import click

from cli.options import Command

_SCHEME = "s3://"


class Reached(NamedTuple):
    """How a bucket is reached beside its address; what is empty, boto3 finds by itself."""

    endpoint: str = ""
    region: str = ""
    profile: str = ""
    path_style: bool = False


def is_bucket(path: str) -> bool:
    """Whether somebody names a bucket."""
    return path.lower().startswith(_SCHEME)


def bucket_options(function: Command) -> Command:
    """The options, given to the command as one `reached`."""

    def gathered(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        said = ctx.params.get("reached", Reached())
        if value:
            said = said._replace(**{str(param.name).removeprefix("reached_"): value})
        ctx.params["reached"] = said
        return value

    def option(name: str, **more: Any) -> Callable[[Command], Command]:
        key = f"reached_{name.replace('-', '_')}"
        return click.option(f"--{name}", key, callback=gathered, expose_value=False, **more)

    for add in (
        option("path-style", is_flag=True, help="Name the bucket in the path, as some servers want it."),
        option("profile", metavar="NAME", help="The profile of the credentials; else boto3's usual chain."),
        option("region", metavar="NAME", help="The region of the bucket; else boto3's usual chain."),
        option("endpoint", metavar="URL", help="The server, if it is not Amazon's; else AWS_ENDPOINT_URL."),
    ):
        function = add(function)
    return function
