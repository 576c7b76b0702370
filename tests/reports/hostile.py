"""Texts that want to be something else: a script, a formula, markup, another direction, more than there is room for."""

from tests.reports.firm import Story, item, to_ganzhou

TEXTS = {
    "script": "<script>alert(1)</script>.pdf",
    "formula": "=cmd|' /C calc'!A0",
    "wide formula": "＝1+1",
    "hidden formula": " \u200b@SUM(1)",
    "turned": "invoice\u202efdp.exe",
    "typst": '#import "/etc/passwd": * $x$ @cite [ ] \\ *bold* `raw`',
    "controls": "a\tb\x1b[31mred\x07\x9b",
    "noncharacter": "x\ufdd0\U0010ffff",
    "emoji": "photo 😀.jpg",
    "arabic": "شركة المغناطيس",
    "long": "x" * 4_000_000,
}


def story() -> Story:
    """One transmittal with all of them as names of its items, and in its purpose."""
    made = Story()
    names = [item(text) for name, text in TEXTS.items() if name != "long"]
    made.disclose(to_ganzhou(names, purpose=TEXTS["formula"], marking=TEXTS["typst"], reference=TEXTS["script"]))
    made.disclose(to_ganzhou([item("a.pdf")], purpose=TEXTS["long"]))
    return made
