"""A real `ozma serve` under measurement: start, memory of all its processes, requests, stop."""

import http.client
import os
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_LIMIT = 120  # seconds until the server must have said that it listens


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def clean_environment():
    """The environment without settings that would change what is measured."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OZMA_")}


def read_line(process, limit):
    """The first line of a process's standard output, within `limit` seconds."""
    deadline, line = time.monotonic() + limit, b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            raise RuntimeError(f"the server said nothing for {limit} s")
        byte = os.read(process.stdout.fileno(), 1)
        if not byte:
            raise RuntimeError("the server ended before it listened")
        line += byte
    return line.decode()


class Server:
    """Serves on a free port until the `with` block ends; `listening` is the time from start to its first line."""

    def __init__(self, program, data, *options, components="lite"):
        self.command = [str(program), "serve", "--components", components, "--listen", "127.0.0.1:0", "--data", str(data), "--quiet", *options]
        self.process = None

    def __enter__(self):
        self.errors = tempfile.TemporaryFile()
        self.began = time.monotonic()
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.errors, env=clean_environment())
        try:
            self.line = read_line(self.process, START_LIMIT).strip()
            self.listening = time.monotonic() - self.began
            self.address = self.line.split("http://", 1)[1].split()[0].rstrip("/")
            host, _, port = self.address.rpartition(":")
            self.host, self.port = host, int(port)
        except BaseException:
            self.kill()
            self.errors.seek(0)
            sys.stderr.write(self.errors.read().decode(errors="replace"))
            raise
        return self

    def __exit__(self, kind, failure, trace):
        if self.process.poll() is not None and kind is None:
            raise RuntimeError(f"the server ended by itself with {self.process.returncode}")
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            if kind is None:
                raise RuntimeError("the server did not stop within a minute of SIGTERM") from None
            return
        self.process.stdout.close()
        self.errors.close()
        if code != 0 and kind is None:
            raise RuntimeError(f"the server stopped with {code}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=120)

    def memory(self):
        """MiB: proportional set size of the server and its decoder children together, resident size of each."""
        samples = [self._memory_now() for _ in range(5) if not time.sleep(0.2)]
        return {name: statistics.median(sample[name] for sample in samples) for name in samples[0]}

    def _memory_now(self):
        answer = {"pss": 0.0, "server_rss": 0.0, "children_rss": 0.0, "children": 0}
        for pid in [self.process.pid, *descendants(self.process.pid)]:
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except OSError:  # a child that was replaced meanwhile
                continue
            sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.endswith(" kB")}
            answer["pss"] += sizes["Pss"]
            if pid == self.process.pid:
                answer["server_rss"] = sizes["Rss"]
            else:
                answer["children_rss"] += sizes["Rss"]
                answer["children"] += 1
        return answer


def descendants(root):
    """Process numbers of all children, grandchildren and so on."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        children = parents.get(queue.pop(), [])
        found += children
        queue += children
    return found


def ask(connection, request):
    """Sends one request of `bodies.requests` and returns status and body."""
    headers = {"Content-Type": request["type"]} if request["type"] else {}
    headers |= request.get("headers", {})
    connection.request(request["method"], request["path"], request["body"], headers)
    answer = connection.getresponse()
    return answer.status, answer.read()
