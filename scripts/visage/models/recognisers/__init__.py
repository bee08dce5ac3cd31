"""Networks that turn faces into embeddings."""
