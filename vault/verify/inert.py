"""Foreign text made harmless for a terminal: what could command it, or hide, stands as its number."""

import unicodedata

_HARMFUL = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_FILLERS = "\u115f\u1160\u3164\uffa0"  # letters to Unicode, nothing to the eye


def inert(text: object) -> str:
    """`text` with control, bidi and other invisible characters spelled out, so that a name can't command a terminal."""
    return "".join(f"\\u{{{ord(c):x}}}" if is_harmful(c) else c for c in str(text))


def is_harmful(character: str) -> bool:
    """Whether a terminal acts on it, or nobody sees it."""
    return unicodedata.category(character) in _HARMFUL or character in _FILLERS
