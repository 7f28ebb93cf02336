"""What all pictures share: the size of a pixel, the ground and the ink, a font with Chinese, the file at the end."""

import importlib.util
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 160  # pixels an inch
INK, SOFT, PAPER = "#1c2733", "#5f6f7f", "#ffffff"


def need_matplotlib() -> None:
    """Raises `UsageError` where matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError("pictures need matplotlib, which is not installed", hint="pip install 'paomo[charts]'")


def chinese_font() -> Path | None:
    """The file of a font with Chinese, or `None` where zhplot is not installed."""
    carrier = importlib.util.find_spec("zhplot")  # found, not imported: importing it changes matplotlib's settings
    if carrier is None or carrier.origin is None:
        return None
    file = Path(carrier.origin).parent / "fonts" / "NotoSansSC-Regular.ttf"
    return file if file.exists() else None


def png(figure: "Figure") -> bytes:
    """The picture as a file."""
    out = BytesIO()
    figure.savefig(out, format="png", dpi=DPI)
    return out.getvalue()
