"""Breaking text into lines where words end, for terminals: Chinese characters take two columns each."""

import unicodedata


def width(text: str) -> int:
    """Columns that `text` takes on a terminal; combining marks take none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1 for c in text
    )


def wrap(text: str, columns: int, indent: int = 0) -> str:
    """`text` in lines of at most `columns`, the later ones indented; a word that is longer stays whole."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer) > columns - (indent if lines[1:] else 0) and lines[-1].strip():
            lines.append(word)
        else:
            lines[-1] = longer
    return f"\n{' ' * indent}".join(lines)
