"""Curves as SVG: detection error trade-off and error versus reject."""

import math
from statistics import NormalDist
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 680, 460
LEFT, RIGHT, TOP, BOTTOM = 76, 24, 44, 60
COLOURS = ["#1f5fa8", "#c4501b", "#2f7d4f", "#7a3f9d"]
INK, FAINT, GRID = "#222222", "#666666", "#dddddd"


class Axis:
    """From `low` to `high`, with a line and a label at each of `ticks`."""

    def __init__(self, label, low, high, ticks, name_of, scale):
        self.label, self.low, self.high, self.ticks, self.name_of, self.scale = label, low, high, ticks, name_of, scale

    def share(self, value):
        """0 at the low end, 1 at the high end; what lies beyond is put on the end."""
        low, high = self.scale(self.low), self.scale(self.high)
        return (self.scale(min(max(value, self.low), self.high)) - low) / (high - low)


def percent(value):
    return f"{100 * value:g} %"


def power(value):
    return f"1e{round(math.log10(value))}"


def log_axis(label, lowest, highest, name_of):
    """`lowest` and `highest` are powers of ten."""
    return Axis(label, 10.0**lowest, 10.0**highest, [10.0**exponent for exponent in range(lowest, highest + 1)], name_of, math.log10)


def deviate_axis(label):
    """In normal deviates, on which two normal distributions give a straight line (Martin et al., Eurospeech 1997)."""
    return Axis(label, 0.005, 0.7, [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6], percent, NormalDist().inv_cdf)


def plain_axis(label, highest, step):
    count = round(highest / step)
    return Axis(label, 0, highest, [step * i for i in range(count + 1)], percent, lambda value: value)


class Chart:
    def __init__(self, title, across, up):
        self.across, self.up = across, up
        self.body, self.legend = [], []
        self._text(LEFT, 26, title, size=16, weight="bold", anchor="start")
        self._grid()

    def _x(self, value):
        return LEFT + self.across.share(value) * (WIDTH - LEFT - RIGHT)

    def _y(self, value):
        return HEIGHT - BOTTOM - self.up.share(value) * (HEIGHT - TOP - BOTTOM)

    def _text(self, x, y, words, size=12, anchor="middle", colour=INK, weight="normal", turn=""):
        self.body.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
                         f'font-weight="{weight}"{turn}>{escape(words)}</text>')

    def _line(self, x1, y1, x2, y2, colour, more=""):
        self.body.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>')

    def _grid(self):
        bottom, middle = HEIGHT - BOTTOM, (TOP + HEIGHT - BOTTOM) / 2
        for tick in self.across.ticks:
            self._line(self._x(tick), TOP, self._x(tick), bottom, GRID)
            self._text(self._x(tick), bottom + 18, self.across.name_of(tick), colour=FAINT)
        for tick in self.up.ticks:
            self._line(LEFT, self._y(tick), WIDTH - RIGHT, self._y(tick), GRID)
            self._text(LEFT - 8, self._y(tick) + 4, self.up.name_of(tick), anchor="end", colour=FAINT)
        self._text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, self.across.label, size=13)
        self._text(20, middle, self.up.label, size=13, turn=f' transform="rotate(-90 20 {middle:.1f})"')

    def _points(self, points):
        return " ".join(f"{self._x(x):.1f},{self._y(y):.1f}" for x, y in points)

    def curve(self, name, points, dashed=False, colour=None):
        """`points`: (x, y); named in the legend. Those beyond the axis across are left out."""
        points = [(x, y) for x, y in points if self.across.low <= x <= self.across.high]
        colour = colour or COLOURS[sum(not one[2] for one in self.legend) % len(COLOURS)]
        style = ' stroke-dasharray="6 5"' if dashed else ""
        self.body.append(f'<polyline points="{self._points(points)}" fill="none" stroke="{colour}" stroke-width="2.2" '
                         f'stroke-linejoin="round"{style}/>')
        self.legend.append((name, colour, dashed))

    def band(self, points, colour=COLOURS[0]):
        """`points`: (x, low, high); the interval around a curve."""
        edge = [(x, low) for x, low, _ in points] + [(x, high) for x, _, high in reversed(points)]
        self.body.append(f'<polygon points="{self._points(edge)}" fill="{colour}" fill-opacity="0.15" stroke="none"/>')

    def dot(self, x, y, words):
        self.body.append(f'<circle cx="{self._x(x):.1f}" cy="{self._y(y):.1f}" r="4.5" fill="{INK}"/>')
        self._text(self._x(x) + 9, self._y(y) - 7, words, anchor="start")

    def svg(self):
        height = 20 * len(self.legend) + 10
        widest = 7 * max((len(name) for name, _, _ in self.legend), default=0) + 56
        left, top = WIDTH - RIGHT - widest - 8, TOP + 8
        box = [f'<rect x="{left}" y="{top}" width="{widest}" height="{height}" fill="#ffffff" fill-opacity="0.9" stroke="{GRID}"/>']
        for i, (name, colour, dashed) in enumerate(self.legend):
            y = top + 18 + 20 * i
            style = ' stroke-dasharray="6 5"' if dashed else ""
            box.append(f'<line x1="{left + 10}" y1="{y - 4}" x2="{left + 36}" y2="{y - 4}" stroke="{colour}" stroke-width="2.2"{style}/>')
            box.append(f'<text x="{left + 44}" y="{y}" font-size="12" fill="{INK}">{escape(name)}</text>')
        frame = (f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}" fill="none" stroke="{FAINT}"/>')
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            'font-family="Helvetica, Arial, sans-serif">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>', *self.body, frame, *box, "</svg>", ""])
