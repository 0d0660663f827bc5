"""The persistent API under measurement: single requests, lists of many folders, size of the database."""

import json
import statistics
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

from load import load, stock
from load.server import Server, ask, clean_environment, say

EMAIL, PASSWORD = "bench@ozma.example", "only for measuring 1"
TOKEN = "X-Forensic-Access-Token"
ORDER = "zzorderzz"  # of the folder that is copied; a word that nothing else has
ROOT = Path(__file__).resolve().parents[2]
LISTED = 10_000
PAGES = {  # what a page of a hundred is asked for
    "newest": {}, "last": {"offset": LISTED - 100}, "not counted": {"total_omit": "true"}, "without media": {"with_media": "false"},
    "with analyses": {"with_analyses": "true"}, "meta_data, one folder": {"meta_data": "order==4321"},
    "meta_data, a fiftieth": {"meta_data": "shop.city==Bern"}, "meta_data, all but one": {"meta_data": "order!=4321"},
    "resolution_status": {"resolution_status": "FINISHED"}, "analyse.type and state": {"analyse.type": "QUALITY", "analyse.state": "FINISHED"},
    "score of a medium": {"with_results_media_filter": "true", "results_media_results_data.confidence_spoofing.min": "0"},
    "time_created": {"time_created.min": "NOW-5000", "time_created.max": "NOW-4000"}, "search_text": {"search_text": "4321"},
    "sorted by status": {"sorting": "resolution_status{asc},time_created{desc}"},
}


def command(program, data, database, *words):
    done = subprocess.run([str(program), *words, "--data", str(data), *database.options], capture_output=True, text=True, timeout=60,
                          env=clean_environment())
    if done.returncode != 0:
        raise RuntimeError(f"ozma {words[0]} ended with {done.returncode}: {done.stderr}")


def log_in(server):
    body = json.dumps({"credentials": {"email": EMAIL, "password": PASSWORD}}).encode()
    return json.loads(load.checked(server, load.request("/api/authorize/auth", body, "application/json")))["access_token"]


def with_token(request, token):
    return {**request, "headers": {TOKEN: token}}


def folder_request(token, picture, payload, expect=201):
    parts = [("payload", "payload.json", "application/json", json.dumps(payload).encode()), ("photo", "photo.jpg", "image/jpeg", picture)]
    return with_token(load.request("/api/folders/", load.multipart(parts), f"multipart/form-data; boundary={load.BOUNDARY}", expect), token)


def measure_single(program, picture, seconds, rounds=3):
    """Liveness of one photo, stored and not, in turns on one server, so that a drift of the machine shows in neither."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = stock.Sqlite(folder / "data")
        command(program, folder / "data", database, "create-admin", "--email", EMAIL, "--password", PASSWORD)
        with Server(program, folder / "data", components="lite,api") as server:
            photo, token = picture.read_bytes(), log_in(server)
            parts = [("payload", "payload.json", "application/json", b'{"analyses": [{"type": "quality"}]}'), ("photo", "photo.jpg", "image/jpeg", photo)]
            form = f"multipart/form-data; boundary={load.BOUNDARY}"
            jobs = {"lite": load.request("/v1/face/liveness/detect", load.multipart(parts), form),
                    "instant": with_token(load.request("/api/instant/folders/", load.multipart(parts), form), token),
                    "single": folder_request(token, photo, {"analyses": [{"type": "quality"}]})}
            rows = []
            for connections in (1, 8):
                turns = {job: [] for job in jobs}
                for _ in range(rounds):
                    for job, what in jobs.items():
                        turns[job].append(load.wrk(server, what, connections, seconds, folder))
                for job, runs in turns.items():
                    rows.append({"job": job, "connections": connections, "errors": sum(run["errors"] for run in runs),
                                 "overloaded": sum(run["overloaded"] for run in runs),
                                 **{key: statistics.median(run[key] for run in runs) for key in ("per_second", "p50_ms", "p99_ms")}})
                    say(f"single: {job}, {connections} connections: {rows[-1]['per_second']:.1f}/s, p50 {rows[-1]['p50_ms']:.1f} ms")
            sustained = load.wrk(server, jobs["single"], 4, 6 * seconds, folder)
            say(f"single: sustained {sustained['per_second']:.1f}/s")
            return {"rows": rows, "rounds": rounds, "seconds": seconds, "sustained": sustained, "sustained_seconds": 6 * seconds}


def prepare(program, data, database, picture):
    """A server's database with one analysed folder in it: (its id, when it was made)."""
    command(program, data, database, "create-admin", "--email", EMAIL, "--password", PASSWORD)
    with Server(program, data, *database.options, components="api") as server:
        payload = {"folder:meta_data": {"order": ORDER, "shop": {"city": "Basel"}}, "media:tags": {"photo": ["photo_selfie"]},
                   "analyses": [{"type": "quality"}]}
        made = json.loads(load.checked(server, folder_request(log_in(server), picture.read_bytes(), payload)))
        return made["folder_id"], made["time_created"]


