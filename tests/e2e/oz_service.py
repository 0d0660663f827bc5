"""What is open to everybody: version, health, documentation, CORS; and what holds for every call."""
import concurrent.futures

from harness import check, equal
from oz import Client, quality, refused


def test_version(world):
    answer = world.server.get("/api/version").json
    check(answer["core"] and answer["api"], f"{answer}")


def test_health(world):
    answer = world.server.get("/api/healthcheck").json
    equal(answer["status"], 0, "status")
    equal(answer["services"]["db"]["status"], 0, "database")
    equal(answer["services"]["o2n"]["status"], 0, "search")


def test_config(world):
    equal(world.admin.get("/api/config")["timezone"], "Etc/UTC", "timezone")
    refused(world.nobody.call("GET", "/api/config"), 401, 6)


def test_documentation(world):
    for path in ("/docs", "/docs/oz"):
        page = world.server.get(path)
        check(page.type == "text/html" and b"Ozma" in page.body, path)
    check(b"openapi: 3.1.0" in world.server.get("/docs/oz.yaml").body, "the description")


def test_cors(world):
    for path in ("/api/folders/", "/api/authorize/auth"):
        answer = world.server.call("OPTIONS", path, hold=False, headers={
            "Origin": "https://app.example", "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "x-forensic-access-token"})
        check(answer.status in (200, 204), f"{answer.status}")
        equal(answer.headers["access-control-allow-origin"], "*", "origin")
        check({"GET", "POST", "OPTIONS", "PATCH", "DELETE"} <= set(answer.headers["access-control-allow-methods"].replace(" ", "").split(",")), "methods")
        check("x-forensic-access-token" in answer.headers["access-control-allow-headers"].lower(), "headers")
    equal(world.server.get("/api/version", headers={"Origin": "https://app.example"}).headers["access-control-allow-origin"], "*", "of an answer")


def test_separators(world):
    body = world.server.call("GET", "/api/folders/").body
    check(body.startswith(b'{"error_code": 6, "error_message": '), f"{body!r}")


def test_many_at_once(world):
    """Nothing is lost or mixed up where many callers write at once."""
    someone = world.user("CLIENT", "a", "many")

    def one(number):
        client = Client(world.server, someone.token)
        folder = client.folder([("a", "person-a-1.jpg")], {"folder:meta_data": {"number": number}, "analyses": [quality()]})
        return folder["folder_id"], folder["meta_data"]["number"] == number and folder["resolution_status"] == "FINISHED"
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(36)))
    check(all(good for _, good in answers), "every answer is the caller's own")
    listed = someone.get("/api/folders/", limit=-1)
    equal({one["folder_id"] for one in listed["items"]}, {folder_id for folder_id, _ in answers}, "folders")


def test_one_folder_changed_by_many(world):
    someone = world.user("CLIENT", "a", "many")
    path = f"/api/folders/{someone.folder()['folder_id']}/meta_data/"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda number: Client(world.server, someone.token).call("PATCH", path, {str(number): number}).status, range(24)))
    equal(set(statuses), {200}, "statuses")
    equal(someone.get(path), {str(number): number for number in range(24)}, "no change is lost")


def every_call_was_answered(world):
    """Each call of the description, with each of the good answers that it is described with."""
    world.server.contract.all_seen(("200", "201", "204", "206", "304", "416"))
