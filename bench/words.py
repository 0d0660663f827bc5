"""Words, figures and tables of docs/performance.md."""

MISSING = "\nNot measured in this run.\n"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def number(value):
    """Three digits that count."""
    if value >= 1000:
        return f"{value:,.0f}"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:.{digits}f}"


def duration(milliseconds):
    """With its unit: comparisons take less than a thousandth of a millisecond."""
    return f"{number(milliseconds)} ms" if milliseconds >= 0.1 else f"{number(milliseconds * 1000)} µs" if milliseconds >= 1e-3 \
        else f"{number(milliseconds * 1e6)} ns"


def share(value):
    return f"{100 * value:.0f} %"


def verdict(good, text):
    return f"* {'Good' if good else '**Not good**'}: {text}\n"
