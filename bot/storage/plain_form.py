"""Sessions and replies as JSON, and back."""

import json
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from cattrs import Converter
from cattrs.preconf.json import make_converter

Value = TypeVar("Value")

_KIND = "is"


def to_json(value: object) -> str:
    """A frozen dataclass as JSON, its parts with their kind where several are possible."""
    return json.dumps(_converter().unstructure(value), ensure_ascii=False, separators=(",", ":"))


def from_json(kind: type[Value], text: str) -> Value:
    """The dataclass that JSON holds.

    Raises:
        ValueError: It holds something else, as after a change of the program.
    """
    try:
        loaded = json.loads(text)
        if not isinstance(loaded, dict):
            raise TypeError
        return _converter().structure(loaded, kind)
    except Exception as error:  # cattrs raises groups of whatever the constructors raise; their texts quote people
        raise ValueError(f"not a stored {kind.__name__} ({type(error).__name__})") from None


@cache
def _converter() -> Converter:
    converter = make_converter(detailed_validation=False)
    for plain in (str, int, bool, float):
        converter.register_structure_hook(plain, _as_it_is)
    converter.register_unstructure_hook_func(lambda kind: frozenset in (kind, get_origin(kind)), sorted)
    converter.register_unstructure_hook_factory(_is_union, lambda kind: lambda value: _with_kind(converter, value))
    converter.register_structure_hook_factory(_is_union, lambda kind: _chooser(converter, kind))
    return converter


def _as_it_is(value: Any, kind: type[Value]) -> Value:
    """A plain value of the right kind, or of an enumeration of such; nothing is turned into another kind in silence."""
    if issubclass(kind, Enum):
        return kind(value)
    if type(value) is not kind:
        raise TypeError
    return value


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


def _with_kind(converter: Converter, value: object) -> Any:
    plain = converter.unstructure(value, unstructure_as=type(value))
    return {_KIND: type(value).__name__, **plain} if isinstance(plain, dict) else plain


def _chooser(converter: Converter, union: Any) -> Any:
    kinds = get_args(union)
    named = {kind.__name__: kind for kind in kinds if hasattr(kind, "__dataclass_fields__")}
    scalar = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)), None)
    others = [kind for kind in kinds if kind not in (NoneType, scalar) and kind not in named.values()]

    def structure(value: Any, _: Any) -> Any:
        if value is None and NoneType in kinds:
            return None
        if isinstance(value, dict) and _KIND in value:
            return converter.structure({key: part for key, part in value.items() if key != _KIND}, named[value[_KIND]])
        return converter.structure(value, scalar or others[0])

    return structure
