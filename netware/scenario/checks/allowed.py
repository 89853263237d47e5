"""What may stand at a place of the scenario, in words, read from its JSON Schema."""

from typing import Any

from netware.scenario.checks.suggest import listed
from netware.scenario.document import Path


Schema = dict[str, Any]

PATTERNS = {
    r"^[a-z][a-z0-9_]{0,63}$": "a name of a-z, 0-9 and _ that begins with a letter, at most 64",
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$": "a name of [A-Za-z0-9._-], 1-64 characters",
    r"^(auto|cpu|cuda(:[0-9]{1,3})?)$": "one of auto, cpu, cuda, cuda:N",
    r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$": "a dotted name such as my_lab.Agent",
}
NAMES = {"integer": "an integer", "number": "a number", "boolean": "true or false"}


def alternatives(schema: Schema, root: Schema) -> list[Schema]:
    """Returns the schemas that `schema` stands for, references and unions resolved."""
    if "$ref" in schema:
        return alternatives(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not choices:
        return [schema]
    return [inner for choice in choices for inner in alternatives(choice, root)]


def at(path: Path, root: Schema) -> list[Schema]:
    """Returns the schemas of what may stand at `path`."""
    found = alternatives(root, root)
    for step in path:
        inner = [below(schema, step) for schema in found]
        found = [one for schema in inner if schema for one in alternatives(schema, root)]
    return found


def below(schema: Schema, step: str | int) -> Schema | None:
    """Returns the schema of one key or index of what `schema` describes."""
    if isinstance(step, int):
        first = schema.get("prefixItems", [])
        return first[step] if step < len(first) else schema.get("items")
    if step in schema.get("properties", {}):
        return schema["properties"][step]
    patterns = schema.get("patternProperties")
    if patterns:
        return next(iter(patterns.values()))
    extra = schema.get("additionalProperties")
    return extra if isinstance(extra, dict) else None


def keys(path: Path, root: Schema) -> list[str]:
    """Returns the keys that may stand in the mapping at `path`."""
    return [key for schema in at(path, root) for key in schema.get("properties", {})]


def expected(path: Path, root: Schema) -> str:
    """Says what may stand at `path`."""
    words = [in_words(schema, root) for schema in at(path, root) if schema.get("type") != "null"]
    return ", or ".join(dict.fromkeys(words)) or "nothing"


def in_words(schema: Schema, root: Schema) -> str:
    """Says what a schema allows."""
    if "$ref" in schema or "anyOf" in schema or "oneOf" in schema:
        inner = [one for one in alternatives(schema, root) if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(in_words(one, root) for one in inner))
    if "const" in schema or "enum" in schema:
        return listed([str(word) for word in schema.get("enum", [schema.get("const")])])
    kind = schema.get("type")
    if kind in ("integer", "number"):
        return f"{NAMES[kind]}{limits(schema)}"
    if "words" in schema:
        return schema["words"]
    if "refers" in schema:
        return f"the name of an entry under '{schema['refers']}'"
    if kind == "string":
        return PATTERNS.get(schema.get("pattern", ""), "a text")
    if kind == "array":
        return array(schema, root)
    if kind == "object":
        names = schema.get("required") or list(schema.get("properties", {}))
        return f"a mapping with {', '.join(names[:6])}" if names else "a mapping"
    return NAMES.get(str(kind), "a value")


def array(schema: Schema, root: Schema) -> str:
    """Says what a list may hold."""
    first = schema.get("prefixItems")
    if first:
        words = [in_words(one, root) for one in first]
        alike = len(set(words)) == 1
        return f"a list of {len(first)} " + (f"({words[0]})" if alike else f"({'; '.join(words)})")
    low, high = schema.get("minItems"), schema.get("maxItems")
    size = f"{low} " if low and low == high else f"{low} or more " if low else ""
    items = schema.get("items")
    return f"a list of {size}" + (f"({in_words(items, root)})" if items else "values")


def limits(schema: Schema) -> str:
    """Says the range of a number: `, 1 to 10` or `, above 0`."""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f", {plain(low)} to {plain(high)}"
    parts = [
        f"{word} {plain(limit)}"
        for word, limit in (
            ("above", above),
            ("at least", low),
            ("below", under),
            ("at most", high),
        )
        if limit is not None
    ]
    return f", {', '.join(parts)}" if parts else ""


def plain(value: int | float) -> str:
    """Writes a limit as short as it can be."""
    for exponent in (31, 53, 63):
        if value == 2**exponent or value == 2**exponent - 1:
            return f"2^{exponent}" + ("-1" if value % 2 else "")
    return f"{value:g}" if isinstance(value, float) or abs(value) >= 10**6 else str(value)


def shown(value: Any) -> str:
    """Writes what stands in a scenario in a few words, however large it is."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value[:60]}{'...' if len(value) > 60 else ''}'"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return "a mapping" if isinstance(value, dict) else str(value)
