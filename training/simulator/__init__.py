"""Presentation attacks made from pictures of people: prints, screens, cut-outs, before a camera again.

A simulated attack is a picture (uint8 [h,w,3], BGR) that goes through three stages: the artefact (`prints`, `screens`:
what ink or a display does to it), the presentation (`scene`: how the artefact stands before the camera, with what
around it), and the camera (`camera`: light, lens, noise, compression). Each stage draws its strengths from a
numpy Generator, so that a seed makes the same picture again.

The stages imitate what physics does, and only in kind: their strengths are not measured on real devices.
"""

from simulator.attack import SPECIES, Face, simulate  # noqa: F401
