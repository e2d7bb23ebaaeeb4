"""The parameters of a Bot API call: query, form, JSON or multipart, all read alike."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from attrs import field, frozen
from starlette.datastructures import UploadFile
from starlette.requests import Request

from lockbay.sandbox.refusal import bad_request
from lockbay.sandbox.wire import Json, NotJson, parse, parse_object


@frozen
class Upload:
    """A file part of a multipart body."""

    name: str
    mime: str
    content: bytes = field(repr=False)


@frozen
class Params:
    """Texts and files by name. Telegram is lenient with numbers: what is none counts as 0."""

    texts: Mapping[str, str]
    files: Mapping[str, Upload] = field(factory=dict)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        text = self.text(name).strip()
        return _integer(text) if text else default

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "yes", "1")

    def json(self, name: str, complaint: str) -> Json:
        """The parsed value; None when it is not given. Raises Refusal with the complaint."""
        try:
            return parse(self.text(name)) if self.text(name) else None
        except NotJson:
            raise bad_request(complaint) from None


def _integer(text: str) -> int:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() else 0


async def read_params(request: Request) -> Params:
    """Body over query. Raises Refusal for JSON that is none."""
    texts = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return Params({**texts, **_json_texts(await request.body())})
    files: dict[str, Upload] = {}
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        async with request.form() as form:
            for name, value in form.items():
                if isinstance(value, UploadFile):
                    files[name] = await _upload(value)
                else:
                    texts[name] = value
    return Params(texts, files)


async def _upload(part: UploadFile) -> Upload:
    return Upload(part.filename or "file", part.content_type or "", await part.read())


def _json_texts(body: bytes) -> dict[str, str]:
    try:
        fields = parse_object(body)
    except NotJson:
        raise bad_request("can't parse parameters: JSON object expected") from None
    return {
        name: value if isinstance(value, str) else orjson.dumps(value).decode()
        for name, value in fields.items()
        if value is not None
    }
