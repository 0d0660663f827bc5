#!/usr/bin/env python3
"""Kills the server and a worker again and again while analyses run, and then counts: is one lost, is one counted twice?

    scripts/kill_test.py [--analyses 300] [--kills 50] [--database sqlite|postgres] [--seed N] [--write docs/durability.md]

Half of the kills are SIGKILL from outside at random moments, half the processes' own at named points (after a file was
written, before and after a commit, before a reply). Every folder whose creation was acknowledged must end with its group
FINISHED, one result for each medium, no job left, no file that no row names once the orphans were swept, and its webhook
delivered, with one state for each folder. Imports of folders are killed likewise, and the writing of
the saved index of the collections at each of its points (tests/e2e/kill_gallery.py). Without --database both are tried; PostgreSQL's is that of OZMA_TEST_POSTGRES. --write makes a page of the figures.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/e2e"))
import harness

harness.use_venv()

import kill_gallery
import oz
from harness import check, equal
from oz_webhooks import Receiver

POINTS = ("after-blob", "before-commit", "after-commit", "before-reply")
CLIENTS = 4
POINT_PATIENCE = 5  # seconds in which a process that is to die by itself comes to its point
MANY = 50  # kills, of which some must be at each point
SETTLE = 150  # seconds that the last leases and retries may take
GENTLE = {"OZ_WEBHOOK_ALLOW_PRIVATE": "true", "OZ_CELERY_RETRY_MAX_COUNT": "100", "OZ_CELERY_RETRY_STEP": "0.1"}


class Rig:
    """The server and a worker process; each is started anew when it dies."""

    def __init__(self, kind, seed):
        self.random = random.Random(seed)
        self.server = oz.OzServer(oz.Database(kind), environment=GENTLE)
        self.admin = oz.World(self.server).admin
        self.url = self.server.url
        self.worker = self.server.worker(environment=GENTLE)
        self.up, self.kills, self.by_point, self.over = threading.Condition(), 0, {}, False
        self.made = 0

    def environment(self):
        """For the next process: every other one dies by itself, at each of the points in turn."""
        self.made += 1
        if self.made % 2:
            return GENTLE, None
        point = POINTS[self.made // 2 % len(POINTS)]
        return {**GENTLE, "OZMA_CRASH_AT": point, "OZMA_CRASH_RATE": "0.3"}, point

    def reap(self, who, process, point):
        """Counts a death; nothing but SIGKILL may end a process."""
        equal(process.wait(), -9, f"end of the {who}")
        self.kills += 1
        name = point or "random"
        self.by_point[name] = self.by_point.get(name, 0) + 1

    def run(self, kills):
        """Until so many have died."""
        points = {"server": None, "worker": None}
        while self.kills < kills and not self.over:
            who = self.random.choice(("server", "worker"))
            process = self.server.process if who == "server" else self.worker
            try:
                process.wait(POINT_PATIENCE if points[who] else self.random.uniform(0.05, 1.5))
            except subprocess.TimeoutExpired:  # still alive: so it is killed from outside
                process.kill()
                points[who] = None
            self.reap(who, process, points[who])
            environment, points[who] = self.environment()
            if self.kills >= kills:
                environment, points[who] = GENTLE, None
            self.start(who, environment)
        for who, process in (("server", self.server.process), ("worker", self.worker)):
            if points[who]:  # the last ones live
                process.kill()
                process.wait()
                self.start(who, GENTLE)

    def start(self, who, environment):
        if who == "worker":
            self.worker = self.server.worker(environment=environment)
            return
        while True:
            self.server.process.stdout.close()
            try:
                with self.up:
                    self.server.start(*self.server.options, environment=environment)
                    self.up.notify_all()
                return
            except SystemExit:  # its own workers may have come to the point before it was ready
                check(environment is not GENTLE, "the server does not start")
                self.reap(who, self.server.process, environment["OZMA_CRASH_AT"])

    def wait_for_another(self, address):
        """Until the server is another than the one at this address."""
        with self.up:
            self.up.wait_for(lambda: self.over or self.server.url != address, timeout=30)

    def stop(self):
        self.over = True
        oz.end(self.worker)
        self.server.stop()


class Clients:
    """Send folders until enough were acknowledged; what was acknowledged is remembered."""

    def __init__(self, rig, receiver, wanted):
        self.rig, self.receiver, self.wanted = rig, receiver, wanted
        self.lock, self.folders, self.groups, self.refusals = threading.Lock(), set(), [], []
        self.started = 0

    def run(self):
        threads = [threading.Thread(target=self._client, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _client(self, number):
        turn = number
        while not self.rig.over:
            with self.lock:
                if self.started >= self.wanted and self.rig.kills >= self.rig.wanted_kills:
                    return
            address = self.rig.server.url
            try:
                self._folder(turn)
            except (OSError, ValueError, harness.http.client.HTTPException):
                self.rig.wait_for_another(address)
            turn += 1

    def _folder(self, turn):
        client = oz.Client(self.rig.server, self.rig.admin.token)
        files = [("a", "person-a-1.jpg"), ("b", "person-a-2.jpg")]
        payload = {"resolution_endpoint": self.receiver.url}
        analyses = [oz.quality(), oz.biometry()]
        if turn % 2:
            payload["analyses"] = analyses
        answer = client.send("/api/folders/", files, payload)
        if not self._acknowledged(answer):
            return
        folder_id = answer.json["folder_id"]
        with self.lock:
            self.folders.add(folder_id)
        if not turn % 2:
            answer = client.call("POST", f"/api/folders/{folder_id}/analyses/", {"analyses": analyses})
            if not self._acknowledged(answer):
                return
        with self.lock:
            self.groups.append(folder_id)
            self.started += len(analyses)

    def _acknowledged(self, answer):
        if answer.status == 201:
            return True
        # A server that is going down, or a database that has just lost a connection, may say so.
        if answer.status < 500:
            self.refusals.append(answer.body[:200])
        return False


def settle(rig, patience):
    """Until nothing is under way."""
    until = time.monotonic() + patience
    while True:
        busy = rig.server.database.number("SELECT count(*) FROM analyses WHERE state = 'PROCESSING'"), \
            rig.server.database.number("SELECT count(*) FROM jobs")
        if busy == (0, 0):
            return
        check(time.monotonic() < until, f"{busy[0]} analyses and {busy[1]} jobs are still under way after {patience} s")
        time.sleep(0.5)


def count(rig, clients):
    database = rig.server.database
    states = dict(database.rows("SELECT folder_id, resolution_status FROM folders"))
    lost = [one for one in clients.folders if one not in states]
    equal(lost, [], "acknowledged folders that are not there")
    unfinished = [one for one in clients.groups if states[one] != "FINISHED"]
    equal(unfinished, [], "acknowledged groups that did not finish")
    equal(database.rows("SELECT analysis_id, error_message FROM analyses WHERE state <> 'FINISHED'"), [], "analyses that did not finish")
    odd = database.rows("SELECT a.analysis_id, count(r.media_association_id) FROM analyses a LEFT JOIN result_media r USING (analysis_id) "
                        "GROUP BY a.analysis_id HAVING count(r.media_association_id) <> 2")
    equal(odd, [], "analyses without exactly one result for each medium")
    odd = database.rows("SELECT folder_id, type, count(*) FROM analyses GROUP BY folder_id, type HAVING count(*) <> 1")
    equal(odd, [], "folders with an analysis twice")
    odd = database.rows("SELECT r.media_association_id, count(m.media_id) FROM result_media r JOIN analyses a USING (analysis_id) "
                        "LEFT JOIN media m USING (media_association_id) WHERE a.type = 'QUALITY' "
                        "GROUP BY r.media_association_id HAVING count(m.media_id) <> 1")
    equal(odd, [], "results without exactly one best shot")


def files_fit(rig):
    """Every row has its files, and after the sweep every file has its row."""
    rows = rig.server.database.rows("SELECT original_key, thumb_key, preview_key FROM media")
    named = {key for row in rows for key in row if key}
    on_disk = {Path(file).name for file in rig.server.blobs()}
    equal(named - on_disk, set(), "files that are missing")
    orphans = len(on_disk - named)
    long_ago = time.time() - 100_000
    for file in rig.server.blobs():
        os.utime(file, (long_ago, long_ago))
    rig.server.command("cleanup", "--older-than", "10000d")  # no folder is so old
    equal({Path(file).name for file in rig.server.blobs()}, named, "files after the sweep")
    return orphans


def webhooks_fit(rig, clients, receiver):
    told = {}
    while not receiver.calls.empty():
        _, body = receiver.calls.get()
        folder = json.loads(body)
        told.setdefault(folder["folder_id"], []).append(folder)
    hashes = dict(rig.server.database.rows("SELECT folder_id, resolution_state_hash FROM folders WHERE resolution_status = 'FINISHED'"))
    equal([one for one in clients.groups if one not in told], [], "folders that no webhook told of")
    for folder_id, calls in told.items():
        equal({call["resolution_state_hash"] for call in calls}, {hashes[folder_id]}, "states told of one folder")
        check(all(call["resolution_status"] == "FINISHED" for call in calls), "a webhook before the end")
    return sum(len(calls) for calls in told.values())


def test(kind, analyses, kills, seed):
    """Raises harness.Failed with what was found; else the figures."""
    began = time.monotonic()
    receiver, rig = Receiver(), Rig(kind, seed)
    rig.wanted_kills = kills
    try:
        clients = Clients(rig, receiver, analyses)
        threads = clients.run()
        rig.run(kills)
        for thread in threads:
            thread.join(300)
            check(not thread.is_alive(), "a client hangs")
        settle(rig, SETTLE)
        equal(clients.refusals, [], "requests refused for the client's fault")
        if kills >= MANY:
            equal(set(POINTS) - set(rig.by_point), set(), "points at which nothing died")
        count(rig, clients)
        sent = webhooks_fit(rig, clients, receiver)
        orphans = files_fit(rig)
        rig.server.unharmed()
        return {"database": kind, "kills": rig.kills, "points": rig.by_point, "analyses": clients.started, "folders": len(clients.groups),
                "webhooks": sent, "orphans": orphans, "seconds": time.monotonic() - began}
    finally:
        rig.stop()
        receiver.close()


def line(found):
    points = ", ".join(f"{name} {number}" for name, number in sorted(found["points"].items()))
    return (f"{found['database']}: {found['kills']} kills ({points}), {found['analyses']} analyses of {found['folders']} folders acknowledged, "
            f"none lost, none counted twice; {found['webhooks']} webhooks, {found['orphans']} orphaned files swept; {found['seconds']:.0f} s")


PAGE = """# Durability

