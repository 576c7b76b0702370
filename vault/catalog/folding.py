"""How text is compared where people look for it: `MÜLLER` finds `Müller`, however its dots are encoded."""

import unicodedata

MAX_NAME = 200  # characters of a name, title or request that it can be found by


def folded(text: str) -> str:
    """NFKC(casefold(NFKC(text))) with single spaces: what terms are folded by, without refusing anything."""
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(normal.split())


def name_key(name: str) -> str:
    """Under which a name stands in the table `lookup`, beside the terms."""
    return f"name:{folded(name[:MAX_NAME])}"
