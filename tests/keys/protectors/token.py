"""A software token of SoftHSM2, made anew, with its own configuration."""

import subprocess
from pathlib import Path

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
LABEL, PIN = "safe", "271828"


def make(folder: Path) -> Path:
    """The configuration of a token called `safe`; the environment variable SOFTHSM2_CONF has to name it."""
    (folder / "tokens").mkdir(parents=True)
    config = folder / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    init = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "5678"]
    subprocess.run(init, check=True, env={"SOFTHSM2_CONF": str(config), "PATH": "/usr/bin:/bin"}, capture_output=True)
    return config