def pages(server, token, now, rounds):
    """Milliseconds of each page, all kinds in turn."""
    connection, times = server.connect(), {name: [] for name in ["version", *PAGES]}
    requests = {"version": load.request("/api/version")}
    for name, query in PAGES.items():
        query = {key: f"{now - int(value[4:]):.0f}" if str(value).startswith("NOW-") else value for key, value in query.items()}
        requests[name] = with_token(load.request("/api/folders/?" + urllib.parse.urlencode({"limit": 100, **query})), token)
    items = {}
    for turn in range(rounds + 3):
        for name, request in requests.items():
            began = time.perf_counter()
            status, body = ask(connection, request)
            took = 1000 * (time.perf_counter() - began)
            if status != 200:
                raise RuntimeError(f"{name} answered {status}: {body[:300]!r}")
            if turn == 0:
                items[name] = len(json.loads(body).get("items", []))
            if turn >= 3:
                times[name].append(took)
    connection.close()
    return [{"page": name, "items": items[name], "median_ms": statistics.median(found), "p95_ms": sorted(found)[int(0.95 * len(found))]}
            for name, found in times.items()]


def on_each(work):
    """`work(database, folder)` for SQLite, and for a PostgreSQL of our own; by name."""
    found = {}
    with tempfile.TemporaryDirectory() as name:
        found["SQLite"] = work(stock.Sqlite(Path(name) / "data"), Path(name) / "data")
    # Its socket's path must be short, and its user can reach /tmp.
    with tempfile.TemporaryDirectory(prefix="ozma-pg-", dir="/tmp") as home, tempfile.TemporaryDirectory() as name:
        Path(home).chmod(0o755)
        script = str(ROOT / "scripts/postgres")
        server = subprocess.run([script, "start", home + "/pg"], stdout=subprocess.PIPE, text=True, check=True, timeout=120).stdout.strip()
        try:
            found["PostgreSQL"] = work(stock.Postgres(server), Path(name) / "data")
        finally:
            subprocess.run([script, "stop", home + "/pg"], check=True, timeout=120)
    return found


def measure_list(program, picture, rounds):
    def work(database, data):
        folder_id, now = prepare(program, data, database, picture)
        stock.fill(database, folder_id, ORDER, LISTED)
        with Server(program, data, *database.options, components="api") as server:
            token = log_in(server)
            patch_some(server, token)
            rows = pages(server, token, now, rounds)
        for row in rows:
            say(f"list: {database.kind}, {row['page']}: {row['median_ms']:.2f} ms")
        return rows
    return {"folders": LISTED, "rounds": rounds, "databases": on_each(work)}


def patch_some(server, token):
    """Every fiftieth of the newest 1,000 is of another city, so that a filter has something to find."""
    connection = server.connect()
    listed = json.loads(ask(connection, with_token(load.request("/api/folders/?limit=1000&with_media=false"), token))[1])["items"]
    for folder in listed[::50]:
        request = {"method": "PATCH", "path": f"/api/folders/{folder['folder_id']}/meta_data/", "body": b'{"shop": {"city": "Bern"}}',
                   "type": "application/json"}
        status, body = ask(connection, with_token(request, token))
        if status != 200:
            raise RuntimeError(f"{status}: {body[:300]!r}")
    connection.close()


def measure_size(program, picture, count):
    def work(database, data):
        folder_id, _ = prepare(program, data, database, picture)
        database.settle()
        empty = database.size()
        stock.fill(database, folder_id, ORDER, count)
        size = database.size()
        say(f"size: {database.kind}: {size / 1e6:.0f} MB for {count} folders")
        return {"empty": empty, "full": size}
    return {"folders": count, "databases": on_each(work)}
