#!/usr/bin/env python3
"""Calls every operation of the contract with its own example, through a proxy
that validates both ways, and then does what must be flagged. Prints TAP.
usage: calls.py CONTRACT TOKEN PROXY-PORT OTHER-PROXY-PORT PLATFORM-PORT

The other proxy has a contract that asks for something else than the platform
sends: a judge that does not see it is none."""
import base64
import hashlib
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

import yaml

UUID = "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a01"
CODE = "11410185DEM000022Y4410790101000"
HELLO = hashlib.sha256(b"hello").hexdigest()
VALUES = {"code": CODE, "form_id": CODE, "workflow_id": CODE,
          "dictionary_id": "nation", "template_id": "receipt", "slot": "3",
          "window": "03", "date": "2026-11-23", "week": "2026-W48",
          "report": "window", "store": UUID, "sha256": HELLO, "feed": "cases",
          "day": "2026-11-23", "from": "2026-11-01", "to": "2026-11-30",
          "block_id": "019ab0c2-5b1e-7c3a-9a50-3f0e6f1f2a05"}
METHODS = ["options", "post", "put", "patch", "get", "head", "delete"]
number = 0
failed = 0


def say(good, text, why=""):
    global number, failed
    number += 1
    failed += not good
    print("%s %d %s" % ("ok" if good else "not ok", number, text))
    for line in [] if good else str(why).splitlines():
        print("# " + line)


def send(port, method, path, headers, body=None):
    """Status, headers and text."""
    request = urllib.request.Request(
        "http://127.0.0.1:%d%s" % (port, path), body, headers,
        method=method.upper())
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.headers, reply.read().decode(
                "utf-8", "replace")
    except urllib.error.HTTPError as reply:
        return reply.code, reply.headers, reply.read().decode(
            "utf-8", "replace")


def verdict(text):
    """What the proxy had to say, or nothing."""
    if "stoplight.io/prism/errors" not in text:
        return ""
    value = json.loads(text)
    return value["type"].split("#")[1] + " " + json.dumps(
        value.get("validation", ""), ensure_ascii=False)


def resolve(spec, value):
    while "$ref" in value:
        at = spec
        for part in value["$ref"].lstrip("#/").split("/"):
            at = at[part]
        value = at
    return value


class Caller:
    def __init__(self, spec, token, port, platform):
        self.spec, self.token = spec, token
        self.port, self.platform = port, platform
        self.calls, self.good = 0, 0
        self.flagged, self.refused = [], []
        self.upload = None

    def header(self, name, path, where):
        if name == "Idempotency-Key":
            return "k-" + hashlib.sha256(where.encode()).hexdigest()[:20]
        if name == "If-Match":
            return self.version_of(re.sub(":.*", "", path)) or '"1"'
        return {"Tus-Resumable": "1.0.0", "Upload-Length": "5",
                "Upload-Offset": "0", "Upload-Metadata": "sha256 "
                + base64.b64encode(HELLO.encode()).decode()}.get(name)

    def version_of(self, path):
        """The present ETag of what a path names, asked past the proxy."""
        reply = send(self.platform, "get", self.fill(path),
                     {"Authorization": "Bearer " + self.token})[1]
        return reply.get("ETag")

    def fill(self, path):
        if self.upload and path.startswith("/v1/uploads/"):
            return self.upload
        return re.sub(r"\{(\w+)\}", lambda m: VALUES.get(m[1], UUID), path)

    def call(self, method, path, shared, operation):
        where = method.upper() + " " + path
        headers = {"Authorization": "Bearer " + self.token}
        query, body = [], None
        for parameter in shared + operation.get("parameters", []):
            parameter = resolve(self.spec, parameter)
            name = parameter["name"]
            if parameter["in"] == "query" and parameter.get("required"):
                query.append("%s=%s" % (name, VALUES[name]))
            elif parameter["in"] == "header" and (
                    parameter.get("required") or name == "If-None-Match"
                    and method == "put"):
                headers[name] = self.header(name, path, where) or "*"
        for media, content in operation.get("requestBody", {}).get(
                "content", {}).items():
            headers["Content-Type"] = media
            if media == "application/x-www-form-urlencoded":
                body = urllib.parse.urlencode(content["example"]).encode()
            else:
                body = json.dumps(content["example"], ensure_ascii=False
                    ).encode() if "example" in content else b"hello"
            break
        if method == "put" and "If-None-Match" in headers \
                and self.version_of(path):
            headers["If-Match"] = self.version_of(path)
            del headers["If-None-Match"]
        path = self.fill(path)
        status, reply, text = self.send(method, path, query, headers, body)
        self.note(where, status, reply, text)

    def send(self, method, path, query, headers, body):
        if query:
            path += "?" + "&".join(query)
        if body is None and method == "post":
            body = b""
        return send(self.port, method, path, headers, body)

    def note(self, where, status, reply, text):
        self.calls += 1
        self.good += status < 300
        if verdict(text):
            self.flagged.append("%s: %s" % (where, verdict(text)))
        elif status >= 300:
            self.refused.append("%s: %d %s" % (where, status, text[:160]))
        if where == "POST /v1/uploads" and reply.get("Location"):
            self.upload = reply["Location"]


