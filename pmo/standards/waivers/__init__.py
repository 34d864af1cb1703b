"""Acts, list and pages of waivers; their rows stand beside the checks of conformity, which reads both."""
