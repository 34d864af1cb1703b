"""Acts, register and pages of waivers; the rows themselves are in `pmo/standards/waiver_rows`."""
