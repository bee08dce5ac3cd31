"""What is in a set: listing, manifests, deny list, regions. Standard library only."""
