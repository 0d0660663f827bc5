"""Fills a database with analysed folders: copies of one that the server itself made, each with ids and metadata of its own."""

import contextlib
import hashlib
import random
import re
import sqlite3
import subprocess
import uuid

# In the order of their foreign keys, and how each finds the rows of the folder that is copied.
TABLES = {
    "folders": "folder_id = '{folder}'", "folder_metadata": "folder_id = '{folder}'", "folder_search": "folder_id = '{folder}'",
    "media": "folder_id = '{folder}'", "analyses": "folder_id = '{folder}'",
    "result_media": "analysis_id IN (SELECT analysis_id FROM analyses WHERE folder_id = '{folder}')",
}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
KEY = re.compile(r"\b[0-9a-f]{48}\b")  # of a file
BATCH = 2000


class Sqlite:
    kind = "SQLite"

    def __init__(self, data):
        self.file = data / "ozma.sqlite"
        self.options = ()

    @contextlib.contextmanager
    def _open(self):
        with contextlib.closing(sqlite3.connect(self.file, timeout=60)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield connection

    def columns(self, table):
        with self._open() as connection:
            return [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "seq"]

    def rows(self, table, columns, where):
        with self._open() as connection:
            order = "" if table in ("folders", "folder_metadata", "folder_search") else " ORDER BY seq"
            return [tuple(row) for row in connection.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE {where}{order}")]

    def insert(self, batches):
        with self._open() as connection:
            for table, columns, rows in batches:
                connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)
            connection.commit()

    def settle(self):
        with self._open() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def size(self):
        return sum(file.stat().st_size for file in self.file.parent.glob(self.file.name + "*"))


class Postgres:
    """A database of its own on the server at that connection string."""

    kind = "PostgreSQL"

    def __init__(self, server):
        self.name = "ozma_bench_" + uuid.uuid4().hex[:8]
        self.server = server
        self._psql(server, f'CREATE DATABASE "{self.name}"')
        self.uri = re.sub(r"\bdbname=\S+", "", server) + f" dbname={self.name}"
        self.options = ("--database", self.uri)

    def _psql(self, where, sql, given=None):
        done = subprocess.run(["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1", "--dbname", where,
                               "--command", sql], input=given, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    def columns(self, table):
        return self._psql(self.uri, f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' AND column_name <> 'seq' "
                                    "ORDER BY ordinal_position").split()

    # In COPY's own text format, so that NULL stays NULL.
    def rows(self, table, columns, where):
        order = "" if table in ("folders", "folder_metadata", "folder_search") else " ORDER BY seq"
        text = self._psql(self.uri, f"COPY (SELECT {', '.join(columns)} FROM {table} WHERE {where}{order}) TO STDOUT")
        return [tuple(line.split("\t")) for line in text.splitlines()]

    def insert(self, batches):
        for table, columns, rows in batches:
            self._psql(self.uri, f"COPY {table} ({', '.join(columns)}) FROM STDIN", "".join("\t".join(row) + "\n" for row in rows))

    def settle(self):
        self._psql(self.uri, "VACUUM ANALYZE")

    def size(self):
        return int(self._psql(self.uri, f"SELECT pg_database_size('{self.name}')"))

    def drop(self):
        self._psql(self.server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


def digest(key, value):
    """As the table folder_metadata has it."""
    return hashlib.sha256(f"{key}\0{value}".encode()).hexdigest()[:32]


def fill(database, folder_id, order, count):
    """`count` copies of the folder, whose metadata's `order` is that word: the n-th has order "n"; they are a second apart."""
    columns = {table: database.columns(table) for table in TABLES}
    rows = {table: database.rows(table, columns[table], where.format(folder=folder_id)) for table, where in TABLES.items()}
    fixed = owners(columns, rows)
    text = str(rows)
    ids = sorted(set(UUID.findall(text)) - fixed)
    keys = sorted(set(KEY.findall(text)))
    times = [i for i, name in enumerate(columns["folders"]) if name == "time_created"]
    began = float(rows["folders"][0][times[0]])
    chance = random.Random(1)
    for first in range(0, count, BATCH):
        made = {table: [] for table in TABLES}
        for number in range(first, min(first + BATCH, count)):
            changes = {one: str(uuid.UUID(int=chance.getrandbits(128), version=4)) for one in ids}
            changes |= {one: f"{chance.getrandbits(192):048x}" for one in keys}
            changes |= {order: str(number), digest("order", order): digest("order", number)}
            pattern = re.compile("|".join(map(re.escape, changes)))
            for table in TABLES:
                for row in rows[table]:
                    made[table].append(tuple(copy(value, name, pattern, changes, began - count + number)
                                             for name, value in zip(columns[table], row)))
        database.insert([(table, columns[table], made[table]) for table in TABLES])
    database.settle()


def owners(columns, rows):
    """The user and the company stay the same."""
    folder = dict(zip(columns["folders"], rows["folders"][0]))
    return {folder["user_id"], folder["company_id"]}


def copy(value, name, pattern, changes, time):
    if name in ("time_created", "time_updated", "folder_time_created"):
        return f"{time:.6f}" if isinstance(value, str) else time
    return pattern.sub(lambda found: changes[found.group()], value) if isinstance(value, str) else value
