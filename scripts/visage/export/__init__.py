"""Names out, to where people use them; one file an export.

A new one is a file here, a script and a rule: it is given `visage.export.faces.NamedFace`s.
"""
