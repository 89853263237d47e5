"""The JSON Schema for editors: complete, resolvable, and of one mind with the check."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from netware.scenario.members import catalog


SCHEMA = catalog.schema()
KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
GOOD = """
netware: 1
name: consensus
steps: 20
populations:
  minds:
    agents: 10
    model: {type: multilayer, inputs: 4, outputs: 2, widths: [3, 5]}
    state: {opinion: uniform, x: {normal: [0, 1], size: 2}}
relations:
  talks: {type: association, between: [minds, minds], topology: {type: ring, k: 2}, every: 2}
rules:
  agree: {type: average_consensus, "on": minds, over: talks, gain: 0.5}
  own: {type: my_lab.herding, anything: [1]}
events:
  - {at: [5, 10], rule: average_consensus, "on": minds, over: talks}
  - {at: 7, set: {rules.agree.gain: 0.25}}
probes:
  spread: {type: disagreement, "on": minds, from: 3}
stop: {when: spread < 0.1}
record: {metrics: [spread]}
"""


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """A JSON Schema validator of the keywords that ours uses, unions included."""
    if "$ref" in schema and not fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]):
        return False
    if "oneOf" in schema and sum(fits(value, one) for one in schema["oneOf"]) != 1:
        return False
    if "anyOf" in schema and not any(fits(value, one) for one in schema["anyOf"]):
        return False
    if value != schema.get("const", value) or value not in schema.get("enum", [value]):
        return False
    kind = schema.get("type")
    if kind and not (
        isinstance(value, KINDS[kind]) and isinstance(value, bool) == (kind == "boolean")
    ):
        return False
    if isinstance(value, str) and "pattern" in schema:
        return re.search(schema["pattern"], value) is not None
    if isinstance(value, list):
        return fits_list(value, schema)
    if isinstance(value, dict):
        return fits_mapping(value, schema)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return low <= value <= high and value > schema.get("exclusiveMinimum", value - 1)
    return True


def fits_list(value: list[Any], schema: dict[str, Any]) -> bool:
    first, rest = schema.get("prefixItems", []), schema.get("items", {})
    each = [fits(one, first[i] if i < len(first) else rest) for i, one in enumerate(value)]
    low, high = schema.get("minItems", 0), schema.get("maxItems", len(value))
    return all(each) and low <= len(value) <= high


def fits_mapping(value: dict[str, Any], schema: dict[str, Any]) -> bool:
    if any(key not in value for key in schema.get("required", [])):
        return False
    for key, one in value.items():
        if key in schema.get("properties", {}):
            inner = schema["properties"][key]
        else:
            patterns = schema.get("patternProperties", {})
            inner = next((s for p, s in patterns.items() if re.search(p, key)), None)
            inner = schema.get("additionalProperties", True) if inner is None else inner
        if inner is False or (isinstance(inner, dict) and not fits(one, inner)):
            return False
    return len(value) >= schema.get("minProperties", 0)


def places(schema: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    if isinstance(schema, dict):
        for key, one in schema.get("properties", {}).items():
            if isinstance(one, dict):
                found.append((f"{path}.{key}", one))
        for key, one in schema.items():
            found += places(one, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, one in enumerate(schema):
            found += places(one, f"{path}/{index}")
    return found


def references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"]} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(references(one) for one in schema.values()))
    return set().union(*(references(one) for one in schema)) if isinstance(schema, list) else set()


def test_it_is_draft_2020_12_and_every_reference_leads_somewhere():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert all(one.removeprefix("#/$defs/") in SCHEMA["$defs"] for one in references(SCHEMA))


def test_every_key_is_described():
    silent = [path for path, one in places(SCHEMA) if not one.get("description")]
    assert silent == []


def test_every_type_is_an_alternative_with_its_parameters():
    for family in catalog.FAMILIES:
        for name in catalog.names(family):
            one = SCHEMA["$defs"][f"{family}.{name}"]
            assert one["properties"]["type"]["const"] == name
            assert {"$ref": f"#/$defs/{family}.{name}"} in SCHEMA["$defs"][family]["oneOf"]
            assert one["additionalProperties"] is False
            assert ("every" in one["properties"]) == (family in ("relations", "rules", "probes"))


def test_ranges_units_defaults_and_nested_types_are_there():
    gain = SCHEMA["$defs"]["rules.average_consensus"]["properties"]["gain"]
    number, *ways = gain["anyOf"]
    assert number["minimum"] == 0 and gain["default"] == 0.1
    assert gain["description"].endswith("[1]")
    ramp = next(one["properties"]["ramp"] for one in ways if "ramp" in one["properties"])
    assert ramp["prefixItems"][0]["minimum"] == 0
    talks = SCHEMA["$defs"]["relations.association"]["properties"]["topology"]
    assert talks["$ref"] == "#/$defs/topologies"
    assert SCHEMA["properties"]["steps"]["description"].endswith("[steps]")


def test_good_scenarios_fit():
    assert fits(yaml.safe_load(GOOD), SCHEMA)
    design = (Path(__file__).parents[1] / "design.yaml").read_text()
    design = re.sub(r"\bon:", "'on':", design)
    if {"lesion"} <= set(catalog.names("rules")):
        assert fits(yaml.safe_load(design), SCHEMA)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("steps: 20", "steps: 0"),
        ("steps: 20", "stepps: 20"),
        ("gain: 0.5", "gain: -1"),
        ("gain: 0.5", "gian: 1"),
        ("type: ring", "type: rink"),
        ("type: multilayer", "type: multi"),
        ("at: [5, 10]", "at: [5, x]"),
        ("set: {rules", "rule: average_consensus, set: {rules"),
        ("every: 2", "every: 0"),
        ("opinion: uniform", "opinion: often"),
        ("name: consensus", "name: ../x"),
    ],
)
def test_bad_scenarios_do_not_fit(old, new):
    assert old in GOOD
    assert not fits(yaml.safe_load(GOOD.replace(old, new)), SCHEMA)
