"""How text is compared where people look for it: `MÜLLER` finds `Müller`, however its dots are encoded."""

import unicodedata

from vault.records.values import Unfit

MAX_NAME = 200  # characters of a name, title or request that it can be found by


def folded(text: str) -> str:
    """NFKC(casefold(NFKC(text))) with single spaces: what terms are folded by, refusing only what is no Unicode."""
    if text.isascii():  # which neither form changes
        return " ".join(text.lower().split())
    if not _is_unicode(text):
        raise Unfit(f"{text[:MAX_NAME]!r}: expected text that is valid Unicode")
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(normal.split())


def name_key(name: str) -> str:
    """Under which a name stands in the table `lookup`, beside the terms."""
    return f"name:{folded(name[:MAX_NAME])}"


def _is_unicode(text: str) -> bool:
    """Bytes of another encoding come from the shell as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
