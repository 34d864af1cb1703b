"""Models, triggers and enums of waivers, for `conformity`; acts and pages are in `pmo/waivers`, which reads that."""
