"""Sees what becomes of files: inotify (man 7 inotify) over folders and all below them."""
import ctypes
import os
import select
import struct
from pathlib import Path

MODIFY, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x2, 0x40, 0x80, 0x100, 0x200
CHANGES = MODIFY | MOVED_FROM | MOVED_TO | CREATE | DELETE
HEAD = struct.Struct("iIII")

libc = ctypes.CDLL(None, use_errno=True)


class Watch:
    """From the moment it is made until `seen` is called."""

    def __init__(self, *folders):
        self.descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self.paths = {}
        for folder in folders:
            for path in (Path(folder), *(one for one in Path(folder).rglob("*") if one.is_dir())):
                number = libc.inotify_add_watch(self.descriptor, os.fsencode(path), CHANGES)
                if number < 0:
                    raise OSError(ctypes.get_errno(), f"inotify_add_watch {path}")
                self.paths[number] = path

    def seen(self):
        """The files that changed, came or went since then; watches no more."""
        found = []
        while select.select([self.descriptor], [], [], 0)[0]:
            data = os.read(self.descriptor, 1 << 16)
            while data:
                number, _, _, length = HEAD.unpack_from(data)
                name = data[HEAD.size:HEAD.size + length].rstrip(b"\0").decode()
                found.append(str(self.paths[number] / name))
                data = data[HEAD.size + length:]
        os.close(self.descriptor)
        return sorted(set(found))


def holding(marker, since, *folders):
    """Files of these folders, changed since that time, that hold the bytes."""
    found = []
    for folder in folders:
        for path in Path(folder).rglob("*"):
            try:
                if path.is_file() and path.stat().st_mtime >= since and path.stat().st_size < 1 << 28 and marker in path.read_bytes():
                    found.append(str(path))
            except OSError:  # gone meanwhile, or somebody else's
                continue
    return found
