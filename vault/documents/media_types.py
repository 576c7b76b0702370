"""The media type of a file by its name: the same everywhere, so not by the tables of the machine it lies on."""

import mimetypes

UNKNOWN = "application/octet-stream"

mimetypes.inited = True  # else it first reads the tables of the machine, for nobody
_TYPES = mimetypes.MimeTypes(filenames=())
_OOXML = "application/vnd.openxmlformats-officedocument"
# What Python's own table lacks and leaves a factory: IANA's names, or the usual ones where IANA has none.
for _suffix, _type in {
    ".docx": f"{_OOXML}.wordprocessingml.document",
    ".xlsx": f"{_OOXML}.spreadsheetml.sheet",
    ".pptx": f"{_OOXML}.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".eml": "message/rfc822",
    ".msg": "application/vnd.ms-outlook",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".webp": "image/webp",
    ".dwg": "image/vnd.dwg",
    ".dxf": "image/vnd.dxf",
    ".step": "model/step",
    ".stp": "model/step",
    ".stl": "model/stl",
    ".7z": "application/x-7z-compressed",
    ".md": "text/markdown",
    ".mkv": "video/matroska",
}.items():
    _TYPES.add_type(_type, _suffix)


def of_name(name: str) -> str:
    """The media type of a file called `name`; a compressed file is not what it holds."""
    guessed, encoding = _TYPES.guess_type(f"./{name}")
    compressed = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}
    return compressed.get(encoding, UNKNOWN) if encoding else guessed or UNKNOWN
