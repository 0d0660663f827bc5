"""Figures of presentation-attack detection (ISO/IEC 30107-3) from scores; a score is the log-odds of an attack."""

import numpy as np


def equal_error_rate(scores, attack):
    """Where the shares of attacks below a threshold and of bona fide at or above it meet."""
    thresholds = np.unique(scores)
    missed = np.searchsorted(np.sort(scores[attack]), thresholds, "left") / attack.sum()
    refused = 1 - np.searchsorted(np.sort(scores[~attack]), thresholds, "left") / (~attack).sum()
    nearest = np.argmin(np.abs(missed - refused))
    return float((missed[nearest] + refused[nearest]) / 2)


def wilson(errors, count):
    """95 % score interval of a share (Wilson, 1927)."""
    z, share = 1.96, errors / count
    middle, reach = share + z * z / (2 * count), z * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, (middle - reach) / (1 + z * z / count)), (middle + reach) / (1 + z * z / count)


def table(scores, rows, threshold=0.0):
    """Markdown: one line a source, and one for all."""
    attack, source = np.array([row.attack for row in rows]), np.array([row.source for row in rows])
    lines = ["| source | attacks | bona fide | EER | APCER | BPCER |", "|---|---|---|---|---|---|"]
    for name in [*sorted(set(source)), "all"]:
        chosen = np.ones(len(rows), bool) if name == "all" else source == name
        s, a = scores[chosen], attack[chosen]
        missed, refused = int((s[a] < threshold).sum()), int((s[~a] >= threshold).sum())
        lines.append(f"| {name} | {a.sum()} | {(~a).sum()} | {percent(equal_error_rate(s, a))} | "
                     f"{share(missed, a.sum())} | {share(refused, (~a).sum())} |")
    return "\n".join(lines)


def share(errors, count):
    low, high = wilson(errors, count)
    return f"{percent(errors / count)} ({percent(low)} to {percent(high)})"


def percent(value):
    return f"{100 * value:.1f} %"
