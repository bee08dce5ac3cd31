"""What several benchmarks are made of; a benchmark is a file above that has a main."""
