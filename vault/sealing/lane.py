"""A lane: one kind of work, done in order in a thread of its own, while the caller goes on."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Generic, NamedTuple, Self, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class _Fault(NamedTuple):
    raised: BaseException


class Lane(Generic[_Item, _Result]):
    """Does `work` with each item put in, in order; the results are got in the same order.

    Worth it only for work that holds the interpreter's lock for a small part of its time. Only for use inside `with`:
    afterwards the thread is gone, however the `with` was left.
    """

    def __init__(self, work: Callable[[_Item], _Result]) -> None:
        self.pending = 0  # put and not yet got
        self._work = work
        self._items: SimpleQueue[_Item | None] = SimpleQueue()
        self._results: SimpleQueue[_Result | _Fault] = SimpleQueue()
        # A daemon, so that a second Ctrl-C while the thread is being stopped cannot keep the program from ending.
        self._thread = Thread(target=self._run, name="sealing lane", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._items.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def put(self, item: _Item) -> None:
        """Hand over an item; returns at once."""
        if self._thread.ident is None:  # not in __enter__: after Ctrl-C there, __exit__ would not run
            self._thread.start()
        self.pending += 1
        self._items.put(item)

    def get(self) -> _Result:
        """The result of the oldest item, waited for; raises what the work raised, for that item and all later ones."""
        self.pending -= 1
        result = self._results.get()
        if isinstance(result, _Fault):
            raise result.raised
        return result

    def _run(self) -> None:
        fault: _Fault | None = None
        while (item := self._items.get()) is not None:
            try:
                result = fault or self._work(item)
            except BaseException as exc:
                result = fault = _Fault(exc)  # the caller's to handle; go on, so that he does not wait forever
            self._results.put(result)
