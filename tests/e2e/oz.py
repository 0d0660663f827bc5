"""A persistent server on either database, and the people who call it."""
import contextlib
import csv
import io
import json
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

import harness
from harness import Contract, ROOT, Server, check, equal, program, sample

KINDS = ("sqlite", "postgres")
PASSWORD = "correct horse 7"
TOKEN = "X-Forensic-Access-Token"
NOBODY = "11111111-1111-4111-8111-111111111111"
ADMIN = "root@ozma.example"


class Database:
    """An empty database of its own: SQLite's is made in the data folder, PostgreSQL's on the server of OZMA_TEST_POSTGRES."""

    def __init__(self, kind):
        self.kind, self.name = kind, f"ozma_e2e_{secrets.token_hex(6)}"
        self.folder = None
        if kind == "postgres":
            self.host = os.environ.get("OZMA_TEST_POSTGRES") or sys.exit("OZMA_TEST_POSTGRES is not set; ./test sets it")
            self._psql(self.host, f'CREATE DATABASE "{self.name}"')

    @property
    def uri(self):
        """The connection string of this very database."""
        if "://" in self.host:
            return urllib.parse.urlsplit(self.host)._replace(path="/" + self.name).geturl()
        return re.sub(r"\bdbname=\S+", "", self.host) + f" dbname={self.name}"

    @property
    def options(self):
        return ("--database", self.uri) if self.kind == "postgres" else ()

    def _psql(self, where, sql):
        command = ["psql", "--no-psqlrc", "--quiet", "--csv", "--tuples-only", "--set", "ON_ERROR_STOP=1", "--dbname", where, "--command", sql]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        check(done.returncode == 0, f"psql: {done.stderr.strip()}")
        return [tuple(row) for row in csv.reader(io.StringIO(done.stdout))]

    def sqlite_file(self):
        found = [file for file in Path(self.folder).rglob("*") if file.is_file() and file.stat().st_size > 100
                 and file.open("rb").read(15) == b"SQLite format 3"]
        equal(len(found), 1, "SQLite files in the data folder")
        return found[0]

    def rows(self, sql):
        """What a query answers, each value as text."""
        if self.kind == "postgres":
            return self._psql(self.uri, sql)
        with contextlib.closing(sqlite3.connect(self.sqlite_file(), timeout=20)) as connection:
            return [tuple("" if value is None else str(value) for value in row) for row in connection.execute(sql)]

    def number(self, sql):
        return int(self.rows(sql)[0][0])

    def tables(self):
        if self.kind == "postgres":
            return sorted(name for name, in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return sorted(name for name, in self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))

    def dump(self):
        """Every row of every table, to compare."""
        return {table: sorted(self.rows(f'SELECT * FROM "{table}"')) for table in self.tables()}

    def drop(self):
        if self.kind == "postgres":
            self._psql(self.host, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


class OzServer(Server):
    """`ozma serve --components api` with an ADMIN."""

    COMPONENTS, PROBE = "api", "/api/version"

    def __init__(self, database, *options, contract=None, environment=None):
        self.data = tempfile.TemporaryDirectory(prefix="ozma-e2e-")
        self.database, self.contract = database, contract
        database.folder = self.data.name
        self.log = tempfile.TemporaryFile()
        self.options, self.environment = ("--quiet", *database.options, *options), environment
        self.command("create-admin", "--email", ADMIN, "--password", PASSWORD)
        self.start(*self.options, environment=environment)

    def command(self, *words):
        """Another subcommand on the same data; its standard output."""
        command = [program(), *words, "--data", self.data.name, *self.database.options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT)
        check(done.returncode == 0, f"ozma {words[0]} ended with {done.returncode}: {done.stdout} {done.stderr}")
        return done.stdout

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def restart(self, *more, environment=None):
        self.start(*self.options, *more, environment=environment or self.environment)

    def stop(self):
        try:
            return super().stop()
        finally:
            self.database.drop()

    def worker(self, *options, environment=None):
        command = [program(), "worker", "--quiet", "--data", self.data.name, *self.database.options, *options]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self.log, cwd=ROOT, env={**os.environ, **(environment or {})})

    def blobs(self):
        """Files of the folder of blobs."""
        return sorted(str(file) for file in (Path(self.data.name) / "blobs").rglob("*") if file.is_file())

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


def end(process):
    """SIGTERM to a process of ours; it must end well."""
    process.send_signal(signal.SIGTERM)
    equal(process.wait(60), 0, "exit status")


