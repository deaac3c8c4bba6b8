"""``loadline compare``: reading the two sides, and showing what they are beside each other."""