Written by `./test --slow` (`scripts/kill_test.py --seed {seed}`) on {date}.

A server and a worker process share one database and one folder of files. While {clients} clients send folders of two photos and
start QUALITY and BIOMETRY on them, one of the two processes is killed with SIGKILL again and again and started anew: at random
moments from outside, and by itself at named points (after a file was written, before and after a commit, before a reply).
Then it is counted: every folder whose creation was acknowledged is there; each of its analyses finished, with exactly one
result for each medium; no job is left; its webhook arrived, always with the same state; every file that a row names is on
disk, and after the sweep of orphans no other is. Anything else fails the test.

| database | kills | of them at a point | analyses acknowledged | lost | counted twice | webhooks for folders | orphaned files swept | seconds |
|---|---|---|---|---|---|---|---|---|
{rows}

`ozma gallery import` of 40 persons is killed again and again in the same ways, and then left alone: every person is there once,
with its photos, and nothing of them is in the log of changes twice.

| database | kills | photos | enrolled twice | orphaned files swept | seconds |
|---|---|---|---|---|---|
{imports}
The process that writes the saved index of the collections dies while it writes, before and after the new file takes the old
one's place: whoever starts next finds everybody. An index whose bytes were changed on disk is noticed when they are read,
and made anew from the database.

A webhook may come more than once after a kill (it is delivered *at least* once); its `webhook-id` stays the same then.
"""


def write(path, seed, all_found, all_imports):
    rows = imports = ""
    for found in all_found:
        points = ", ".join(f"{name} {number}" for name, number in sorted(found["points"].items()) if name in POINTS)
        rows += (f"| {found['database']} | {found['kills']} | {points} | {found['analyses']} | 0 | 0 | "
                 f"{found['webhooks']} for {found['folders']} | {found['orphans']} | {found['seconds']:.0f} |\n")
    for found in all_imports:
        imports += f"| {found['database']} | {found['kills']} | {found['photos']} | 0 | {found['orphans']} | {found['seconds']:.0f} |\n"
    Path(path).write_text(PAGE.format(seed=seed, date=time.strftime("%Y-%m-%d"), clients=CLIENTS, rows=rows, imports=imports))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--analyses", type=int, default=300)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--database", choices=oz.KINDS)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--write")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    suite, kinds = harness.Suite(), [arguments.database] if arguments.database else oz.KINDS
    all_found, all_imports = [], []

    def one(kind):
        all_found.append(test(kind, arguments.analyses, arguments.kills, arguments.seed))
        print(line(all_found[-1]), flush=True)

    def imports(kind):
        found = kill_gallery.imports(kind, max(4, arguments.kills // 2), arguments.seed)
        all_imports.append(found)
        print(f"{kind}: {found['kills']} kills of imports of {found['photos']} photos, none lost, none twice; {found['orphans']} orphaned files "
              f"swept; {found['seconds']:.0f} s", flush=True)

    for kind in kinds:
        suite.one(f"kill.{kind}.import", lambda: imports(kind))
        suite.one(f"kill.{kind}.snapshot", lambda: kill_gallery.snapshots(kind))
        suite.one(f"kill.{kind}", lambda: one(kind))
    if arguments.write and len(all_found) == len(all_imports) == len(kinds):
        write(arguments.write, arguments.seed, all_found, all_imports)
    suite.finish()


if __name__ == "__main__":
    main()
