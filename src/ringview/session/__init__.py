"""One run of one guest: recorded once, walked in both directions."""
