"""What of the labels a person should look at: the columns of a TSV that the audit takes in."""

FINDINGS = ("kind", "person", "image", "face", "other_person", "detail")
