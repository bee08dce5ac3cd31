"""Photographs as arrays: formats, decoding, orientation, alignment."""
