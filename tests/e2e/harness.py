"""A real server, a client that speaks HTTP to it, and the contract every answer is held to."""
import contextlib
import http.client
import io
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
VENV = ROOT / ".deps/venv"


def use_venv():
    """Goes on under the interpreter that scripts/setup made, which has the packages of scripts/pins."""
    if Path(sys.prefix) != VENV:
        python = VENV / "bin/python"
        if not python.exists():
            sys.exit("run scripts/setup test first: .deps/venv is missing")
        os.execv(python, [str(python), *sys.argv])


class Failed(Exception):
    """What a test found."""


def check(condition, message):
    if not condition:
        raise Failed(message)


def equal(actual, expected, what="value"):
    check(actual == expected, f"{what}: {actual!r}, expected {expected!r}")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def type(self):
        return (self.headers.get("content-type") or "").split(";")[0].strip().lower()

    @property
    def json(self):
        return json.loads(self.body)

    def parts(self):
        """The parts of a multipart/form-data answer, by name: (headers, bytes)."""
        boundary = re.search(r'boundary="?([^";]+)', self.headers["content-type"]).group(1).encode()
        found = {}
        pieces = (b"\r\n" + self.body).split(b"\r\n--" + boundary)
        equal(pieces[-1].strip(), b"--", "end of the multipart answer")
        for piece in pieces[1:-1]:
            head, data = piece[2:].split(b"\r\n\r\n", 1)
            headers = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n"))
            headers = {name.lower(): value for name, value in headers.items()}
            name = re.search(r'\bname="([^"]*)"', headers["content-disposition"]).group(1)
            found[name] = (headers, data)
        return found


def values_of(answer):
    """The parts of a multipart/form-data answer as a schema sees them: JSON as what it says, bytes as a string."""
    return {name: json.loads(data) if headers["content-type"] == "application/json" else data.decode("latin-1")
            for name, (headers, data) in answer.parts().items()}


class Contract:
    """An OpenAPI file, against which answers are validated."""

    def __init__(self, path):
        import yaml

        self.document = yaml.safe_load(path.read_text())
        self.validators = {}
        self.patterns = None
        self.seen = set()

    def _validator(self, *pointer):
        import jsonschema_rs

        if pointer not in self.validators:
            # A pointer in a URI fragment (RFC 6901, section 6): the braces of path templates must be encoded.
            ref = "#/" + "/".join(urllib.parse.quote(step.replace("~", "~0").replace("/", "~1"), safe="~") for step in pointer)
            self.validators[pointer] = jsonschema_rs.Draft202012Validator({**self.document, "$ref": ref})
        return self.validators[pointer]

    def _resolve(self, *pointer):
        node = self.document
        for step in pointer:
            node = node[step]
        while "$ref" in node:
            pointer = tuple(node["$ref"][2:].split("/"))
            node = self.document
            for step in pointer:
                node = node[step.replace("~1", "/").replace("~0", "~")]
        return node, pointer

    def path_of(self, path):
        """The path as the file writes it, templates and trailing slashes included; None where it has none."""
        if self.patterns is None:
            self.patterns = {key: re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(key.rstrip("/") or "/"))) for key in self.document["paths"]}
        path = path.split("?")[0].rstrip("/") or "/"
        found = [key for key, pattern in self.patterns.items() if pattern.fullmatch(path)]
        return min(found, key=lambda key: key.count("{"), default=None)

    def operations(self):
        """(path, method, operation) of every call."""
        return [(path, method, operation) for path, item in self.document["paths"].items() for method, operation in item.items()
                if method != "parameters"]

    def hold(self, method, path, answer):
        """Raises where the answer is none that the file describes for this call."""
        path, asked = self.path_of(path), path
        check(path is not None, f"{asked} is not in the API description")
        check("x-request-id" in answer.headers, "header X-Request-Id is missing")
        # HEAD answers as GET; a method that a path lacks answers as the path's own operation refuses.
        operations = {name: one for name, one in self.document["paths"][path].items() if name != "parameters"}
        operation = method.lower() if method.lower() in operations else next(iter(operations))
        statuses = operations[operation]["responses"]
        status = str(answer.status)
        if operation != method.lower() and status not in statuses:
            return self._hold_wrong_method(path, answer)
        check(status in statuses, f"status {status} of {method} {path} is not described: {answer.body[:200]!r}")
        response, pointer = self._resolve("paths", path, operation, "responses", status)
        self.seen.add((path, operation, status))
        for name, header in response.get("headers", {}).items():
            required = self._header(header).get("required", False)
            check(not required or name.lower() in answer.headers, f"header {name} is missing")
        if method == "HEAD":
            return None
        if "content" not in response:
            return equal(answer.body, b"", f"body of {method} {path}")
        kind = answer.type if answer.type in response["content"] else "*/*"
        check(kind in response["content"], f"Content-Type {answer.type} of {path} is not described")
        schema = (*pointer, "content", kind, "schema")
        if kind == "application/json":
            return self._validate(answer.json, *schema)
        if kind == "multipart/form-data":
            return self._validate(values_of(answer), *schema)
        return None

    def _hold_wrong_method(self, path, answer):
        check("allow" in answer.headers, f"header Allow is missing: {path} answered {answer.status} {answer.body[:200]!r}")
        if "Error" in self.document["components"]["schemas"]:
            equal(answer.status, 405, "status of a wrong method")
            return self._validate(answer.json, "components", "schemas", "Error")
        equal(answer.status, 400, "status of a wrong method")
        return self._validate(answer.json, "components", "schemas", "LivenessError" if "liveness" in path else "PatternError")

    def all_seen(self, statuses=("200", "400")):
        """Raises where a call never gave one of these answers that it is described with."""
        for path, method, operation in self.operations():
            for status in statuses:
                described = status in operation["responses"]
                check(not described or (path, method, status) in self.seen, f"{method} {path} never answered {status}")

    def _header(self, header):
        while "$ref" in header:
            header = self._resolve(*header["$ref"][2:].split("/"))[0]
        return header

    def _validate(self, value, *pointer):
        errors = [f"{'/'.join(map(str, e.instance_path))}: {e.message[:300]}" for e in self._validator(*pointer).iter_errors(value)]
        check(not errors, "the answer does not fit the API description: " + "; ".join(errors[:5]))


