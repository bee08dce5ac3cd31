"""`python -m visage`: the command `visage`, where it is not installed."""

from visage.cli import main

main()
