"""Root file systems of images, as tar archives: programs of this machine and what they need. No registry is asked."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Final

BUSYBOX: Final = Path("/bin/busybox")
APPLETS: Final = (
    *("awk", "base64", "cat", "chmod", "date", "dirname", "echo", "flock", "grep", "head", "ls", "mkdir"),
    *("mv", "nc", "paste", "rm", "sed", "sh", "sleep", "tr", "true", "uname", "wc", "wget"),
)
USERS: Final = """\
root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
k6:x:12345:12345::/home/k6:/bin/sh
grafana:x:472:0::/usr/share/grafana:/bin/sh
"""
GROUP: Final = "root:x:0:\nnobody:x:65534:\nk6:x:12345:\n"


class Rootfs:
    """One archive under construction; ``path`` is it. Begun empty, or from a copy of ``base``.

    What is there already stays: the engine takes each name once.
    """

    def __init__(self, path: Path, base: Path | None = None) -> None:
        self.path = path
        if base:
            shutil.copyfile(base, path)
        self._tar = tarfile.open(path, "a")  # noqa: SIM115  # closed by done()
        self._names = {name.removeprefix("./") for name in self._tar.getnames()}
        self.folder("tmp", mode=0o1777)

    def text(self, name: str, text: str, mode: int = 0o644) -> None:
        self._member(name, mode, content=text.encode())

    def folder(self, name: str, *, uid: int = 0, mode: int = 0o755) -> None:
        self._member(name, mode, uid=uid, kind=tarfile.DIRTYPE)

    def link(self, name: str, to: str) -> None:
        self._member(name, 0o777, kind=tarfile.SYMTYPE, to=to)

    def file(self, source: Path, name: str) -> None:
        """Owned by root, whoever owns it here."""
        if self._is_new(name):
            self._tar.add(source.resolve(), name, filter=_of_root)

    def tree(self, source: Path, name: str) -> None:
        self._tar.add(source, name, filter=_of_root)

    def program(self, source: Path, name: str) -> None:
        """A program, and the libraries that this machine links it to."""
        self.file(source, name)
        for library in _libraries(source):
            self.file(library, str(library).lstrip("/"))

    def busybox(self) -> None:
        """A shell and the tools around it; the names of the users that images run as."""
        self.file(BUSYBOX, "bin/busybox")
        for applet in APPLETS:
            self.link(f"bin/{applet}", "busybox")
        self.users()

    def users(self) -> None:
        self.text("etc/passwd", USERS)
        self.text("etc/group", GROUP)

    def done(self) -> Path:
        self._tar.close()
        return self.path

    def _is_new(self, name: str) -> bool:
        new = name not in self._names
        self._names.add(name)
        return new

    def _member(
        self, name: str, mode: int, *, uid: int = 0, kind: bytes = tarfile.REGTYPE, to: str = "", content: bytes = b""
    ) -> None:
        if not self._is_new(name):
            return
        member = tarfile.TarInfo(name)
        member.mode, member.uid, member.type, member.linkname, member.size = mode, uid, kind, to, len(content)
        self._tar.addfile(member, io.BytesIO(content))


def _libraries(program: Path) -> list[Path]:
    """Paths as the program asks for them, its loader among them; none where it is static."""
    said = subprocess.run(["/usr/bin/ldd", program], capture_output=True, text=True, timeout=10, check=False).stdout
    words = [word for line in said.splitlines() for word in line.split() if word.startswith("/")]
    return [Path(word) for word in words]


def _of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
