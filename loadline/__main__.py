"""``python -m loadline``."""

from loadline.cli import main

main()
