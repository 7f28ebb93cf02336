"""One file per forum; `scraper.site` has the table."""
