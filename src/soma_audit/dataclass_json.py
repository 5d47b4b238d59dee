"""Our dataclasses as JSON, and back: what JSON does not tell, the annotations do."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from soma_audit.office_hours import OfficeHours
from soma_audit.website import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
_NAMED_IN_ANNOTATIONS = {
    "Mapping": Mapping,
    "OfficeHours": OfficeHours,
    "Site": Site,
    "date": date,
    "datetime": datetime,
}
"""What a module imports only for its annotations."""


def encode(value: object) -> str:
    """Return a dataclass as one line of JSON; sets are written in order, so that the same gives the same."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def decode(kind: type[T], text: str) -> T:
    """Return the dataclass that `encode` has written.

    Raises:
        ValueError, TypeError, KeyError: it is none of this kind.
    """
    found: T = _reader(cast("Hashable", kind))(json.loads(text))
    return found


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(_plain, value))  # type: ignore[type-var]
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, (date, time)) else value


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - any annotation
    """Return what makes a value of a kind of what JSON holds."""
    origin, of = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        (inner,) = (a for a in of if a is not types.NoneType)
        read = _reader(inner)
        return lambda value: None if value is None else read(value)
    if origin in {tuple, frozenset}:
        read = _reader(of[0])
        return lambda value: origin(map(read, value))
    if is_dataclass(kind):
        hints = get_type_hints(kind, localns=_NAMED_IN_ANNOTATIONS)
        readers = {f.name: _reader(hints[f.name]) for f in fields(kind)}
        return lambda value: kind(**{name: readers[name](part) for name, part in value.items()})  # type: ignore[operator]
    if kind in {datetime, date, time}:
        return kind.fromisoformat  # type: ignore[no-any-return]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return lambda value: value
