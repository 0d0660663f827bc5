"""The sections of docs/performance.md about the persistent API."""

from words import MISSING, number, table, verdict

SINGLE = """
## Single requests

    ozma serve --components lite,api     # SQLite in the data folder, workers in the same process; wrk as above

One photo ({body}), its liveness in the answer. *Stored*: `POST /api/folders/` with `analyses` writes the photo, its thumbnail, the best
shot and the rows, each durable before the answer goes. *Instant* and *Lite* do the same work and store nothing, so the difference to
them is what storing costs. The three take turns of {seconds} s on one server; the figures are medians of {rounds} turns.

"""

LISTS = """
## Lists

{folders:,} folders in one company, each with a photo, a best shot, an analysis and two keys of metadata: rows copied in bulk from a folder that
the server made. One client asks for pages of 100 with their media over one connection; the kinds of pages take turns, {rounds} times each.
*Items* is what the page held. The goal is under 30 ms a page. `/api/version`, the emptiest answer, is the floor.

"""

SIZE = """
## Size of the database

{folders:,} analysed folders: each a photo, a best shot, one QUALITY analysis and two keys of metadata, in rows copied in bulk from a folder that
the server made; indexes and the write-ahead log after a checkpoint included, files (photos, thumbnails) not. The incumbent states 4 GB
for 100,000 analysed folders.

"""

NAMES = {"lite": "Lite `liveness/detect`", "instant": "Instant", "single": "stored, single request"}


def single(results):
    if "single" not in results:
        return "\n## Single requests\n" + MISSING
    found = results["single"]
    lines = [[NAMES[row["job"]], row["connections"], number(row["per_second"]), number(row["p50_ms"]), number(row["p99_ms"]), row["errors"],
              row["overloaded"]] for row in found["rows"]]
    longest = found["sustained"]
    return (SINGLE.format(body="the sample `person-a-1.jpg`", seconds=found["seconds"], rounds=found["rounds"])
            + table(["call", "connections", "requests/s", "p50 ms", "p99 ms", "errors", "503"], lines)
            + f"\nSustained: {number(longest['per_second'])} stored single requests a second over {found['sustained_seconds']} s and 4 connections, "
              f"p99 {number(longest['p99_ms'])} ms, {longest['errors']} errors. The incumbent states 36 a minute for an instance.\n")


def lists(results):
    if "list" not in results:
        return "\n## Lists\n" + MISSING
    found = results["list"]
    kinds = list(found["databases"])
    rows = zip(*found["databases"].values())
    lines = [[f"`/api/{row[0]['page']}`" if row[0]["page"] == "version" else row[0]["page"], row[0]["items"] or "",
              *(number(one[key]) for one in row for key in ("median_ms", "p95_ms"))] for row in rows]
    return LISTS.format(**found) + table(["page", "items", *(f"{kind}, {what}" for kind in kinds for what in ("ms", "p95"))], lines)


def size(results):
    if "size" not in results:
        return "\n## Size of the database\n" + MISSING
    found = results["size"]
    lines = [[kind, f"{one['full'] / 1e6:,.0f} MB", f"{(one['full'] - one['empty']) / found['folders']:,.0f}",
              f"{scaled(one, found['folders']):.2f} GB"] for kind, one in found["databases"].items()]
    return SIZE.format(**found) + table(["database", "size", "bytes a folder", "for 100,000 folders"], lines)


def scaled(one, folders):
    """GB for 100,000 folders."""
    return (one["full"] - one["empty"]) / folders * 100_000 / 1e9


def verdicts(results):
    text = ""
    if "single" in results:
        longest = results["single"]["sustained"]
        text += verdict(longest["per_second"] >= 20 and not longest["errors"], f"{number(longest['per_second'])} stored single requests a second, "
                        f"sustained (goal: 20), with {longest['errors']} errors.")
    if "list" in results:
        kind, worst = max(((kind, row) for kind, rows in results["list"]["databases"].items() for row in rows), key=lambda one: one[1]["median_ms"])
        text += verdict(worst["median_ms"] < 30, f"the slowest kind of page of {results['list']['folders']:,} folders takes {number(worst['median_ms'])} ms "
                        f"({worst['page']}, {kind}); the goal is under 30.")
    if "size" in results:
        found = results["size"]
        largest = max(scaled(one, found["folders"]) for one in found["databases"].values())
        text += verdict(largest < 4, f"100,000 analysed folders take {largest:.2f} GB of database (the incumbent states 4).")
    return text
