#!/usr/bin/env python3
"""Reads client/link/openapi.yaml with all of YAML and of JSON Schema, which the
awk of the build does not: no key twice, every reference leads somewhere, every
schema is used, every example is what its schema says, every text has English
and Chinese. Prints TAP."""
import re
import sys

import yaml
from jsonschema import Draft202012Validator, FormatChecker

METHODS = {"get", "head", "post", "put", "patch", "delete", "options"}
faults = {}


def fault(kind, where):
    faults.setdefault(kind, []).append(where)


class Loader(yaml.SafeLoader):
    """Refuses a mapping with the same key twice."""


def mapping(loader, node, deep=False):
    seen = set()
    for key, _ in node.value:
        if key.value in seen:
            fault("keys", "%s, line %d" % (key.value, key.start_mark.line + 1))
        seen.add(key.value)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


Loader.add_constructor("tag:yaml.org,2002:map", mapping)
# Times stay texts, as in JSON.
Loader.yaml_implicit_resolvers = {
    first: [r for r in rows if r[0] != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def check_commas(spec):
    """An unquoted comma in a short description makes a key of what follows."""
    for where, value in walk(spec):
        if value is None and "/enum/" not in where \
                and "/example" not in where:
            fault("keys", where)


def walk(value, where=""):
    yield where, value
    rows = value.items() if isinstance(value, dict) else (
        enumerate(value) if isinstance(value, list) else [])
    for key, inner in rows:
        yield from walk(inner, "%s/%s" % (where, key))


def resolve(spec, ref):
    at = spec
    for part in ref.lstrip("#/").split("/"):
        at = at.get(part) if isinstance(at, dict) else None
    return at


def check_references(spec):
    used = set()
    for where, value in walk(spec):
        if isinstance(value, dict) and "$ref" in value:
            used.add(value["$ref"])
            if resolve(spec, value["$ref"]) is None:
                fault("references", "%s: %s" % (where, value["$ref"]))
    for kind in ("schemas", "parameters", "responses"):
        for name in spec["components"][kind]:
            ref = "#/components/%s/%s" % (kind, name)
            if ref not in used:
                fault("used", ref)


def check_examples(spec):
    count = 0
    for where, value in walk(spec):
        if not isinstance(value, dict) or "example" not in value \
                or "schema" not in value:
            continue
        count += 1
        schema = dict(value["schema"], components=spec["components"])
        checker = Draft202012Validator(schema, format_checker=FormatChecker())
        for error in checker.iter_errors(value["example"]):
            fault("examples", "%s: %s" % (where, error.message[:100]))
    if count < 100:
        fault("examples", "only %d of them" % count)


def is_bilingual(text):
    return re.search("[\u4e00-\u9fff]", text) and re.search("[A-Za-z]{2}", text)


def check_operations(spec):
    ids = {}
    for path, rows in spec["paths"].items():
        for method, operation in rows.items():
            if method not in METHODS:
                continue
            where = "%s %s" % (method.upper(), path)
            name = operation.get("operationId")
            if not name or name in ids:
                fault("operations", where)
            ids[name] = where
            if not is_bilingual(operation.get("description", "")):
                fault("languages", where)
            if "default" not in operation["responses"] \
                    and path.startswith("/v1/") and path != "/v1/health" \
                    and method != "head":
                fault("operations", where + ": no default")
            for code, response in operation["responses"].items():
                text = response.get("description", "")
                if "$ref" not in response and not is_bilingual(text):
                    fault("languages", "%s %s" % (where, code))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.load(file, Loader)
    check_commas(spec)
    check_references(spec)
    check_examples(spec)
    check_operations(spec)
    kinds = ("keys", "references", "used", "examples", "operations",
             "languages")
    for number, kind in enumerate(kinds, 1):
        found = faults.get(kind, [])
        print("%s %d contract %s" % ("not ok" if found else "ok", number,
                                     kind))
        for row in found[:20]:
            print("# " + row)
    print("1..%d" % len(kinds))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
