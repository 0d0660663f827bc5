"""HTTP itself: connections, slow clients, overload, a decoder that dies, the end."""
import json
import os
import re
import signal
import socket
import threading
import time
from pathlib import Path

from harness import Answer, blank_png, check, equal, form, sample, zip_of

DETECT = "/v1/face/liveness/detect"
EXTRACT = "/v1/face/pattern/extract"


def request_bytes(body, more=""):
    return f"POST {EXTRACT} HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def wait_for(condition, what, patience=30):
    end = time.monotonic() + patience
    while not condition():
        check(time.monotonic() < end, f"waited {patience} s for {what}")
        time.sleep(0.01)


class Stopped:
    """The decoders stand still inside."""

    def __init__(self, server):
        self.pids = server.children()
        check(self.pids, "the server has decoders")

    def __enter__(self):
        for pid in self.pids:
            os.kill(pid, signal.SIGSTOP)
        return self

    def __exit__(self, *_):
        for pid in self.pids:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass


def test_keep_alive(server):
    connection = server.connect()
    for _ in range(3):
        equal(server.call("POST", EXTRACT, sample("person-a-1.jpg"), {"Content-Type": "image/jpeg"}, connection).status, 200, "status")
        equal(server.call("POST", EXTRACT, b"", {"Content-Type": "image/jpeg"}, connection).status, 400, "status")
        local = connection.sock.getsockname()
    equal(connection.sock.getsockname(), local, "the connection is kept after an error, too")
    connection.close()


def test_chunked_bodies(server):
    data = sample("person-a-1.jpg")
    pieces = iter([data[:1000], data[1000:70000], data[70000:]])
    answer = server.post(EXTRACT, pieces, "image/jpeg")
    equal(answer.body, server.post(EXTRACT, data, "image/jpeg").body, "template")


def test_expect_continue(server):
    body = sample("person-a-1.jpg")
    with server.raw() as raw:
        head, rest = request_bytes(body, "Expect: 100-continue\r\nConnection: close\r\n").split(b"\r\n\r\n", 1)
        raw.sendall(head + b"\r\n\r\n")
        check(raw.recv(65536).startswith(b"HTTP/1.1 100"), "100 Continue")
        raw.sendall(rest)
        check(raw.recv(65536).startswith(b"HTTP/1.1 200"), "200")


def test_cors(server):
    origin = {"Origin": "https://shop.example"}
    equal(server.get("/version", headers=origin).headers.get("access-control-allow-origin"), "*", "on an answer")
    answer = server.post(EXTRACT, b"", "image/jpeg", origin)
    equal(answer.headers.get("access-control-allow-origin"), "*", "on an error")
    preflight = server.call("OPTIONS", EXTRACT, headers={**origin, "Access-Control-Request-Method": "POST",
                                                         "Access-Control-Request-Headers": "content-transfer-encoding"}, hold=False)
    check(preflight.status in (200, 204), f"status of a preflight: {preflight.status}")
    equal(preflight.headers.get("access-control-allow-origin"), "*", "on a preflight")
    check("POST" in preflight.headers.get("access-control-allow-methods", ""), "methods")


def test_slow_clients_are_cut_off(server):
    """One byte a second, in the header and in the body; a fast client is served all the while."""
    text = request_bytes(bytes(100_000))
    head_end = text.index(b"\r\n\r\n") + 4
    slow = {"header": Slow(server, text, 0), "body": Slow(server, text, head_end)}
    began = time.monotonic()
    while not all(one.done for one in slow.values()) and time.monotonic() - began < 40:
        for one in slow.values():
            one.step()
        server.unharmed()
        time.sleep(1)
    for name, one in slow.items():
        check(one.done, f"{name}: cut off within 40 s")
        check(one.heard.startswith(b"HTTP/1.1 408 "), f"{name}: {one.heard[:300]!r}")
        check(b"connection: close" in one.heard.lower(), f"{name}: the connection is closed")
    head, body = slow["body"].heard.split(b"\r\n\r\n", 1)
    headers = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:])
    server.contract.hold("POST", EXTRACT, Answer(408, headers, body))
    equal(json.loads(body)["code"], "BPE-001001", "code")


class Slow:
    """A client that has sent `sent` bytes of `text` and goes on byte by byte."""

    def __init__(self, server, text, sent):
        self.text, self.sent, self.heard, self.done = text, sent, b"", False
        self.raw = server.raw()
        self.raw.sendall(text[:sent])
        self.raw.settimeout(0.01)

    def step(self):
        if self.done:
            return
        try:
            try:
                piece = self.raw.recv(65536)
                self.heard += piece
                self.done = piece == b""
            except TimeoutError:
                self.raw.sendall(self.text[self.sent:self.sent + 1])
                self.sent += 1
        except ConnectionError:
            self.done = True
        if self.done:
            self.raw.close()


