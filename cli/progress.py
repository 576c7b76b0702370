"""A progress bar on a terminal, nothing on a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cli.output import is_terminal

WORTH_A_BAR = 32 << 20  # bytes; less is done before a bar is drawn


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """`advance(n)` moves the bar by n bytes of `total`."""
    if total < WORTH_A_BAR or not is_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(binary_units=True), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda amount: progress.advance(task, amount)


@contextmanager
def steps(label: str) -> Iterator[Callable[[int, int], None]]:
    """`show(done, total)` for work that counts its own steps."""
    if not is_terminal(sys.stderr):
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
