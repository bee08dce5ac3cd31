"""Visage-ML: who is in these photographs?

The code behind the workflow's rules. Nothing in here needs Snakemake; modules that the Snakefile
imports (`config`, `listing`, `errors`, `files`) need no numpy and no model library either.
"""
