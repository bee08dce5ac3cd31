"""What people said: labels of faces, ids that are one person, what other programs know."""
