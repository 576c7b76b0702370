"""Breaking text into lines where words end, for terminals: Chinese characters take two columns each."""

import unicodedata


def width(text: str) -> int:
    """Columns that `text` takes on a terminal; combining marks take none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1 for c in text
    )


def wrap(text: str, columns: int, indent: int = 0) -> str:
    """`text` in lines of at most `columns`, the later ones indented; a word that is longer stays whole."""
    words = text.lstrip(" ").split(" ")
    lines = [" " * (len(text) - len(text.lstrip(" "))) + words[0]]
    for word in words[1:]:
        if width(lines[-1]) + 1 + width(word) > columns:
            lines.append(" " * indent + word)
        else:
            lines[-1] += f" {word}"
    return "\n".join(line.rstrip(" ") for line in lines)
