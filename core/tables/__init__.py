"""Read and write requirement tables: CSV, spreadsheets and ReqIF, from untrusted files."""
