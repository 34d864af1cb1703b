"""Models, triggers and enums of waivers, for `conformity`; acts and pages are in `waivers`, which reads that."""
