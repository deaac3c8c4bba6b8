"""Okabe and Ito's palette (2008): told apart with any common colour blindness, on light and on dark."""

from __future__ import annotations

from typing import Final

ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"  # for areas: as a line or as text it is lost on white
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
GREY: Final = "#999999"
"""For what is there to be compared with, never the answer."""
