"""Bytes → faces with embeddings, a shard at a time, nothing twice."""
