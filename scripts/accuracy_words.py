"""How figures stand on docs/accuracy.md."""


def percent(value, digits=2):
    return f"{100 * value:.{digits}f} %"


def interval(bounds, digits=2):
    return f"{100 * bounds[0]:.{digits}f} to {100 * bounds[1]:.{digits}f} %"
