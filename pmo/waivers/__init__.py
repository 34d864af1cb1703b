"""Acts, register and pages of waivers; the rows themselves are in `pmo/waiver_rows`."""
