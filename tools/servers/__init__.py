"""Start the product with its servers on one machine: `make demo`, `make start`, `make scratch`, `make servers`."""
