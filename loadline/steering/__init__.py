"""How a run steers itself: which k6 process comes next, and when the one that runs is to end."""