def test_a_decoder_killed_mid_request(server):
    """An archive whose decoding takes seconds; the decoder that is at it dies."""
    before = server.children()
    ticks = {pid: cpu_ticks(pid) for pid in before}
    kind, body = form([("slow", zip_of([(f"{i:02}.png", blank_png(6500, 6500)) for i in range(30)]), "slow.zip")])
    answers = []
    client = threading.Thread(target=lambda: answers.append(server.post(DETECT, body, kind)))
    client.start()

    def busy():
        return [pid for pid in before if cpu_ticks(pid) > ticks[pid] + 10]

    wait_for(busy, "a decoder to work")
    os.kill(busy()[0], signal.SIGKILL)
    client.join(60)
    equal([(a.status, a.json["code"]) for a in answers], [(400, "LDE-002004")], "the request it was at")
    server.unharmed()
    equal(server.post(EXTRACT, sample("person-a-1.jpg"), "image/jpeg").status, 200, "the next request")
    wait_for(lambda: len(server.children()) == len(before), "a new decoder")
    equal(len(set(server.children()) & set(before)), len(before) - 1, "decoders that stayed")


def test_every_decoder_killed_at_rest(server):
    before = server.children()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not set(server.children()) & set(before), "the decoders' end")
    for _ in range(2 * len(before)):
        answer = server.post(EXTRACT, sample("person-a-1.jpg"), "image/jpeg")
        check(answer.status == 200 or answer.json["code"] == "BPE-002003", f"{answer.body[:200]!r}")
    equal(server.post(EXTRACT, sample("person-a-1.jpg"), "image/jpeg").status, 200, "status")


def test_overload_is_answered(server):
    """With decoders that stand still, requests pile up: the queue fills, the rest hear 503, and those accepted end well."""
    answers = []
    lock = threading.Lock()

    def one():
        answer = server.post(EXTRACT, sample("person-a-1.jpg"), "image/jpeg")
        with lock:
            answers.append(answer)

    threads = [threading.Thread(target=one) for _ in range(200)]
    with Stopped(server):
        for thread in threads:
            thread.start()
        wait_for(lambda: any(a.status == 503 for a in answers), "a refusal")
    for thread in threads:
        thread.join(60)
    equal(len(answers), len(threads), "answers that fit the API description")
    busy = [a for a in answers if a.status == 503]
    check(all(a.json["code"] == "BPE-001002" and int(a.headers["retry-after"]) >= 1 for a in busy), "503 with Retry-After")
    equal({a.status for a in answers if a not in busy}, {200}, "the accepted ones")
    check(len(answers) - len(busy) >= 100, f"{len(answers) - len(busy)} were accepted")


def test_clients_that_leave(server):
    for cut in (10, 200, 5000):
        with server.raw() as raw:
            raw.sendall(request_bytes(sample("person-a-1.jpg"))[:cut])
    for _ in range(20):
        with server.raw() as raw:
            raw.sendall(request_bytes(sample("person-a-1.jpg")))
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset
    equal(server.post(EXTRACT, sample("person-a-1.jpg"), "image/jpeg").status, 200, "status")


def test_nonsense_on_the_wire(server):
    for text in (b"\0" * 1000, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /version HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
                 b"POST " + EXTRACT.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 b"POST " + EXTRACT.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n"):
        with server.raw() as raw:
            try:
                raw.sendall(text)
                raw.shutdown(socket.SHUT_WR)
                answer = receive(raw)
            except ConnectionError:
                continue  # closed without a word
        check(answer == b"" or answer.split(b" ")[1][:1] in (b"4", b"5"), f"{text[:40]!r}: {answer[:100]!r}")


def test_metrics(server):
    answer = server.get("/metrics", hold=False)
    equal(answer.status, 200, "status")
    check(b"ozma_" in answer.body, "metrics of ours")


def receive(raw):
    answer = b""
    while piece := raw.recv(65536):
        answer += piece
    return answer


def in_flight(server):
    """Requests that a worker is handling."""
    return float(re.search(rb"^ozma_http_in_flight ([0-9.]+)$", server.get("/metrics", hold=False).body, re.M).group(1))


def cpu_ticks(pid):
    """User and system time of a process (proc(5), fields 14 and 15 of stat)."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    return sum(map(int, stat[stat.rindex(")") + 2:].split()[11:13]))


def stop_gracefully(server):
    """Last of all: what was accepted before SIGTERM is answered; then the process ends with 0."""
    with server.raw() as raw:
        with Stopped(server):
            raw.sendall(request_bytes(sample("person-a-1.jpg")))
            wait_for(lambda: in_flight(server) == 1, "the request to reach a worker")
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: refuses(server), "the port to close")
        answer = receive(raw)
    check(answer.startswith(b"HTTP/1.1 200"), f"the accepted request: {answer[:200]!r}")
    equal(server.stop(), 0, "exit status")


def refuses(server):
    try:
        server.raw(1).close()
    except OSError:
        return True
    return False
