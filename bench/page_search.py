"""The section of docs/performance.md about 1:N search."""

from search import measure
from words import MISSING, verdict

SEARCH = """
## 1:N search

    bench/search/measure.py --pictures faces.csv

Made-up galleries of any size: people are random sums of real templates, and other photos of them are made as alike as photos of
one person are; the cosines of real and made-up faces are shown side by side. *Reading the memory* is the floor of an exact search: as many
bytes as the templates have, read by one core in turns with the searches. The peers search the very same templates.
"""


def search(results):
    if "search" not in results:
        return SEARCH + MISSING
    return SEARCH + "\n".join(measure.page(report) for report in results["search"]) + "\n"


def verdicts(results):
    lines = []
    for report in results.get("search", []):
        over, recall = report["exact"]["over_floor"], report["recall"]["recall_at_1"]
        lines.append(verdict(over <= 1.5, f"an exact search of {report['faces']:,} faces takes {over:.2f} times what reading "
                                          "their bytes takes (goal: 1.5)."))
        lines.append(verdict(recall >= 0.99, f"the approximate search of {report['faces']:,} faces has a recall@1 of {recall:.3f} "
                                             "(goal: 0.99)."))
    return "".join(lines)