def call_all(caller):
    rows = [(method, path, operations.get("parameters", []), operation)
            for path, operations in caller.spec["paths"].items()
            for method, operation in operations.items()
            if method in METHODS and path.startswith("/v1/")]
    # What makes something comes before what looks for it.
    first = ["/v1/number-blocks", "/v1/cases/{case_id}", "/v1/blobs"]

    def order(row):
        rank = [i for i, start in enumerate(first)
                if row[1].startswith(start) and row[0] in ("post", "put")]
        verb = ":" in row[1].split("/")[-1]
        return (rank[0] if rank and not verb else 5 + 2 * verb,
                METHODS.index(row[0]) if not verb else 0)
    for row in sorted(rows, key=order):
        caller.call(*row)
    say(not caller.flagged, "%d operations, no violation" % caller.calls,
        "\n".join(caller.flagged))
    # The enrolment needs TLS, which is judged by enrol.sh.
    plain = caller.calls - sum(
        "enrolment" in row[3]["tags"] for row in rows)
    say(caller.good * 100 >= plain * 75,
        "%d of them succeeded" % caller.good, "\n".join(caller.refused))


def must_flag(name, port, method, path, headers, body=None):
    text = send(port, method, path, headers, body)[2]
    say(verdict(text) != "", "flagged: " + name, text[:300])


def wrong_op(spec):
    """The batch of the contract, its op without what its kind needs."""
    batch = spec["paths"]["/v1/ops:batch"]["post"]["requestBody"]["content"][
        "application/json"]["example"]
    batch = json.loads(json.dumps(batch))
    del batch["ops"][0]["body"]["staff_no"]
    return json.dumps(batch).encode()


def controls(spec, token, port, other, platform):
    auth = {"Authorization": "Bearer " + token}
    typed = dict(auth, **{"Content-Type": "application/json"})
    must_flag("a body without what it needs", port, "post", "/v1/tickets",
              typed, b"{}")
    must_flag("an op whose body is not of its kind", port, "post",
              "/v1/ops:batch", typed, wrong_op(spec))
    must_flag("a POST without Idempotency-Key", port, "post", "/v1/bootstrap",
              typed, json.dumps({"store_uuid": UUID, "window": "03"}).encode())
    send(platform, "post", "/_chaos", typed, b'{"next":[{"html":200}]}')
    must_flag("a page of HTML with 200", port, "get", "/v1/time", auth)
    must_flag("a reply of another shape", other, "get", "/v1/time", auth)
    status = send(port, "get", "/v1/time", auth)[0]
    say(status == 200, "and not flagged what is right", status)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    ports = [int(text) for text in sys.argv[3:6]]
    # Dates of examples are texts, as in JSON.
    spec = json.loads(json.dumps(spec, default=str))
    call_all(Caller(spec, sys.argv[2], ports[0], ports[2]))
    controls(spec, sys.argv[2], *ports)
    print("1..%d" % number)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
