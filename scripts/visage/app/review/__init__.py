"""The review: faces in doubt, clusters of the unknown, findings of the audit; one after another."""
