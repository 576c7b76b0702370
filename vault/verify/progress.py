"""How a check tells how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int], object]
"""`progress(done, total)`: called now and then, and at the end of a part."""


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""
