"""Files that were sent: kept by id, checked as Telegram checks them."""

from __future__ import annotations

import secrets
import struct
from pathlib import Path
from typing import Final

from attrs import frozen

from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.messages import Attachment
from lockbay.sandbox.params import Upload
from lockbay.sandbox.refusal import Refusal, bad_request

MiB: Final = 1 << 20
LARGEST_PHOTO: Final = 10 * MiB
LARGEST_DOCUMENT: Final = 50 * MiB
LARGEST_DOWNLOAD: Final = 20 * MiB
LARGEST_SUM: Final = 10_000  # width + height
LARGEST_RATIO: Final = 20


@frozen
class Stored:
    """Where a file lies below the directory of files, and what it is."""

    path: str
    attachment: Attachment


class Files:
    """Files by id, in a directory of their own."""

    def __init__(self, journal: Journal, counters: Counters, directory: Path) -> None:
        self._stored = journal.table("file", Stored)
        self._counters = counters
        self._directory = directory

    def keep(self, kind: str, upload: Upload) -> Attachment:
        """Store an upload as a photo or a document. Raises Refusal when Telegram would not take it."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        attachment = _photo(upload) if kind == "photo" else _document(upload)
        path = self._path(kind, attachment)
        target = self._directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(upload.content)
        self._stored.put(attachment.file_id, Stored(path, attachment))
        return attachment

    def find(self, kind: str, file_id: str) -> Attachment:
        """A file that was sent before, to be sent again. Raises Refusal."""
        if file_id.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        stored = self._stored.get(file_id)
        if stored is None:
            raise bad_request("wrong remote file identifier specified: Wrong string length")
        if stored.attachment.kind != kind:
            raise bad_request(f"can't use file of type {stored.attachment.kind.title()} as {kind.title()}")
        return stored.attachment

    def stored(self, file_id: str) -> Stored:
        """For getFile. Raises Refusal."""
        stored = self._stored.get(file_id)
        if stored is None:
            raise bad_request("invalid file_id")
        if stored.attachment.size > LARGEST_DOWNLOAD:
            raise bad_request("file is too big")
        return stored

    def where(self, stored: Stored) -> Path:
        return self._directory / stored.path

    def content(self, path: str) -> tuple[bytes, Attachment] | None:
        """By the path that getFile told. None when there is no such file."""
        for stored in self._stored:
            if stored.path == path:
                return (self._directory / path).read_bytes(), stored.attachment
        return None

    def _path(self, kind: str, attachment: Attachment) -> str:
        number = self._counters.next("file", 0)
        suffix = Path(attachment.name).suffix if kind == "document" else f".{attachment.mime.partition('/')[2]}"
        return f"{kind}s/file_{number}{suffix}"


def _file_id() -> str:
    return "BQACAgQAAxkBAAI" + secrets.token_urlsafe(32)


def _document(upload: Upload) -> Attachment:
    if len(upload.content) > LARGEST_DOCUMENT:
        raise Refusal(413, "Request Entity Too Large")
    name = Path(upload.name).name or "file"
    return Attachment("document", _file_id(), len(upload.content), name, upload.mime or "application/octet-stream")


def _photo(upload: Upload) -> Attachment:
    size = len(upload.content)
    if size > LARGEST_PHOTO:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes"
        )
    mime, width, height = _measure(upload.content)
    if width + height > LARGEST_SUM or max(width, height) > LARGEST_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return Attachment("photo", _file_id(), size, "", mime, width, height)


def _measure(content: bytes) -> tuple[str, int, int]:
    """Kind and size of a picture, from its own header. Raises Refusal for anything but PNG, GIF and JPEG."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return ("image/png", *struct.unpack(">II", content[16:24]))
        if content.startswith((b"GIF87a", b"GIF89a")):
            return ("image/gif", *struct.unpack("<HH", content[6:10]))
        if content.startswith(b"\xff\xd8"):
            return ("image/jpeg", *_measure_jpeg(content))
    except struct.error:
        pass
    raise bad_request("IMAGE_PROCESS_FAILED")


def _measure_jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while True:
        marker, length = struct.unpack(">HH", content[at : at + 4])
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
