"""Opening somebody's big file: plain or inside a zip, by bytes, with plain words where it is broken."""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from snb.places.errors import UnusableFile

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Source:
    """An open file: its bytes, its name, and how many bytes there will be."""

    stream: IO[bytes]
    name: str
    size: int

    def text(self) -> io.TextIOWrapper:
        """Its lines as text. Latin-1 never fails, and the columns we read are plain ASCII in any encoding."""
        start = self.stream.peek(4)[:4] if hasattr(self.stream, "peek") else b""
        encoding = "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else "latin-1"
        return io.TextIOWrapper(self.stream, encoding=encoding, errors="replace", newline="")


@contextmanager
def opened(path: Path, *, suffix: str) -> Iterator[Source]:
    """The file itself or, of a zip, the biggest member with that suffix (ONS puts it in `Data/`, beside many
    small ones).

    Raises:
        UnusableFile: it is not there, is empty, or is a zip that cannot be read; also while it is being read.
    """
    try:
        with path.open("rb") as file:
            if file.read(4)[:2] != b"PK":
                file.seek(0)
                yield Source(file, path.name, path.stat().st_size)
                return
            with zipfile.ZipFile(file) as archive:
                members = [
                    member
                    for member in archive.infolist()
                    if member.filename.lower().endswith(suffix) and not member.filename.startswith("__MACOSX")
                ]
                if not members:
                    raise UnusableFile(f"{path.name} has no {suffix} file inside.")
                biggest = max(members, key=lambda member: member.file_size)
                if biggest.flag_bits & 1:
                    raise UnusableFile(f"{path.name} is locked with a password: unpack it first.")
                with archive.open(biggest) as member:
                    yield Source(member, Path(biggest.filename).name, biggest.file_size)
    except FileNotFoundError as error:
        raise UnusableFile(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise UnusableFile(f"{path} is a folder: name the file in it.") from error
    except PermissionError as error:
        raise UnusableFile(f"{path} may not be read.") from error
    except NotImplementedError as error:
        raise UnusableFile(f"{path.name} is packed in a way we cannot read: unpack it first.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UnusableFile(
            f"{path.name} is not a whole zip file: download it again. Nothing was changed."
        ) from error
