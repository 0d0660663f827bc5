#!/usr/bin/env python3
"""Makes injections out of genuine films with FFmpeg, for `ozma eval injection`.

    injections.py FILMS OUT

FILMS is a CSV with the column path, maybe source, of genuine films beside it. OUT gets, of each film, a copy that was only encoded again (`genuine`), the injections
of INJECTIONS, each encoded in the same way, and list.csv with the columns path, label and source.
"""

import csv
import subprocess
import sys
from pathlib import Path

ENCODE = ["-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"]

# Name: options before the input, filter, options after it.
INJECTIONS = {
    "genuine": ([], "null", []),
    "still": ([], "select='eq(n\\,5)',loop=loop=100:size=1,setpts=N/25/TB", ["-r", "25", "-t", "4"]),
    "loop": ([], "trim=0:1.6,loop=loop=2:size=100,setpts=N/FRAME_RATE/TB", ["-t", "4.8"]),
    "retimed": ([], "fps=10,fps=25", []),
    "rescaled": ([], "crop=trunc(iw*0.35)*2:trunc(ih*0.35)*2,scale=trunc(iw/0.7/2)*2:trunc(ih/0.7/2)*2:flags=bicubic", []),
    "denoised": ([], "hqdn3d=12:12:12:12", []),
    "smooth_face": (
        [],
        "split[a][b];[b]crop=trunc(iw*0.25)*2:trunc(ih*0.25)*2:iw*0.25:ih*0.2,gblur=sigma=1.5[c];[a][c]overlay=W*0.25:H*0.2",
        [],
    ),
    "virtual_camera": ([], "null", ["-metadata", "encoder=OBS Virtual Camera", "-metadata", "comment=OBS Virtual Camera"]),
}


def make(film, out, before, filters, after):
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", *before, "-i", film, "-filter_complex", filters, *ENCODE, *after, out], check=True)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    listed, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    with open(listed, newline="") as rows, open(out / "list.csv", "w", newline="") as made:
        writer = csv.writer(made)
        writer.writerow(["path", "label", "source"])
        for row in csv.DictReader(rows):
            film = listed.parent / row["path"]
            for label, (before, filters, after) in INJECTIONS.items():
                name = f"{film.stem}_{label}.mp4"
                make(film, out / name, before, filters, after)
                writer.writerow([name, label, row.get("source") or ""])


if __name__ == "__main__":
    main()
