"""`defined` makes what `dataclasses` makes: each class here is made both ways, and has to behave the same."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, InitVar, asdict, dataclass, field, fields, replace
from typing import Any, ClassVar

import pytest

from vault.evidence.defined import frozen, mutable


def make(decorate: Callable[[Any], Any]) -> Any:
    class Point:
        """A point."""

        x: int
        y: int = 0
        where: InitVar[str] = "here"  # type: ignore[assignment]  # decorated below
        secret: bytes = field(default=b"s", repr=False)
        names: list[str] = field(default_factory=list, compare=False)
        total: int = field(init=False)

        def __post_init__(self, where: str) -> None:
            object.__setattr__(self, "total", self.x + self.y)
            if where == "nowhere":
                raise ValueError(where)

        @property
        def double(self) -> int:
            return 2 * self.total

    return decorate(Point)


BOTH = [make(dataclass(frozen=True, slots=True)), make(frozen())]


@frozen()
class Kept:
    """Found by name, as pickles need it."""

    x: int
    secret: bytes = field(repr=False)


@pytest.mark.parametrize("point", BOTH)
def test_fields_come_from_arguments_defaults_and_factories(point: Any) -> None:
    made = point(1, y=2)
    assert (made.x, made.y, made.secret, made.names, made.total, made.double) == (1, 2, b"s", [], 3, 6)
    assert point(1).names is not point(1).names
    assert point(1, 2, "there", b"t", ["n"]).names == ["n"]


@pytest.mark.parametrize("point", BOTH)
def test_text_shows_no_secret(point: Any) -> None:
    assert repr(point(1)).endswith("Point(x=1, y=0, names=[], total=1)")


@pytest.mark.parametrize("point", BOTH)
def test_equality_and_hash_are_of_the_compared_fields(point: Any) -> None:
    assert point(1, names=["a"]) == point(1, names=["b"]) != point(2)
    assert hash(point(1, names=["a"])) == hash(point(1, names=["b"]))
    assert point(1) != (1, 0, b"s", 1)


def test_classes_of_the_same_fields_are_not_equal() -> None:
    assert make(frozen())(1) != make(frozen())(1)


@pytest.mark.parametrize("point", BOTH)
def test_nothing_is_changed_added_or_removed(point: Any) -> None:
    made = point(1)
    for name in ("x", "other"):
        with pytest.raises((FrozenInstanceError, TypeError)):  # TypeError: Python's own, of the class made twice
            setattr(made, name, 2)
    with pytest.raises(FrozenInstanceError):
        del made.x
    assert made == point(1)
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("point", BOTH)
@pytest.mark.parametrize(
    ("arguments", "named"),
    [((), {}), ((), {"y": 1}), ((1, 2, "w", b"", [], 9), {}), ((1,), {"x": 1}), ((1,), {"total": 1}), ((1,), {"z": 1})],
)
def test_arguments_that_do_not_fit_are_refused(point: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        point(*arguments, **named)


@pytest.mark.parametrize("point", BOTH)
def test_what_is_only_passed_on_is_judged_and_not_kept(point: Any) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        point(1, where="nowhere")
    assert "where" not in point.__slots__


@pytest.mark.parametrize("point", BOTH)
def test_replaced_values_are_judged_anew(point: Any) -> None:
    assert replace(point(1, 2), x=5).total == 7
    with pytest.raises(ValueError, match="total"):
        replace(point(1), total=1)


@pytest.mark.parametrize("point", BOTH)
def test_fields_are_listed_without_what_is_only_passed_on(point: Any) -> None:
    made = point(1)
    assert [one.name for one in fields(made)] == ["x", "y", "secret", "names", "total"]
    assert asdict(made) == {"x": 1, "y": 0, "secret": b"s", "names": [], "total": 1}


def passing(decorate: Callable[[Any], Any]) -> Any:
    class Passing:
        x: int
        where: InitVar[str]

        def __post_init__(self, where: str) -> None:
            object.__setattr__(self, "x", self.x + len(where))

    return decorate(Passing)


@pytest.mark.parametrize("passing", [passing(dataclass(frozen=True)), passing(frozen())])
def test_what_is_only_passed_on_has_to_be_said_again_on_replacing(passing: Any) -> None:
    made = passing(1, "abc")
    with pytest.raises(ValueError, match="must be specified"):
        replace(made, x=2)
    assert replace(made, x=2, where="ab").x == 4


@pytest.mark.parametrize("kind", [ClassVar, ClassVar[int], "ClassVar[int]", "InitVar[int]"])
def test_what_is_no_field_is_refused(kind: Any) -> None:
    declared = type("Declared", (), {"__annotations__": {"x": kind}})
    with pytest.raises(TypeError, match="x: no ClassVar"):
        frozen()(declared)


def test_values_travel_between_processes() -> None:
    kept = Kept(1, b"s")
    assert pickle.loads(pickle.dumps(kept)) == kept == copy.copy(kept)  # noqa: S301 - our own bytes


def test_without_eq_only_the_same_is_equal() -> None:
    alone = make(frozen(eq=False))
    assert alone(1) != alone(1)
    assert len({alone(1), alone(1)}) == 2


@pytest.mark.parametrize("point", [make(dataclass(slots=True)), make(mutable())])
def test_mutable_ones_change_and_have_no_hash(point: Any) -> None:
    made = point(1)
    made.x = 2
    assert made.x == 2
    with pytest.raises(AttributeError):
        made.other = 1
    with pytest.raises(TypeError):
        hash(made)
