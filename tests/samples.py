"""The sample documents that `dvault demo` logs: made here, committed in cli/samples, byte for byte the same each time.

A certificate as PDF, a production list as XLSX, a photo of the line with EXIF data (a position among it): what leaves a
magnet buyer's house. Run `python -m tests.samples` to write them.
"""

import io
import zipfile
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[1] / "cli" / "samples"
_EPOCH = (2026, 11, 20, 9, 0, 0)

CERTIFICATE = """END-USER CERTIFICATE No. EUC-4711

Importer:      Example Drives GmbH, Karlsruhe, Germany
Exporter:      Ganzhou Magnet Co., Ltd., Ganzhou, China
Commodity:     sintered NdFeB magnets, 12,000 pieces, 30 x 10 x 4 mm
Contract:      PO 2026-0815
End use:       traction motor of passenger cars, model series E3
End user:      Example Drives GmbH, plant 2

We confirm that the goods will be used for the stated civil end use only
and will not be transferred to a third party.

CONFIDENTIAL - contains trade secrets of Example Drives GmbH
Karlsruhe, 20 November 2026"""

PRODUCTION: list[list[str | int]] = [
    ["Line", "Product", "2024", "2025", "2026", "Forecast 2027"],
    ["3", "Rotor E3-12", 41200, 46800, 52100, 60000],
    ["3", "Rotor E3-16", 18900, 20400, 23900, 31000],
    ["4", "Stator E3", 60100, 67200, 76000, 91000],
]


def certificate() -> bytes:
    """A one-page PDF in Courier, with a title in its metadata."""
    text = "\n".join(f"({_escaped(line)}) '" for line in CERTIFICATE.split("\n"))
    page = f"BT /F1 10 Tf 14 TL 60 780 Td {text} ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        b"<< /Title (End-user certificate EUC-4711) /Author (Example Drives GmbH) >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def production() -> bytes:
    """A workbook with one sheet, written by hand so that no library's clock is in it."""
    rows = "".join(
        f'<row r="{number}">' + "".join(_cell(column, number, value) for column, value in enumerate(row)) + "</row>"
        for number, row in enumerate(PRODUCTION, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packaged = "http://schemas.openxmlformats.org/package/2006/relationships"
    xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{packaged}"><Relationship Id="rId1" Type="{office}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Production" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packaged}"><Relationship Id="rId1"'
        f' Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, part in parts.items():
            book.writestr(zipfile.ZipInfo(name, _EPOCH), xml + part)
    return out.getvalue()


def _cell(column: int, row: int, value: object) -> str:
    place = f"{chr(ord('A') + column)}{row}"
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def photo() -> bytes:
    """A drawing of a production line as JPEG, with the EXIF data that cameras leave: maker, time, position."""
    picture = Image.new("RGB", (640, 420), (206, 212, 218))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 300, 640, 420), fill=(120, 124, 130))
    draw.rectangle((0, 262, 640, 300), fill=(58, 62, 70))
    for x in range(20, 640, 88):
        draw.ellipse((x, 286, x + 28, 314), fill=(36, 38, 44))
        draw.rectangle((x + 6, 214, x + 62, 262), fill=(176, 92, 54), outline=(92, 44, 24), width=3)
        draw.ellipse((x + 20, 224, x + 48, 252), fill=(228, 228, 224), outline=(64, 64, 64), width=2)
    draw.rectangle((150, 40, 180, 214), fill=(232, 172, 32))
    draw.polygon([(150, 40), (180, 40), (420, 108), (420, 136)], fill=(232, 172, 32))
    draw.rectangle((406, 120, 434, 206), fill=(70, 74, 82))
    draw.text((12, 12), "LINE 3 - ROTOR ASSEMBLY", fill=(24, 28, 34))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Example Camera", "EC-1", "2026:11:20 09:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (49.0, 0.0, 24.3), 3: "E", 4: (8.0, 24.0, 13.1)})
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


SAMPLES = {"EUC-4711.pdf": certificate, "production-2026.xlsx": production, "line-3.jpg": photo}


def main() -> None:
    """Write the samples."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in SAMPLES.items():
        (FOLDER / name).write_bytes(make())


if __name__ == "__main__":
    main()
