"""What only Snakemake's process needs: plan, lock, provenance, jobs."""