class Client:
    """Somebody who calls, with a token or without."""

    def __init__(self, server, token=None, user=None, tokens=None):
        self.server, self.token, self.user, self.tokens = server, token, user, tokens

    @property
    def id(self):
        return self.user["user_id"]

    @property
    def company(self):
        return self.user["company_id"]

    def call(self, method, path, body=None, headers=None, **more):
        headers = dict(headers or {})
        if self.token is not None:
            headers.setdefault(TOKEN, self.token)
        if body is not None and not isinstance(body, (bytes, str)):
            body, headers["Content-Type"] = json.dumps(body), headers.get("Content-Type", "application/json")
        return self.server.call(method, path, body, headers, **more)

    def get(self, path, status=200, **query):
        """The JSON of an answer that has this status; query values are encoded."""
        return self._json("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""), None, status)

    def post(self, path, body=None, status=201):
        return self._json("POST", path, body, status)

    def patch(self, path, body, status=200):
        return self._json("PATCH", path, body, status)

    def delete(self, path, status=204):
        return self._json("DELETE", path, None, status)

    def _json(self, method, path, body, status):
        answer = self.call(method, path, body)
        check(answer.status == status, f"{method} {path}: {answer.status}, expected {status}: {answer.body[:300]!r}")
        return answer.json if answer.body and answer.type == "application/json" else None

    def send(self, path, files=(), payload=None):
        """A multipart POST; files are (key, sample's name) or (key, filename, bytes)."""
        parts = [] if payload is None else [("payload", payload if isinstance(payload, (str, bytes)) else json.dumps(payload))]
        for key, name, *data in files:
            parts.append((key, data[0] if data else sample(name), name))
        kind, body = harness.form(parts)
        return self.call("POST", path, body, {"Content-Type": kind})

    def folder(self, files=(), payload=None, status=201):
        answer = self.send("/api/folders/", files, payload)
        check(answer.status == status, f"{answer.status}, expected {status}: {answer.body[:300]!r}")
        return answer.json

    def add(self, folder_id, files, payload=None, status=201):
        answer = self.send(f"/api/folders/{folder_id}/media/", files, payload)
        check(answer.status == status, f"{answer.status}, expected {status}: {answer.body[:300]!r}")
        return answer.json

    def analyse(self, folder_id, *analyses):
        """Starts a group and waits for its end; the analyses in order."""
        group = self.post(f"/api/folders/{folder_id}/analyses/", {"analyses": list(analyses)})
        return [self.ended(one["analysis_id"]) for one in group]

    def ended(self, analysis_id, patience=60):
        """The analysis once it has ended, asked for as clients do."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            analysis = self.get(f"/api/analyses/{analysis_id}")
            if analysis["state"] != "PROCESSING":
                return analysis
            time.sleep(0.05)
        raise harness.Failed(f"the analysis has not ended within {patience} s")


def refused(answer, status, code):
    equal((answer.status, answer.json.get("error_code")), (status, code), f"status and code of {answer.body[:300]!r}")
    check(len(answer.json["error_message"]) > 5, "a message")
    return answer.json["error_message"]


def quality(**more):
    return {"type": "quality", **more}


def biometry(**more):
    return {"type": "biometry", **more}


def tags(**by_key):
    return {"media:tags": by_key}


class World:
    """A server, an ADMIN, and companies with users, made as tests ask for them."""

    def __init__(self, server):
        self.server = server
        self.nobody = Client(server)
        self.people, self.companies = {}, {}
        self.admin = self.log_in(ADMIN)

    @property
    def database(self):
        return self.server.database

    def unharmed(self):
        self.server.unharmed()

    def log_in(self, email, password=PASSWORD):
        answer = self.nobody.post("/api/authorize/auth", {"credentials": {"email": email, "password": password}}, 200)
        return Client(self.server, answer["access_token"], answer["user"], answer)

    def company(self, name="a"):
        if name not in self.companies:
            self.companies[name] = self.admin.post("/api/companies/", {"name": f"Company {name}"})["company_id"]
        return self.companies[name]

    def new_user(self, role="CLIENT", company="a", **more):
        """A user that no other test knows, not logged in."""
        body = {"email": f"{secrets.token_hex(6)}@ozma.example", "password": PASSWORD, "first_name": "Ann", "last_name": "Other",
                "user_type": role, **more}
        if role not in ("ADMIN", "OPERATOR"):
            body.setdefault("company_id", self.company(company))
        return self.admin.post("/api/users/", body)

    def user(self, role="CLIENT", company="a", name=""):
        """A logged-in user, the same for the same words."""
        key = (role, company, name)
        if key not in self.people:
            self.people[key] = self.log_in(self.new_user(role, company)["email"])
        return self.people[key]


def words():
    """The words that select tests."""
    return [word for word in sys.argv[1:] if not word.startswith("--")]


def kinds():
    """The databases asked for by --sqlite or --postgres; else both."""
    return [kind for kind in KINDS if f"--{kind}" in sys.argv] or list(KINDS)


def run(suite, kind, *options, last=(), environment=None):
    """Every test of the suite on a server over a new database of that kind; then `last`, functions of the world."""
    server = OzServer(Database(kind), *options, contract=Contract(ROOT / "api/oz.yaml"), environment=environment)
    before = suite.failed
    try:
        world = World(server)
        suite.run(world, words(), prefix=kind + ".")
        for test in last if not words() else ():
            suite.one(f"{kind}.{test.__name__}", lambda test=test: test(world))
        if suite.failed > before:
            print(server.log_text()[-4000:], flush=True)
        suite.one(f"{kind}.ends_well", lambda: equal(server.stop(), 0, "exit status"))
    finally:
        server.stop()


def with_world(kind, work, *options, environment=None):
    """Runs `work(world)` on a server over a new database of that kind."""
    server = OzServer(Database(kind), *options, contract=Contract(ROOT / "api/oz.yaml"), environment=environment)
    try:
        world = World(server)
        work(world)
        server.unharmed()
    finally:
        server.stop()
