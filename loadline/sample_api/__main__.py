"""``python -m loadline.sample_api``."""

from loadline.sample_api.command import main

main()
