"""The JSON Schema that editors complete from: the sections, and each type with its parameters."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Annotated, Any

from pydantic import TypeAdapter, WithJsonSchema

from netware.scenario.members.assemble import checked
from netware.scenario.members.signature import section, sentence
from netware.scenario.parts import AbstractTimed
from netware.scenario.schema import DOTTED, Scenario
from netware.varying.kinds import DESCRIBED, KINDS


DIALECT = "https://json-schema.org/draft/2020-12/schema"
TIMED = ("relations", "rules", "probes")

Schema = dict[str, Any]
Catalog = Mapping[str, Mapping[str, type]]


def schema(catalog: Catalog) -> Schema:
    """Returns the JSON Schema of a scenario, given the classes of each family by type."""
    root = deepcopy(Scenario.model_json_schema())
    definitions = root["$defs"]
    for family, classes in catalog.items():
        alternatives = []
        for name, cls in classes.items():
            definitions[f"{family}.{name}"] = alternative(family, name, cls, "type", definitions)
            alternatives.append({"$ref": f"#/$defs/{family}.{name}"})
        definitions[family] = {"oneOf": [*alternatives, own(family, "type")]}
    changes = definitions["Event"]
    definitions["Event"] = {"oneOf": [*events(catalog, definitions), change(changes)]}
    for key in ("tasks", *TIMED):
        [pattern] = root["properties"][key]["patternProperties"]
        root["properties"][key]["patternProperties"][pattern] = {"$ref": f"#/$defs/{key}"}
    model = definitions["Population"]["properties"]["model"]
    model["anyOf"] = [{"$ref": "#/$defs/models"}, {"type": "null"}]
    for unused in ("Part", "TimedPart"):
        definitions.pop(unused, None)
    return {"$schema": DIALECT, "title": "netware scenario", **root}


def timing() -> Schema:
    """Returns the keys that say when something is due."""
    return deepcopy(AbstractTimed.model_json_schema()["properties"])


def alternative(family: str, name: str, cls: type, by: str, definitions: Schema) -> Schema:
    """Returns the schema of one type: its name, its parameters, and when it is due."""
    own_schema = deepcopy(checked(cls)[1])
    for inner, definition in own_schema.pop("$defs", {}).items():
        definitions.setdefault(inner, definition)
    source = section(cls, "Source")
    described = sentence(cls) + (f" Source: {source}" if source else "")
    return {
        "type": "object",
        "description": described,
        "properties": {
            by: {"const": name, "description": described},
            **nested(own_schema.get("properties", {})),
            **(timing() if family in TIMED else {}),
        },
        "required": [by, *own_schema.get("required", [])],
        "additionalProperties": False,
    }


def nested(value: Any) -> Any:
    """Points the places of nested members at the types of their family."""
    if isinstance(value, dict):
        if "family" in value and value.get("$ref") == "#/$defs/Part":
            family = value["family"]
            rest = {key: inner for key, inner in value.items() if key not in ("family", "$ref")}
            return {"$ref": f"#/$defs/{family}", **rest}
        if value.get("varies") is True:
            rest = {key: inner for key, inner in value.items() if key != "varies"}
            told = {key: rest.pop(key) for key in ("default", "description") if key in rest}
            return {"anyOf": [rest, *variations(rest)], **told}
        return {key: nested(inner) for key, inner in value.items()}
    return [nested(inner) for inner in value] if isinstance(value, list) else value


def variations(number: Schema) -> list[Schema]:
    """Returns the schema of each way to vary, its numbers in the range of the parameter."""
    return [
        {
            "type": "object",
            "properties": {
                word: {**TypeAdapter(hint).json_schema(), "description": DESCRIBED[word]}
                for word, hint in cls.keys(Annotated[float, WithJsonSchema(number)]).items()
            },
            "required": list(cls.keys(float)),
            "additionalProperties": False,
        }
        for cls in KINDS.values()
    ]


def own(family: str, by: str) -> Schema:
    """Returns the schema of a class of the user's own, whose parameters are not known here."""
    described = f"Dotted name of a class of your own, for {family}: my_lab.nets.Policy."
    return {
        "type": "object",
        "properties": {
            by: {"type": "string", "pattern": DOTTED, "description": described},
            **(timing() if family in TIMED else {}),
        },
        "required": [by],
    }


def events(catalog: Catalog, definitions: Schema) -> list[Schema]:
    """Returns the schemas of events that apply a rule once."""
    at = definitions["Event"]["properties"]["at"]
    found = []
    for name, cls in catalog["rules"].items():
        one = alternative("events", name, cls, "rule", definitions)
        one["properties"]["at"] = at
        one["required"] = ["at", *one["required"]]
        definitions[f"events.{name}"] = one
        found.append({"$ref": f"#/$defs/events.{name}"})
    dotted = own("rules", "rule")
    dotted["properties"] = {"rule": dotted["properties"]["rule"], "at": at}
    return [*found, {**dotted, "required": ["at", "rule"]}]


def change(event: Schema) -> Schema:
    """Returns the schema of events that change parameters."""
    described = event["properties"]["set"]
    values = next(one for one in described["anyOf"] if one.get("type") == "object")
    return {
        "type": "object",
        "description": "Changes parameters.",
        "properties": {
            "at": event["properties"]["at"],
            "set": {**values, "description": described["description"]},
        },
        "required": ["at", "set"],
        "additionalProperties": False,
    }