def form(parts):
    """A multipart/form-data body of (name, data[, filename[, type[, more headers]]]): (content type, bytes)."""
    boundary = "e2e-" + uuid.uuid4().hex
    body = b""
    for name, data, *rest in parts:
        filename, kind, more = [*rest, None, None, None][:3]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if filename is not None:
            head += f'; filename="{filename}"'
        if kind is not None:
            head += f"\r\nContent-Type: {kind}"
        for header, value in (more or {}).items():
            head += f"\r\n{header}: {value}"
        body += head.encode() + b"\r\n\r\n" + (data.encode() if isinstance(data, str) else data) + b"\r\n"
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


def program():
    return str(os.environ.get("OZMA_PROGRAM") or ROOT / "build/release/bin/ozma")


class Server:
    """`ozma serve` on a free port, over an empty data folder."""

    COMPONENTS, PROBE = "lite", "/version"

    def __init__(self, *options, contract=None, environment=None):
        self.data = tempfile.TemporaryDirectory(prefix="ozma-e2e-")
        self.contract = contract
        self.log = tempfile.TemporaryFile()
        self.start(*options, environment=environment)

    def start(self, *options, environment=None):
        command = [program(), "serve", "--components", self.COMPONENTS, "--listen", "127.0.0.1:0", "--data", self.data.name, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, cwd=ROOT,
                                        env={**os.environ, **(environment or {})})
        self.address = self._read_address()
        self.host, self.port = self.address.hostname, self.address.port
        self.url = self.address.geturl()

    def _read_address(self, patience=60):
        end = time.monotonic() + patience
        text = b""
        while time.monotonic() < end:
            ready, _, _ = select.select([self.process.stdout], [], [], end - time.monotonic())
            piece = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            text += piece
            if found := re.search(rb"https?://[^ \r\n]+", text):
                if text.endswith(b"\n"):
                    return urllib.parse.urlsplit(found.group().decode())
            if ready and not piece:
                break
        self.log.seek(0)
        sys.exit(f"the server did not start: {text.decode()}\n{self.log.read().decode()}")

    @property
    def pid(self):
        return self.process.pid

    def children(self):
        """Process ids of the decoders."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                stat = (entry / "stat").read_text()
                name, rest = stat[stat.index("(") + 1:stat.rindex(")")], stat[stat.rindex(")") + 2:].split()
                if int(rest[1]) == self.pid and "decoder" in name and rest[0] != "Z":
                    found.append(int(entry.name))
        return sorted(found)

    def connect(self, timeout=60):
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout)

    def call(self, method, path, body=None, headers=None, connection=None, hold=True):
        """One request; its answer is held to the contract."""
        own = connection is None
        connection = connection or self.connect()
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            if own:
                connection.close()
        if hold and self.contract:
            self.contract.hold(method, path, answer)
        return answer

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body, kind=None, headers=None, **more):
        headers = dict(headers or {})
        if kind is not None:
            headers["Content-Type"] = kind
        return self.call("POST", path, body, headers, **more)

    def post_form(self, path, parts, headers=None, **more):
        kind, body = form(parts)
        return self.post(path, body, kind, headers, **more)

    def raw(self, timeout=60):
        return socket.create_connection((self.host, self.port), timeout=timeout)

    def unharmed(self):
        check(self.process.poll() is None, f"the server ended with {self.process.returncode}")
        equal(self.get(self.PROBE).status, 200, f"status of {self.PROBE}")

    def stop(self):
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.log.close()
            self.data.cleanup()


class Suite:
    """Tests in the order of their definition; each is a function of the server."""

    def __init__(self):
        self.tests = []
        self.passed = self.failed = 0

    def add(self, *modules):
        for module in modules:
            for name, value in vars(module).items():
                if name.startswith("test_") and callable(value):
                    self.tests.append((module.__name__, value))

    def run(self, server, wanted=(), prefix=""):
        for module, test in self.tests:
            name = f"{prefix}{module}.{test.__name__[5:]}"
            if wanted and not any(word in name for word in wanted):
                continue
            self.one(name, lambda test=test: (test(server), server.unharmed()))

    def one(self, name, body):
        began = time.monotonic()
        try:
            body()
        except Exception as error:  # a test may fail in any way; the others still run
            self.failed += 1
            print(f"FAIL {name}: {type(error).__name__ if not isinstance(error, Failed) else ''} {error}", flush=True)
        else:
            self.passed += 1
            print(f"ok   {name} ({time.monotonic() - began:.2f} s)", flush=True)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


def sample(name):
    path = SAMPLES / name
    check(path.exists(), f"samples/{name} is missing; run scripts/setup")
    return path.read_bytes()


def zip_of(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in entries:
            archive.writestr(info, data)
    return out.getvalue()


def blank_png(width, height, rows=None):
    """A black RGB picture (PNG specification, 5 and 11.2); with fewer rows than it says where `rows` is given."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = height if rows is None else rows
    pixels = zlib.compress(bytes((1 + 3 * width) * rows), 1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
