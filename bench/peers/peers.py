"""The same jobs by other programs, one thread each: dlib in C++, @vladmandic/human in Node."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from load.server import clean_environment, say

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MADE = ROOT / ".deps" / "bench"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
FLAGS = ["-std=c++17", "-O3", "-march=native"]
LIBRARIES = ["-ldlib", "-l:libblas.so.3", "-l:liblapack.so.3"]
DLIB_MODELS = ["shape_predictor_5_face_landmarks.dat", "dlib_face_recognition_resnet_model_v1.dat"]


def environment():
    """One thread for everything that has a say in it; pip and node trust the system's certificates."""
    result = clean_environment() | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    result["PATH"] = f"{ROOT / '.deps/bin'}:{result.get('PATH', '')}"
    if "OZMA_CACHE" in os.environ:
        result["OZMA_CACHE"] = os.environ["OZMA_CACHE"]
    if CERTIFICATES.is_file():
        result.setdefault("PIP_CERT", str(CERTIFICATES))
        result.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    return result


def command(words, limit, **more):
    """Standard output of a command; its standard error goes to ours."""
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, text=True, timeout=limit, env=environment(), **more)
    if done.returncode != 0:
        raise RuntimeError(f"{Path(str(words[0])).name} failed with {done.returncode}: {done.stdout[-500:]}")
    return done.stdout.strip()


def stamped(folder, text):
    stamp = folder / "stamp"
    return stamp.is_file() and stamp.read_text() == text


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def raw_picture(picture, width, height):
    """The picture as both peers read it: raw RGB, decoded once by FFmpeg."""
    MADE.mkdir(parents=True, exist_ok=True)
    raw = MADE / "picture.rgb"
    command(["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", picture, "-f", "rawvideo", "-pix_fmt", "rgb24", raw], 60)
    if raw.stat().st_size != width * height * 3:
        raise RuntimeError("FFmpeg decoded the picture to another size")
    return raw


def picture_size(picture):
    text = command(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0", picture], 60)
    width, height = text.split(",")[:2]
    return int(width), int(height)


def dlib_models():
    archive = Path(command([sys.executable, ROOT / "scripts/fetch", "face_recognition_models"], 1000).splitlines()[-1])
    folder = MADE / "dlib-models"
    if not stamped(folder, archive.name):
        fresh(folder)
        with tarfile.open(archive) as packed:
            for member in packed:
                if Path(member.name).name in DLIB_MODELS and member.isfile():
                    (folder / Path(member.name).name).write_bytes(packed.extractfile(member).read())
        (folder / "stamp").write_text(archive.name)
    return folder


def dlib_program():
    source = HERE / "dlib_peer.cpp"
    processor = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith(("flags", "Features"))), "")
    stamp = hashlib.sha256(source.read_bytes() + " ".join(FLAGS + LIBRARIES).encode() + processor.encode()).hexdigest()
    folder = MADE / "dlib"
    if not stamped(folder, stamp):
        say("peers: building with dlib (a minute or two)")
        fresh(folder)
        command(["g++", *FLAGS, source, "-o", folder / "dlib_peer", *LIBRARIES], 1200)
        (folder / "stamp").write_text(stamp)
    return folder / "dlib_peer"


def openblas():
    """The folder of Debian's OpenBLAS, unpacked beside the system and not installed; its version."""
    folder = MADE / "openblas"
    package = "libopenblas0-serial"
    if not (folder / "version").is_file():
        say(f"peers: fetching Debian's {package}")
        fresh(folder)
        command(["apt-get", "-q", "download", package], 300, cwd=folder)
        archive = next(folder.glob("*.deb"))
        command(["dpkg-deb", "-x", archive, folder], 60)
        version = command(["dpkg-deb", "-f", archive, "Version"], 60)
        (folder / "version").write_text(version)
    return next(folder.glob("usr/lib/*/openblas-serial")), (folder / "version").read_text()


def debian_version(package):
    return command(["dpkg-query", "-W", "-f=${Version}", package], 60)


def measure_dlib(raw, width, height, seconds):
    program, models = dlib_program(), dlib_models()
    words = [program, models, raw, width, height, seconds]
    limit = 300 + 10 * seconds
    rows = []
    say("peers: dlib")
    rows.append({"name": f"dlib {debian_version('libdlib-dev')}, reference BLAS {debian_version('libblas3')}",
                 "jobs": json.loads(command(words, limit))})
    try:
        folder, version = openblas()
    except (RuntimeError, OSError, StopIteration, subprocess.TimeoutExpired) as failure:
        say(f"peers: no OpenBLAS, so dlib runs with the reference BLAS alone: {failure}")
        return rows
    say("peers: dlib with OpenBLAS")
    rows.append({"name": f"dlib {debian_version('libdlib-dev')}, OpenBLAS {version}",
                 "jobs": json.loads(command(["env", f"LD_LIBRARY_PATH={folder}", *words], limit))})
    return rows


def human_modules():
    folder = MADE / "human"
    lock = HERE / "package-lock.json"
    stamp = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamped(folder, stamp):
        say("peers: npm packages, below .deps/bench/human")
        fresh(folder)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(HERE / file, folder / file)
        cache = Path(os.environ.get("OZMA_CACHE") or Path.home() / ".cache/ozma") / "npm"
        command(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--cache", cache], 900, cwd=folder)
        (folder / "stamp").write_text(stamp)
    return folder


def measure_human(raw, width, height, seconds):
    modules = human_modules()
    say("peers: human")
    answer = json.loads(command(["node", HERE / "human_peer.js", modules, raw, width, height, seconds], 300 + 10 * seconds).splitlines()[-1])
    if answer.pop("threads") or not answer.pop("simd"):
        raise RuntimeError("WebAssembly ran with several threads or without SIMD")
    version = json.loads((HERE / "package.json").read_text())["dependencies"]
    return [{"name": f"@vladmandic/human {version['@vladmandic/human']}, TensorFlow.js {version['@tensorflow/tfjs-core']} "
                     f"WebAssembly SIMD, Node {command(['node', '--version'], 60)}", "jobs": answer}]


def measure_peers(picture, seconds):
    """Rows of name and jobs (ms each), with what could not be measured told under `missing`."""
    width, height = picture_size(picture)
    raw = raw_picture(picture, width, height)
    rows, missing = [], []
    for measure in (measure_dlib, measure_human):
        try:
            rows += measure(raw, width, height, seconds)
        except (RuntimeError, OSError, ValueError, subprocess.TimeoutExpired) as failure:
            say(f"peers: {measure.__name__} failed: {failure}")
            missing.append(measure.__name__.removeprefix("measure_"))
    raw.unlink()
    return {"rows": rows, "missing": missing, "width": width, "height": height}
